/* Detail: one customer: their parcels, money, messages, whom they authorised and what was spoken with them. */
#ifndef CGI_CUSTOMERS_DETAIL_H
#define CGI_CUSTOMERS_DETAIL_H

#include "app/route.h"
#include "domain/law/personal_data.h"
#include "domain/money/customer_account.h"
#include "domain/parcel/customer_list.h"
#include "domain/parcel/package.h"

struct customer_answer { struct customer_row row; struct customer_account account; };
FIELD_TABLE(struct customer_answer, customer_answer_fields)

struct customers_id_in { int64_t id; };
extern const struct params customers_id_params, customers_packages_params, customers_opt_out_params;
extern const struct params customers_erase_params, customers_channels_params;
handler customers_detail, customers_packages, customers_opt_out, customers_channels, customers_erase;
handler customers_export;                    /* all that is known of one, as a file or for a program */

#endif
