/* List: the pages and the API of all customers, and of those who may be written down twice. */
#ifndef CGI_CUSTOMERS_LIST_H
#define CGI_CUSTOMERS_LIST_H

#include "app/route.h"
#include "domain/parcel/customer_list.h"
#include "domain/people/customer_twin.h"

extern const struct params customers_params, customers_sheet_params, customers_twins_params, customers_part_params,
    customers_check_params;
handler customers_index, customers_list, customers_sheet, customers_twins, customers_apart, customers_together, customers_check;

#endif
