/* Package change: cancel, move, note, expire. */
#ifndef DOMAIN_PACKAGE_CHANGE_H
#define DOMAIN_PACKAGE_CHANGE_H

#include "domain/parcel/package.h"

/* cancel_choices are the reasons that a person may give.  That an announcement expired is for
 * the daily job to say (the parcel may still arrive), that nobody claimed a parcel for
 * ageing_abandon, which asks for days and attempts. */
extern const char *const cancel_reasons[], *const cancel_choices[];
/* For staff: "el cliente lo pidió"; NULL when it is none of cancel_reasons. */
const char *cancel_reason_words(const char *reason);

struct cancel_in { int64_t id; const char *reason, *text; };
enum err package_cancel(struct ctx *c, const struct cancel_in *in, struct package *out) MUST_CHECK;
/* The same inside a transaction; its messages are held back for undo. */
enum err package_cancel_tx(struct ctx *c, int64_t id, const char *reason, const char *text,
                           struct package *out) MUST_CHECK;

struct move_in { int64_t id; const char *position; };
enum err package_move(struct ctx *c, const struct move_in *in, struct package *out) MUST_CHECK;
/* From where it lies to that position, with an event of that kind; what moved is added to
 * details, which are taken.  *p is RECIBIDO, and is read again.  E_CONFLICT when it lies there
 * already. */
struct json_object;
enum err package_place_tx(struct ctx *c, struct package *p, const char *position, const char *kind,
                          struct json_object *details) MUST_CHECK;

struct note_in { int64_t id; const char *text; };
enum err package_note(struct ctx *c, const struct note_in *in) MUST_CHECK;

/* Announcements older than 30 days become CANCELADO, anuncio_expirado; `limit` at
 * once, *expired is how many. */
enum err package_expire(struct ctx *c, int limit, int *expired) MUST_CHECK;

#endif
