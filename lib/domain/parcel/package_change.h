/* Package change: a package is cancelled, moved, annotated, or its announcement expires. */
#ifndef DOMAIN_PACKAGE_CHANGE_H
#define DOMAIN_PACKAGE_CHANGE_H

#include "base/words.h"
#include "domain/parcel/package.h"
#include "domain/people/approval.h"

/* Why a package is cancelled, in words for staff: "el cliente lo pidió"; the public reads others (cgi-bin/track.c). */
extern const struct word cancel_reasons[];
/* Whether a person may give that reason.  Two of cancel_reasons nobody chooses: anuncio_expirado is set by the daily
 * job (the parcel may still arrive), cliente_no_reclama by ageing_abandon, which asks for days and attempts. */
bool cancel_is_choice(const char *reason);

struct cancel_in { int64_t id; const char *reason, *text; struct approval *approval; };
/* An OPERADOR needs the approval of an ADMIN: where the setting cancel.approval asks for it of what is on the
 * shelf, where what is owed for storage is more than may be discounted alone, and where giving a parcel to another
 * person needs one (handover.override_approval). */
enum err package_cancel(struct ctx *c, const struct cancel_in *in, struct package *out) MUST_CHECK;
/* package_cancel inside the caller's transaction; the customer's message waits until undo is over. */
enum err package_cancel_tx(struct ctx *c, int64_t id, const char *reason, const char *text,
                           struct package *out) MUST_CHECK;

struct move_in { int64_t id; const char *position; };
enum err package_move(struct ctx *c, const struct move_in *in, struct package *out) MUST_CHECK;
/* Moves *p, which is RECIBIDO, to a position (blank: the first free one) with an event of that kind;
 * *p is read again.  `details` are taken, and get the old and the new position.  E_CONFLICT when the
 * package lies there already. */
struct json_object;
enum err package_place_tx(struct ctx *c, struct package *p, const char *position, const char *kind,
                          struct json_object *details) MUST_CHECK;

struct note_in { int64_t id; const char *text; };
enum err package_note(struct ctx *c, const struct note_in *in) MUST_CHECK;

/* Cancels announcements older than 30 days as anuncio_expirado, at most `limit` of them; *expired is
 * how many. */
enum err package_expire(struct ctx *c, int limit, int *expired) MUST_CHECK;

#endif
