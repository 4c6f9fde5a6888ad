/* The pages of a hand-over: what is ready, and what was done. */
#ifndef CGI_DELIVER_PAGE_H
#define CGI_DELIVER_PAGE_H

#include "app/route.h"
#include "domain/handover/deliver_quote.h"

/* What was said before: which are ticked (none: all), which incidents were known then, the
 * code of who is there. */
struct quote_shown { const struct ids *ids, *incidents; const char *code; };
enum err quote_show(struct req *r, const struct deliver_quote *q, const struct quote_shown *shown);
/* One of its lines. */
void quote_line_fill(struct req *r, const struct deliver_quote_line *line, bool chosen);

/* As options: the methods that are taken. */
void payment_methods_fill(struct req *r);

enum err deliver_done(struct req *r, int64_t id, int64_t tendered);
int64_t cash_part(const char *method, int64_t amount);       /* the amount when it is cash, else 0 */

#endif
