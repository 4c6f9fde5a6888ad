/* Quotes: the search that finds whose packages are handed over, and the quotes that are kept under an address of their
 * own. */
#ifndef CGI_DELIVER_QUOTES_H
#define CGI_DELIVER_QUOTES_H

#include "app/route.h"
#include "domain/handover/kept_quote.h"

/* POST /deliver/quote: a code leads to its quote, other words to whoever is found by them. */
extern const struct params quote_search_params;
enum err quote_page(struct req *r);
enum err people_page(struct req *r, const char *words);          /* the people whom words find, to choose from */
enum err kept_quote_page(struct req *r, const char *id);
/* Shows who delivered which of these packages, and when, with a way there: another clerk, or another tab, was first.
 * e: what is to be told otherwise; the packages, or else a customer's of today. */
enum err delivered_page(struct req *r, enum err e, const struct ids *ids, int64_t package, int64_t customer);
/* Shows the same above a page that the caller makes; *n counts the packages that somebody delivered. */
enum err delivered_fill(struct req *r, const struct ids *ids, int64_t package, int64_t customer, size_t *n);
/* Ends the `keep` of the hand-over: keeps the form that failed, and leads to it. */
enum err quote_keep_failed(struct req *r, const struct quote_keep_in *of);

#endif
