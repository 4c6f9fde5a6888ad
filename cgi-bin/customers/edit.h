/* Edit: the form of a customer, new or known. */
#ifndef CGI_CUSTOMERS_EDIT_H
#define CGI_CUSTOMERS_EDIT_H

#include "app/route.h"
#include "domain/custody/customer_change.h"

extern const struct params customers_new_page_params, customers_new_params, customers_edit_params;
/* Phones as other_phones has them, as people write them: "300 555 0014, 300 555 0015"; NULL: none. */
const char *customers_phones(struct arena *a, const char *list, const char *between);
handler customers_new_page, customers_new, customers_edit_page, customers_edit;

#endif
