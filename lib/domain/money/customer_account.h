/* Customer account: what a person's parcels have come to: how many, what was paid for them, what is owed. */
#ifndef DOMAIN_CUSTOMER_ACCOUNT_H
#define DOMAIN_CUSTOMER_ACCOUNT_H

#include "base/ctx.h"
#include "base/field.h"

struct customer_account {
    int64_t announced, waiting, delivered, cancelled;        /* how many parcels */
    int64_t paid;                /* pesos, less reversals */
    int64_t discounts;           /* pesos, of parcels that were handed over */
    int64_t owed;                /* pesos: what those on the shelf cost now, and what of delivered ones was not paid */
};
FIELD_TABLE(struct customer_account, customer_account_fields)
enum err customer_account(struct ctx *c, int64_t customer_id, struct customer_account *out) MUST_CHECK;

#endif
