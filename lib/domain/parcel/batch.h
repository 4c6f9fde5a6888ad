/* Batch: a courier's drop.  An operator receives its parcels one after the other into the open batch,
 * notes those that were refused, and closes the batch with one signature of the courier. */
#ifndef DOMAIN_BATCH_H
#define DOMAIN_BATCH_H

#include "base/field.h"
#include "base/words.h"
#include "domain/parcel/package.h"

struct batch {
    int64_t id;
    const char *carrier;                         /* as it was said when the drop began; NULL: of several, or nobody knows */
    const char *package_type;                    /* preset for the next parcel of a series */
    int64_t opened_by, opened_at, closed_at;     /* closed_at 0: still open */
    const char *courier_name, *signature, *opened_by_name;
    int64_t closed_by;
    const char *closed_by_name;
    int64_t received, refused, damaged;          /* without lines withdrawn or replaced (batch_line.counts) */
};
FIELD_TABLE(struct batch, batch_fields)
/* next: `before` of the next page; 0 after the last */
struct batches { struct batch *v; size_t n; int64_t next; };

struct batch_line {
    int64_t id, at;
    const char *guide_number;
    int64_t package_id;
    const char *refused, *note;                  /* refused: from batch_refusals, or NULL */
    const char *state, *type;                    /* the package's, as they are now */
    const char *condition;                       /* in which the parcel came */
    const char *carrier, *position_code, *customer_name;     /* the package's, as they are now */
    int64_t withdrawn_at;        /* when it was undone, while the drop was open; else 0 */
    int64_t disputed;            /* 1: nobody has compared whose it is (claim.h) */
    int64_t counts;              /* 1: not withdrawn, and no later line about its guide */
};
FIELD_TABLE(struct batch_line, batch_line_fields)
struct batch_lines { struct batch_line *v; size_t n; };

extern const struct word batch_refusals[];

/* The open batch of the user who asks; E_NOT_FOUND, without a fault, when there is none. */
enum err batch_open_of(struct ctx *c, struct batch *out) MUST_CHECK;
enum err batch_by_id(struct ctx *c, int64_t id, struct batch *out) MUST_CHECK;
/* Batches, the newest first.  before: id of the last one seen, 0 at first. */
enum err batch_list(struct ctx *c, int64_t before, int64_t limit, struct batches *out) MUST_CHECK;
enum err batch_open(struct ctx *c, struct batches *out) MUST_CHECK;  /* open ones of all users, oldest first */
enum err batch_lines(struct ctx *c, int64_t id, struct batch_lines *out) MUST_CHECK;  /* lines, newest first */

/* Inside a db_write: the user's open batch, or a new one of that carrier (carrier.h; NULL: of none).  A batch none of whose
 * lines counts starts anew: it is opened now, with that carrier unless it is NULL. */
enum err batch_ensure_tx(struct ctx *c, const char *carrier, struct batch *b) MUST_CHECK;
/* A line of that batch: a parcel that was left (with its condition) or refused (with the reason). */
struct batch_line_new {
    const char *guide_number, *guide_key;
    int64_t package_id;          /* 0: no package of ours */
    const char *condition, *refused, *note;
};
enum err batch_line_add_tx(struct ctx *c, int64_t batch, const struct batch_line_new *line, int64_t *id) MUST_CHECK;

/* Says of which carrier an open batch is, of which nobody said it at its start. */
enum err batch_say_carrier_tx(struct ctx *c, struct batch *b, const char *carrier) MUST_CHECK;
/* Writes into the batch that *p was received with `in`: a line, and what a series keeps. */
struct receive_in;
enum err batch_receive_tx(struct ctx *c, const struct batch *b, const struct package *p, const struct receive_in *in) MUST_CHECK;
/* The package was changed or undone: its line in a drop that is still open is withdrawn or counts
 * again.  A drop that was signed stays as it was signed. */
enum err batch_follow_tx(struct ctx *c, int64_t package_id) MUST_CHECK;

#endif
