/* Merge: two customers who are one person: shown, done and undone by an administrator. */
#ifndef CGI_CUSTOMERS_MERGE_H
#define CGI_CUSTOMERS_MERGE_H

#include "app/route.h"
#include "domain/custody/merge.h"

extern const struct params customers_merge_page_params, customers_merge_params, customers_merge_json_params,
    customers_unmerge_params, customers_unmerge_json_params;
handler customers_merge_page, customers_merge, customers_merge_json, customers_unmerge, customers_unmerge_json;

/* Shows on a customer's page that somebody was merged into them today, which can be undone. */
enum err customers_merge_show(struct req *r, int64_t id) MUST_CHECK;

#endif
