/* Payments in no drawer: a page of their own for administrators, and a part of the page of drawers. */
#ifndef CGI_CASH_OUTSIDE_H
#define CGI_CASH_OUTSIDE_H

#include "app/route.h"
#include "domain/money/cash.h"

extern const struct params outside_params;
handler outside;
FIELD_TABLE(struct outside_answer, outside_answer_fields)
/* Shows an ADMIN the latest days with payments in no drawer; does nothing for other roles. */
enum err outside_days_fill(struct req *r) MUST_CHECK;
/* Adds a payment to the rows of cash/payments_table.cst. */
void cash_payment_fill(struct req *r, const struct cash_payment *p);

#endif
