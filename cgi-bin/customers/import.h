/* Import: customers come in by a file: sent, looked at row by row, and then written. */
#ifndef CGI_CUSTOMERS_IMPORT_H
#define CGI_CUSTOMERS_IMPORT_H

#include "app/route.h"
#include "domain/custody/import.h"

extern const struct params import_form_params, import_id_params, import_page_params, import_rows_params, import_start_params;
handler import_form, import_send, import_page, import_run, import_stop, import_sheet, imports_json, import_rows_json;

#endif
