/* Edit: the form of a customer, new or known. */
#ifndef CGI_CUSTOMERS_EDIT_H
#define CGI_CUSTOMERS_EDIT_H

#include "app/route.h"
#include "domain/custody/customer_change.h"

extern const struct params customers_new_page_params, customers_new_params, customers_edit_params;
handler customers_new_page, customers_new, customers_edit_page, customers_edit;

#endif
