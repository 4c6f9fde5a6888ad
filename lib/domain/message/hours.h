/* Hours: when and how often the law lets us write to a person (Ley 2300 de 2023).  A message of class
 * `informativa` may go at any time; `cobranza` and `publicidad` only Monday to Friday 07:00–19:00 and
 * Saturday 08:00–15:00, never on Sundays and holidays, and once a day. */
#ifndef DOMAIN_HOURS_H
#define DOMAIN_HOURS_H

#include "base/ctx.h"

/* The first instant, not before `t`, at which a message of that class may go. */
int64_t hours_from(const char *class, int64_t t);

/* contact_from for one customer: a day on which another such message went is left out, too.  Inside
 * the db_write that sends. */
int64_t hours_from_tx(struct ctx *c, const char *class, int64_t customer_id, int64_t t);

#endif
