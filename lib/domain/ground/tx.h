/* Tx: what the operations of the domain share: the write that always leaves a
 * fault behind, events of the chain of custody, positions, consents. Only
 * files of domain/ include it. */
#ifndef DOMAIN_TX_H
#define DOMAIN_TX_H

#include "domain/parcel/package.h"

/* db_write, and a fault when the database (not fn) said no. */
enum err domain_write(struct ctx *c, enum err (*fn)(struct db *db, void *arg), void *arg) MUST_CHECK;
/* The same, counted as the operation `op` (M_OPERATIONS) by how it ended. */
enum err domain_operation(struct ctx *c, const char *op, enum err (*fn)(struct db *db, void *arg),
                          void *arg) MUST_CHECK;
/* Fill the fault of a failed statement, unless one is there already. */
enum err domain_fault(struct ctx *c, enum err e);

/* domain_operation of one change of one package, under the request's operation key: `step`
 * runs once, a twin only reads the package into out. */
enum err package_write(struct ctx *c, const char *op, int64_t id, struct package *out,
                       enum err (*step)(void *arg), void *arg) MUST_CHECK;

/* event.c */
struct event_new {
    const char *kind, *before, *after;
    struct json_object *details;     /* taken; NULL: {} */
    int64_t undoes;
};
/* Append to the package's chain and set p->last_event_id. A personal value is
 * given to event_personal first: its salted hash goes into details. */
enum err event_add_tx(struct ctx *c, struct package *p, struct event_new e) MUST_CHECK;
#define PERSONAL_MAX 10
struct personal {
    struct { const char *name, *value; unsigned char salt[16]; } v[PERSONAL_MAX];
    size_t n;
};
void event_personal(struct ctx *c, struct personal *list, struct json_object *details,
                    const char *name, const char *value);
enum err event_personal_tx(struct ctx *c, int64_t event_id, const struct personal *list) MUST_CHECK;

/* position.c: code NULL or "" is the first free by walk order that fits a parcel of that type;
 * one that is named takes any. */
enum err position_take_tx(struct ctx *c, const char *code, const char *type, int64_t *id,
                          const char **taken) MUST_CHECK;
enum err position_release_tx(struct ctx *c, int64_t id) MUST_CHECK;   /* 0 is fine */

/* package_change.c: from where it lies to that position, with an event of that kind; what
 * moved is added to details, which are taken.  p is RECIBIDO, and read again.  E_CONFLICT
 * when it lies there already. */
struct json_object;
enum err package_place_tx(struct ctx *c, struct package *p, const char *position, const char *kind,
                          struct json_object *details) MUST_CHECK;

/* package_announce.c: a new row and its ANUNCIO; codes and id are filled in. */
enum err package_insert_tx(struct ctx *c, struct package *p) MUST_CHECK;

/* package_receive.c: six digits of a keyed hash of the text; NULL when the secret pickup_key
 * cannot be read. */
char *pickup_code_of(struct ctx *c, const char *text);
/* package_receive.c: pickup code of a fresh version, unique on the shelf. */
enum err pickup_renew_tx(struct ctx *c, struct package *p) MUST_CHECK;

/* package_change.c: with the messages held back for undo. */
enum err package_cancel_tx(struct ctx *c, int64_t id, const char *reason, const char *text,
                           struct package *out) MUST_CHECK;

/* batch.c: p was received into the user's open batch, by what was given. */
enum err batch_receive_tx(struct ctx *c, const struct package *p, const struct receive_in *in) MUST_CHECK;
/* Its line in a drop that is open follows what was undone or was no parcel at all; what was
 * signed stays as it was signed. */
enum err batch_follow_tx(struct ctx *c, int64_t package_id) MUST_CHECK;

/* package_receive.c: a row and a job for each. */
enum err photos_add_tx(struct ctx *c, int64_t id, const struct photo_in *photos, size_t n) MUST_CHECK;
/* package_change.c: a photo goes, and with it the documents that show it; its row says why. */
enum err file_take_out_tx(struct ctx *c, int64_t package_id, int64_t id, const char *why) MUST_CHECK;
/* package_change.c: what was photographed since that instant goes, as if taken out: all of it,
 * or what shows a hand-over; or that goes on with another parcel of the same hand-over. */
enum err photos_withdraw_tx(struct ctx *c, int64_t id, int64_t since, bool all) MUST_CHECK;
enum err photos_pass_tx(struct ctx *c, int64_t id, int64_t other, int64_t since) MUST_CHECK;

/* incident.c: the open one of a package, when it is of that outcome (NULL: any); and again as
 * it was before what is undone, which resolved it at that instant. */
enum err incident_settle_tx(struct ctx *c, int64_t package_id, const char *outcome,
                            const char *resolution) MUST_CHECK;
enum err incident_reopen_tx(struct ctx *c, int64_t package_id, int64_t at, const char *resolution) MUST_CHECK;
/* The one that this event reported; E_CONFLICT when it reported none. */
enum err incident_undo_tx(struct ctx *c, int64_t package_id, int64_t event_id, int64_t at) MUST_CHECK;

/* Read it again inside the transaction, or E_NOT_FOUND with its sentence. */
enum err package_fetch(struct ctx *c, int64_t id, struct package *out) MUST_CHECK;

#endif
