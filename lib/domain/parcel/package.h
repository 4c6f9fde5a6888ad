/* Package: the life of a parcel from announcement to close (domain.md §3, §4).
 * Each transition is one function; its *_tx twin runs inside a caller's
 * db_write, so that several share one transaction. */
#ifndef DOMAIN_PACKAGE_H
#define DOMAIN_PACKAGE_H

#include "base/ctx.h"
#include "base/field.h"
#include "store/db.h"

struct package {
    int64_t id;
    const char *tracking_code, *public_token;
    int64_t pickup_version;
    const char *guide_number, *guide_key, *carrier;
    const char *state, *type, *condition;
    int64_t customer_id;
    const char *announced_name, *announced_phone;
    int64_t declared_value, position_id;
    int64_t rate_id, base_fee, storage_per_day, free_hours;
    int64_t announced_at, received_at, delivered_at, cancelled_at;
    int64_t received_by, delivered_by, cancelled_by;
    const char *operation_id;    /* of the hand-over; NULL unless ENTREGADO */
    int64_t storage_days, storage_fee, total_fee, discount;
    const char *proof, *receiver_name, *receiver_document_type, *receiver_document_last4;
    const char *cancel_reason, *cancel_text, *observations;
    int64_t last_event_id;
    /* joined */
    const char *position_code, *customer_name, *customer_phone, *customer_email;
    int64_t email_confirmed_at;
};
FIELD_TABLE(struct package, package_fields)  /* all of it */
FIELD_TABLE(struct package, package_public_fields)  /* what an API answer shows */

extern const char *const package_states[], *const package_types[], *const package_conditions[],
    *const cancel_reasons[], *const cancel_choices[];

/* By a key: E_NOT_FOUND when there is none.  Texts as people type them. */
enum err package_by_id(struct ctx *c, int64_t id, struct package *out) MUST_CHECK;
enum err package_by_token(struct ctx *c, const char *token, struct package *out) MUST_CHECK;
enum err package_by_code(struct ctx *c, const char *code, struct package *out) MUST_CHECK;
/* The active one of that guide, else the latest. */
enum err package_by_guide(struct ctx *c, const char *guide, struct package *out) MUST_CHECK;
/* What a scanner read of a box: its code is looked up before a guide, which never shadows one. */
enum err package_by_scan(struct ctx *c, const char *read, struct package *out) MUST_CHECK;

struct announce_in {
    const char *name, *phone, *email, *building, *tower, *apartment, *carrier;
    const char *guides;          /* one a line, 1 to 20 */
    int64_t declared_value;
    bool consent;
    bool walk_in;                /* by staff: consent is the notice in the first message */
    bool counted;                /* by the public: so many an hour of its network */
};
struct packages { struct package *v; size_t n; bool near; };  /* near: see package_find */
/* Announce one or several guides of one person, all or none. */
enum err package_announce(struct ctx *c, const struct announce_in *in, struct packages *out) MUST_CHECK;

struct photo_in { const char *path, *name, *kind; int64_t size; };
struct receive_in {
    int64_t id;                  /* an announced package, or 0 */
    const char *guide;           /* with id 0: matched, or a parcel nobody announced */
    const char *name, *phone;    /* of an unannounced one; both empty: por identificar */
    const char *carrier;         /* empty: as announced, else what the guide suggests (courier.h) */
    const char *type, *condition, *observations;
    const char *position;        /* code; empty: the first free of its size by walk order */
    const char *late_reason;     /* needed for CANCELADO by anuncio_expirado */
    bool in_batch;               /* of the user's courier's drop, opened if need be (batch.h) */
    bool in_series;              /* scan after scan: carrier and type stay for its next one, and
                                  * what looks like a pickup code is one: E_INVALID */
    const struct photo_in *photos;   /* checked files of spool_dir, taken over */
    size_t photo_count;
};
enum err package_receive(struct ctx *c, const struct receive_in *in, struct package *out) MUST_CHECK;
bool guide_like_code(struct arena *a, const char *guide);    /* no carrier's form, but a pickup code's */

/* Customer of a package "por identificar". */
struct identify_in { int64_t id; const char *name, *phone; };
enum err package_identify(struct ctx *c, const struct identify_in *in, struct package *out) MUST_CHECK;

struct cancel_in { int64_t id; const char *reason, *text; };
enum err package_cancel(struct ctx *c, const struct cancel_in *in, struct package *out) MUST_CHECK;
/* "el cliente lo pidió"; NULL for none of cancel_reasons.  Of these cancel_choices are for a
 * person to give: that an announcement expired is for the daily job to say (it may still
 * arrive), that nobody claimed a parcel for ageing_abandon, which asks for days and attempts. */
const char *cancel_reason_words(const char *reason);

struct move_in { int64_t id; const char *position; };
enum err package_move(struct ctx *c, const struct move_in *in, struct package *out) MUST_CHECK;

struct note_in { int64_t id; const char *text; };
enum err package_note(struct ctx *c, const struct note_in *in) MUST_CHECK;

enum err package_add_photos(struct ctx *c, int64_t id, const struct photo_in *photos, size_t n) MUST_CHECK;

/* Announcements older than 30 days become CANCELADO, anuncio_expirado; `limit` at
 * once, *expired is how many. */
enum err package_expire(struct ctx *c, int limit, int *expired) MUST_CHECK;

/* The pickup code of a package on the shelf: 6 digits, derived, stored nowhere; NULL
 * when the secret pickup_key cannot be read (the hash is zeros then). */
char *package_pickup_code(struct ctx *c, const struct package *p);
/* A message has said so once, and a later one something else: of the last few versions. */
bool package_code_was(struct ctx *c, const struct package *p, const char *code);
void pickup_code_hash(const struct conf *conf, const char *code, unsigned char out[32]);

/* Days on the shelf, as lists and the dashboard cut them. */
struct age_band { const char *name; int64_t from, to; };      /* days, inclusive */
extern const struct age_band age_bands[];
extern const char *const age_band_names[];
const struct age_band *age_band_named(const char *name);      /* NULL: none */
const struct age_band *age_band_of(const struct package *p, int64_t now);  /* NULL: not on the shelf */

/* Lists: keyset by id, newest first; *next is the `before` of the next page, 0 after
 * the last.  Filters add up.  With q it is what package_find finds: one page. */
struct package_filter {
    const char *state, *type, *q;    /* NULL or "": any; q as the omnibox */
    int64_t customer_id, before, limit;  /* before: id of the last row seen, 0 at first */
    const char *band;                /* one of age_bands, or NULL */
    bool unidentified;
};
enum err package_list(struct ctx *c, const struct package_filter *f, struct packages *out,
                      int64_t *next) MUST_CHECK;
/* The same for a page: with what each owes, and of each only what a row of a list shows. */
struct fee;
struct package_rows { struct packages all; struct fee *fees; int64_t next; };
enum err package_rows(struct ctx *c, const struct package_filter *f, struct package_rows *out) MUST_CHECK;
/* package_find.c.  Code, guide or its end, phone, position, any words of the name: best first, at
 * most limit.  When nothing is found, names with one typo in each word: they are near. */
enum err package_find(struct ctx *c, const char *q, size_t limit, struct packages *out) MUST_CHECK;

struct package_event {
    int64_t id, package_id;
    const char *kind;
    int64_t at;
    const char *actor;
    int64_t user_id;
    const char *user_name, *state_before, *state_after, *details;
    int64_t undoes;
    const char *hash;            /* hex: of this row and of the hash before it */
    const char *note;            /* of a CONTACTO or an incident, until it is erased */
    const char *text;            /* one Spanish line for people */
};
FIELD_TABLE(struct package_event, package_event_fields)
struct package_events { struct package_event *v; size_t n; };
/* OK when every hash of the chain fits; *broken_at is the first that does not. */
enum err package_chain_check(struct ctx *c, int64_t id, int64_t *broken_at) MUST_CHECK;

struct package_file {
    int64_t id, package_id;
    const char *key, *kind, *state, *storage_key, *thumbnail_key, *content_type;
    int64_t size, width, height, created_at, archived_at;    /* 0: it is on the disk */
};
FIELD_TABLE(struct package_file, package_file_fields)
struct package_files { struct package_file *v; size_t n; };
/* What a person may add: all but FIRMA.  The words: "Foto del daño". */
extern const char *const package_photo_kinds[];
const char *package_file_words(const char *kind);
/* A job for each that is on the disk, to the archive; made: how many. */
enum err package_files_archive(struct ctx *c, int64_t *made) MUST_CHECK;
/* Without those that were taken out. */
enum err package_files(struct ctx *c, int64_t id, struct package_files *out) MUST_CHECK;
enum err package_file_by_id(struct ctx *c, int64_t id, struct package_file *out) MUST_CHECK;
enum err package_file_by_key(struct ctx *c, const char *key, struct package_file *out) MUST_CHECK;
/* ADMIN, or within undo_s, else E_FORBIDDEN: for everybody, and from the disk by a job. */
enum err package_file_remove(struct ctx *c, int64_t id) MUST_CHECK;

#endif
