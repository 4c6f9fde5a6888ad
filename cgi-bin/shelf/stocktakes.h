/* Stocktakes of the shelf: what stocktakes.c gives to area.c. */
#ifndef CGI_SHELF_STOCKTAKES_H
#define CGI_SHELF_STOCKTAKES_H

#include "app/route.h"
#include "domain/stocktake/stocktake.h"

#define STOCKTAKES "/shelf/audit"
#define API_STOCKTAKES "/api/v1/shelf-audits"

extern const struct params stocktakes_params, stocktake_start_params, stocktake_params,
    stocktake_scan_params, stocktake_fix_params, stocktake_finish_params, stocktake_id_params;
handler stocktakes_asked, stocktake_start_asked, stocktake_asked, stocktake_scan_asked, stocktake_place_asked,
    stocktake_absent_asked, stocktake_unread_asked, stocktake_finish_asked, stocktake_discard_asked;
FIELD_TABLE(struct stocktakes_answer, stocktakes_answer_fields)
FIELD_TABLE(struct stocktake_answer, stocktake_answer_fields)
FIELD_TABLE(struct scan_answer, scan_answer_fields)

#endif
