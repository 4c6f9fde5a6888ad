/* Pages of the shelf's stocktake: the list, one being counted, one that is finished. */
#ifndef CGI_SHELF_STOCKTAKE_PAGE_H
#define CGI_SHELF_STOCKTAKE_PAGE_H

#include "app/route.h"
#include "domain/stocktake/stocktake.h"

struct stocktakes_in { const char *zone, *position; int64_t before, limit; };
enum err stocktakes_show(struct req *r, const struct stocktakes_in *in) MUST_CHECK;

/* position: the code of the one shown, or NULL for the current one; read: id of the box read last; again:
 * it had been read there already; before: the other position where it had been, or NULL. */
struct stocktake_page_in { int64_t id; const char *position; int64_t read; bool again; const char *before; };
enum err stocktake_show(struct req *r, const struct stocktake_page_in *in) MUST_CHECK;

#endif
