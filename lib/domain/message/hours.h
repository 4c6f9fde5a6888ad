/* Hours: when and how often the law lets us write to a person (Ley 2300 de 2023).  A message of class
 * `informativa` may go at any time; `cobranza` and `publicidad` only Monday to Friday 07:00–19:00 and
 * Saturday 08:00–15:00, never on Sundays and holidays, and once a day. */
#ifndef DOMAIN_HOURS_H
#define DOMAIN_HOURS_H

#include "base/ctx.h"

/* The first instant, not before `t`, at which a message of that class may go. */
int64_t hours_from(const char *class, int64_t t);

/* hours_from for one message to a customer: a day on which that customer was told of something else is
 * left out, too; the same event by another channel counts as one contact with it.  Inside the db_write
 * that sends. */
int64_t hours_from_tx(struct ctx *c, const char *class, int64_t customer_id, int64_t message_id, int64_t t);

#endif
