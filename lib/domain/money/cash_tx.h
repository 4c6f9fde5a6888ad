/* Cash inside the transactions of others: which drawer takes a payment, and what a drawer
 * holds.  Only files of domain/ include it. */
#ifndef DOMAIN_CASH_TX_H
#define DOMAIN_CASH_TX_H

#include "domain/money/cash.h"
#include "domain/ground/tx.h"

/* The open drawer of who acts, *id 0 without one; E_CONFLICT (field "method") when cash
 * needs one. */
enum err cash_drawer_tx(struct ctx *c, bool cash, int64_t *id) MUST_CHECK;
/* Base, cash taken and given back, movements: what the drawer should hold now. */
int64_t cash_expected(struct ctx *c, int64_t id);

#endif
