/* Audit: the pages of the audit log, and its API. */
#ifndef CGI_USERS_AUDIT_H
#define CGI_USERS_AUDIT_H

#include "app/route.h"
#include "domain/console/audit_list.h"

extern const struct params audit_params, audit_sheet_params;
handler audit_show, audit_sheet_show, audit_verify;

#endif
