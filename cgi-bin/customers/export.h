/* Export: customers go out by a file that a job makes. */
#ifndef CGI_CUSTOMERS_EXPORT_H
#define CGI_CUSTOMERS_EXPORT_H

#include "app/route.h"
#include "domain/parcel/customer_export.h"

extern const struct params export_params, export_id_params;
handler export_ask, export_page, export_file;

#endif
