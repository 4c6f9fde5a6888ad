/* Position: a place on the shelf (domain.md §1). */
#ifndef DOMAIN_POSITION_H
#define DOMAIN_POSITION_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"
#include "store/db.h"

/* The number of parcels that still fit; positions without a limit are left out. */
int64_t position_free(struct ctx *c);

/* Classes of parcels that a position is for: any, or those of one type. */
extern const struct word position_sizes[];

struct position {
    int64_t id;
    const char *code, *zone;
    int64_t walk_order;
    const char *size_class;
    int64_t capacity;            /* 0: without a limit */
    int64_t used, is_active;
    int64_t oldest_at;           /* when its oldest parcel was received; 0: it is empty */
    int64_t package_id;          /* its parcel, when there is only one; else 0 */
    int64_t version;             /* rises with each change by an administrator */
};
FIELD_TABLE(struct position, position_fields)
struct positions { struct position *v; size_t n; int64_t next; };

#define POSITIONS_MAX 1000       /* positions on one page of the map */

/* Positions in walking order.  after: id of the last one seen, 0 at first; out->next is the `after` of
 * the next page, 0 after the last. */
struct position_filter {
    const char *zone;            /* NULL or "": any */
    int64_t after, limit;        /* limit: 1 … POSITIONS_MAX; else 50 */
};
enum err position_list(struct ctx *c, const struct position_filter *f, struct positions *out) MUST_CHECK;
enum err position_by_id(struct ctx *c, int64_t id, struct position *out) MUST_CHECK;
/* E_NOT_FOUND, at the field "position", when there is none; a position out of use is found. */
enum err position_by_code(struct ctx *c, const char *code, struct position *out) MUST_CHECK;

/* Counts of a zone; `places` and `taken` are those of positions in use with a limit. */
struct zone {
    const char *name;
    int64_t positions, occupied, packages, places, taken;
    int64_t unlimited;           /* positions in use without a limit */
};
FIELD_TABLE(struct zone, zone_fields)
struct zones { struct zone *v; size_t n; };
enum err position_zones(struct ctx *c, struct zones *out) MUST_CHECK;

/* Parcels on one position; position_id 0: on the shelf, but on no position.  after: id of the last one
 * seen. */
struct shelved {
    int64_t id;
    const char *guide_number, *tracking_code, *carrier, *type, *customer_name;
    int64_t received_at, days;
};
FIELD_TABLE(struct shelved, shelved_fields)
struct shelved_list { struct shelved *v; size_t n; int64_t next; };
#define SHELVED_PAGE 100
enum err position_packages(struct ctx *c, int64_t position_id, int64_t after,
                           struct shelved_list *out) MUST_CHECK;

/* Inside a db_write: takes a place for one parcel more.  code NULL or "": the first free one in
 * walking order that fits a parcel of that type; a position that is named takes any type.  E_CONFLICT
 * when it is full or out of use, or nothing is free; E_INVALID for an unknown code. */
enum err position_take_tx(struct ctx *c, const char *code, const char *type, int64_t *id,
                          const char **taken) MUST_CHECK;
enum err position_release_tx(struct ctx *c, int64_t id) MUST_CHECK;   /* id 0: nothing */

/* An ADMIN adds one position, or a range (A01 to A20), all or none of them. */
struct position_in {
    const char *code, *last;     /* last: of a range; NULL or "": only one */
    const char *zone, *size_class;
    int64_t walk_order;          /* the first one's; 0: after all others with (or without) a limit */
    int64_t capacity;            /* 0: without a limit */
};
#define POSITION_CODE_MAX 8
#define POSITIONS_AT_ONCE 200
enum err position_add(struct ctx *c, const struct position_in *in, struct positions *out) MUST_CHECK;

/* Changes a position, but for its code, which is on its label; a member that is NULL stays as it is.
 * E_CONFLICT for a capacity below what lies there, and for the last one in use without a limit:
 * without it nothing could be received once the shelf is full.  E_PRECONDITION when the position has
 * changed since `version`. */
struct position_edit {
    int64_t id;
    int64_t version;             /* the version that was read; 0: any */
    const char *zone, *size_class;
    const int64_t *walk_order, *capacity;
    const bool *is_active;
};
enum err position_change(struct ctx *c, const struct position_edit *in, struct position *out) MUST_CHECK;

#endif
