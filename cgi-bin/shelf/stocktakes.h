/* Audits of the shelf: what the two files of the area share. */
#ifndef CGI_SHELF_STOCKTAKES_H
#define CGI_SHELF_STOCKTAKES_H

#include "app/route.h"

#define STOCKTAKES "/shelf/audit"
#define API_STOCKTAKES "/api/v1/shelf-audits"

extern const struct params stocktakes_params, stocktake_start_params, stocktake_params,
    stocktake_scan_params, stocktake_fix_params, stocktake_finish_params, stocktake_id_params;
handler stocktakes_page, stocktakes_json, stocktake_start_page, stocktake_start_json, stocktake_page, stocktake_json, stocktake_scan_page,
    stocktake_scan_json, stocktake_place_page, stocktake_place_json, stocktake_absent_page, stocktake_absent_json, stocktake_unread_page,
    stocktake_unread_json, stocktake_finish_page, stocktake_finish_json, stocktake_discard_page, stocktake_discard_json;

#endif
