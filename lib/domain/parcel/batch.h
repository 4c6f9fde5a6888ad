/* Batch: a courier's drop.  Parcels are received one after the other into the operator's
 * open batch, refused ones are noted, and one signature closes it. */
#ifndef DOMAIN_BATCH_H
#define DOMAIN_BATCH_H

#include "base/field.h"
#include "domain/parcel/package.h"

struct batch {
    int64_t id;
    const char *carrier;                         /* of the last parcel that had one */
    const char *package_type;                    /* with kept_carrier: what the series goes on with */
    int64_t opened_by, opened_at, closed_at;     /* closed_at 0: open */
    const char *courier_name, *signature, *opened_by_name, *kept_carrier;
    int64_t closed_by;
    const char *closed_by_name;
    int64_t received, refused, damaged;          /* what was undone while it was open does not count */
};
FIELD_TABLE(struct batch, batch_fields)
struct batches { struct batch *v; size_t n; int64_t next; };     /* next: 0 after the last */

struct batch_line {
    int64_t id, at;
    const char *guide_number;
    int64_t package_id;
    const char *refused, *note;                  /* refused: of batch_refusals */
    const char *state, *type;                    /* of the package, as it is now */
    const char *condition;                       /* as it came */
    const char *carrier, *position_code, *customer_name;     /* of the package, as it is now */
    int64_t withdrawn_at;        /* undone while the drop was open; 0: it was not */
    int64_t counts;              /* not withdrawn, and the last word about its guide */
};
FIELD_TABLE(struct batch_line, batch_line_fields)
struct batch_lines { struct batch_line *v; size_t n; };

extern const char *const batch_refusals[];
const char *batch_refusal_words(const char *refused);        /* "llegó dañado"; NULL for none */

/* The user's own that is open; E_NOT_FOUND without a fault. */
enum err batch_open_of(struct ctx *c, struct batch *out) MUST_CHECK;
enum err batch_by_id(struct ctx *c, int64_t id, struct batch *out) MUST_CHECK;
/* The newest; before: id of the last seen, 0 at first. */
enum err batch_list(struct ctx *c, int64_t before, int64_t limit, struct batches *out) MUST_CHECK;
enum err batch_open(struct ctx *c, struct batches *out) MUST_CHECK;     /* of everybody, the oldest first */
enum err batch_lines(struct ctx *c, int64_t id, struct batch_lines *out) MUST_CHECK;    /* newest first */

/* Inside a db_write: the user's open batch, or a new one; a batch in which nothing counts begins with what
 * comes now. */
enum err batch_ensure_tx(struct ctx *c, struct batch *b) MUST_CHECK;
/* A parcel that was left (with its condition) or refused (with why), as a line of that batch. */
struct batch_line_new {
    const char *guide_number, *guide_key;
    int64_t package_id;          /* 0: of none of ours */
    const char *condition, *refused, *note;
};
enum err batch_line_add_tx(struct ctx *c, int64_t batch, const struct batch_line_new *line, int64_t *id) MUST_CHECK;

/* *p was received into the user's open batch, by what was given. */
struct receive_in;
enum err batch_receive_tx(struct ctx *c, const struct package *p, const struct receive_in *in) MUST_CHECK;
/* The line of a package in a drop that is open follows what was undone or was no parcel at all;
 * what was signed stays as it was signed. */
enum err batch_follow_tx(struct ctx *c, int64_t package_id) MUST_CHECK;

#endif
