/* Drop: the acts of a clerk on a courier's drop, whose rows are batches (parcel/batch.h). */
#ifndef DOMAIN_DROP_H
#define DOMAIN_DROP_H

#include "domain/handover/signature.h"
#include "domain/parcel/batch.h"

/* Notes a parcel that is not left here; an announced one is cancelled (rechazado_en_recepcion).
 * E_CONFLICT when the drop has that guide already.  *line: for drop_refusal_undo. */
struct refuse_in { const char *guide, *refused, *note; };
enum err drop_refuse(struct ctx *c, const struct refuse_in *in, struct batch *out, int64_t *line) MUST_CHECK;

/* Takes back the refusal of a parcel: by the user who wrote it, within undo_s, while the drop is open.
 * line: the id of its row in batch_lines. */
enum err drop_refusal_undo(struct ctx *c, int64_t line, struct batch *out) MUST_CHECK;

/* Moves the parcel received last to that position.  E_NOT_FOUND when nothing was received yet. */
enum err drop_move_last(struct ctx *c, const char *position, struct package *out) MUST_CHECK;

struct drop_close_in { int64_t id; const char *courier_name, *signature; };
/* Closes one's own drop, an ADMIN anybody's.  E_CONFLICT when it is closed already, somebody else's,
 * or empty. */
enum err drop_close(struct ctx *c, const struct drop_close_in *in, struct batch *out) MUST_CHECK;

#endif
