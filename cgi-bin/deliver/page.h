/* The pages of a hand-over: what is ready, and what was done. */
#ifndef CGI_DELIVER_PAGE_H
#define CGI_DELIVER_PAGE_H

#include "app/route.h"
#include "domain/handover/deliver_quote.h"

/* Parameters of GET /deliver. */
struct deliver_page_in {
    int64_t package, customer, authorized;
    struct ids ids, incidents, scanned;
    const char *quote;           /* the id of a kept one */
    const char *who;             /* words that find a person */
    const char *operation;       /* the key of a hand-over that was sent already */
};

/* The choices of a form that is shown again: packages ticked (none: all), incidents that the clerk had seen,
 * and the pickup code. */
struct quote_shown {
    const struct ids *ids, *incidents, *scanned;
    const char *code;
    const char *quote;           /* the id under which it is kept; NULL: it is not */
    const char *operation;       /* the key of the hand-over; NULL: a new one */
};
enum err quote_show(struct req *r, const struct deliver_quote *q, const struct quote_shown *shown);
/* Says that no drawer takes cash, with the form that opens one. */
void drawer_ask(struct req *r);
/* Adds one package to the list that quote_show shows. */
void quote_line_fill(struct req *r, const struct deliver_quote_line *line, bool chosen, bool scanned);

/* Offers the payment methods that are in use as the options "methods". */
void payment_methods_fill(struct req *r);

enum err deliver_done(struct req *r, int64_t id, int64_t tendered);
int64_t cash_part(const char *method, int64_t amount);       /* the amount if it is cash, else 0; pesos */

#endif
