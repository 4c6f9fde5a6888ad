/* Position: a slot of the shelf (domain.md §1). */
#ifndef DOMAIN_POSITION_H
#define DOMAIN_POSITION_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"
#include "store/db.h"

/* How many parcels still fit, the zones without limit left out. */
int64_t position_free(struct ctx *c);
bool position_exists(struct ctx *c, const char *code);       /* and is in use; as typed */

/* For which parcels a position is: any, or those of one type. */
extern const struct word position_sizes[];

struct position {
    int64_t id;
    const char *code, *zone;
    int64_t walk_order;
    const char *size_class;
    int64_t capacity;            /* 0: without limit */
    int64_t used, is_active;
    int64_t oldest_at;           /* of what lies there; 0: nothing */
    int64_t package_id;          /* when it is only one */
    int64_t version;             /* one more with each change by an administrator */
};
FIELD_TABLE(struct position, position_fields)
struct positions { struct position *v; size_t n; int64_t next; };

#define POSITIONS_MAX 1000       /* on one page of the map */

/* In walking order: keyset by the id of the last one seen, *next is 0 after the last. */
struct position_filter {
    const char *zone;            /* NULL or "": any */
    int64_t after, limit;        /* limit: 1 … POSITIONS_MAX, 50 when it is none */
};
enum err position_list(struct ctx *c, const struct position_filter *f, struct positions *out) MUST_CHECK;
enum err position_by_id(struct ctx *c, int64_t id, struct position *out) MUST_CHECK;
/* E_NOT_FOUND, at the field "position", when there is none; one out of use is found. */
enum err position_by_code(struct ctx *c, const char *code, struct position *out) MUST_CHECK;

/* A zone counted: places are those of positions in use with a limit. */
struct zone {
    const char *name;
    int64_t positions, occupied, packages, places, taken;
    int64_t unlimited;           /* positions in use without limit */
};
FIELD_TABLE(struct zone, zone_fields)
struct zones { struct zone *v; size_t n; };
enum err position_zones(struct ctx *c, struct zones *out) MUST_CHECK;

/* What lies on one position, keyset by id; position_id 0: on the shelf, and on none. */
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

/* A place for one parcel more.  code NULL or "": the first free by walk order that fits a parcel
 * of that type; a position that is named takes any type. */
enum err position_take_tx(struct ctx *c, const char *code, const char *type, int64_t *id,
                          const char **taken) MUST_CHECK;
enum err position_release_tx(struct ctx *c, int64_t id) MUST_CHECK;   /* 0 is fine */

/* ADMIN.  One position, or a range (A01 to A20), all or none of them. */
struct position_in {
    const char *code, *last;     /* last: NULL or "" for one */
    const char *zone, *size_class;
    int64_t walk_order;          /* of the first; 0: after the last one of its sort */
    int64_t capacity;            /* 0: without limit */
};
#define POSITION_CODE_MAX 8
#define POSITIONS_AT_ONCE 200
enum err position_add(struct ctx *c, const struct position_in *in, struct positions *out) MUST_CHECK;

/* Everything but its code, which is on its label; what is NULL stays as it is.  E_CONFLICT
 * below what lies there, and for the last one in use without limit: receiving would stop when
 * the shelf is full.  E_PRECONDITION when it has changed since that version. */
struct position_edit {
    int64_t id;
    int64_t version;             /* that was read; 0: whatever it is now */
    const char *zone, *size_class;
    const int64_t *walk_order, *capacity;
    const bool *is_active;
};
enum err position_change(struct ctx *c, const struct position_edit *in, struct position *out) MUST_CHECK;

#endif
