/* Undo: the latest transition of a package is taken back by the same user, within undo_s (domain.md §4). */
#ifndef DOMAIN_UNDO_H
#define DOMAIN_UNDO_H

#include "domain/parcel/package.h"

/* Takes the latest transition back.  E_CONFLICT when another event was built on it, but for notes and
 * photos. */
enum err package_undo(struct ctx *c, int64_t id, struct package *out) MUST_CHECK;
/* Takes that very event back, or nothing; event: last_event_id as it was after the act. */
enum err package_undo_event(struct ctx *c, int64_t id, int64_t event, struct package *out) MUST_CHECK;
/* Inside a db_write: package_undo as one of several that are undone together. */
enum err package_undo_tx(struct ctx *c, int64_t id, struct package *out) MUST_CHECK;

/* Undo a whole hand-over, named by one of its packages, or nothing of it (package_undo); out gets
 * the packages as they are then, and give_back the pesos to be given back.  E_NOT_FOUND without such
 * a package, E_CONFLICT when it is handed over no more. */
enum err delivery_undo(struct ctx *c, int64_t package_id, struct packages *out, int64_t *give_back) MUST_CHECK;

#endif
