/* Pages of the shelf's audit: which there are, one being counted, one that is finished. */
#ifndef CGI_SHELF_AUDIT_PAGE_H
#define CGI_SHELF_AUDIT_PAGE_H

#include "app/route.h"
#include "domain/stocktake/stocktake.h"

struct audits_in { const char *zone, *position; int64_t before, limit; };
enum err shelf_audits_page(struct req *r, const struct audits_in *in) MUST_CHECK;

/* position: the one that is looked at; read: the box that was just read, and how. */
struct audit_in { int64_t id; const char *position; int64_t read; bool again; const char *before; };
enum err shelf_audit_page(struct req *r, const struct audit_in *in) MUST_CHECK;

/* With the boxes of a position, or (NULL) with its differences. */
enum err shelf_audit_json(struct req *r, int status, int64_t id, const char *position) MUST_CHECK;

#endif
