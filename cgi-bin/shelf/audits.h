/* Audits of the shelf: what the two files of the area share. */
#ifndef CGI_SHELF_AUDITS_H
#define CGI_SHELF_AUDITS_H

#include "app/route.h"

#define AUDITS "/shelf/audit"
#define API_AUDITS "/api/v1/shelf-audits"

extern const struct params audits_params, audit_start_params, audit_params,
    audit_scan_params, audit_fix_params, audit_finish_params, audit_id_params;
handler audits, audits_json, audit_start, audit_start_json, audit_page, audit_json, audit_scan,
    audit_scan_json, audit_place, audit_place_json, audit_absent, audit_absent_json, audit_unread,
    audit_unread_json, audit_finish, audit_finish_json, audit_discard, audit_discard_json;

#endif
