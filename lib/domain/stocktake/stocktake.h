/* Stocktake of the shelf: a clerk scans the label of a position, then its boxes, then the next label.
 * Everything is kept in the database, so nothing is lost with a page, and several people may count.
 * The boxes that a position should hold are written down when its label is scanned; a box handed over
 * or moved meanwhile is neither missing nor a difference. */
#ifndef DOMAIN_STOCKTAKE_H
#define DOMAIN_STOCKTAKE_H

#include "base/ctx.h"
#include "base/field.h"
#include "store/db.h"

struct stocktake {
    int64_t id;
    const char *zone, *position_code;        /* its part of the shelf; both NULL: the whole */
    const char *started_by_name;
    int64_t started_at;
    const char *finished_by_name;
    int64_t finished_at;                     /* 0: still open */
    int64_t positions, counted;
    int64_t expected, seen, missing, misplaced, extra, fixed;
};
FIELD_TABLE(struct stocktake, stocktake_fields)
struct stocktakes { struct stocktake *v; size_t n; int64_t next; };

struct stocktake_box {
    int64_t id, package_id;                  /* package_id 0: nobody knows it */
    const char *text;                        /* its guide, or what was read */
    const char *tracking_code, *customer_name, *state;
    const char *expected_code, *read_code, *recorded_code, *position_code;
    const char *result;                      /* FALTA, EN_SU_SITIO, MAL_PUESTA, SOBRA */
    int64_t read_at, fixed_at;
    /* Seen from one position: the result, or EN_OTRA (expected here, read elsewhere), or SALIO (handed
     * over or moved meanwhile). */
    const char *kind;
};
FIELD_TABLE(struct stocktake_box, stocktake_box_fields)
struct stocktake_boxes { struct stocktake_box *v; size_t n; };

/* Starts a stocktake of a zone, of one position, or of the whole shelf when both are NULL.  E_CONFLICT
 * when one of its positions is in another open stocktake. */
struct stocktake_in { const char *zone, *position; };
enum err stocktake_start(struct ctx *c, const struct stocktake_in *in, struct stocktake *out) MUST_CHECK;

enum err stocktake_by_id(struct ctx *c, int64_t id, struct stocktake *out) MUST_CHECK;
/* The stocktake that was finished last; id 0 when none was. */
enum err stocktake_last(struct ctx *c, struct stocktake *out) MUST_CHECK;
enum err stocktakes_open(struct ctx *c, struct stocktakes *out) MUST_CHECK;
/* The finished stocktakes, the newest first; before: id of the last one seen, 0 at first. */
enum err stocktakes_past(struct ctx *c, int64_t before, int64_t limit, struct stocktakes *out) MUST_CHECK;

/* The boxes of one position of a stocktake, or (NULL) every difference. */
enum err stocktake_boxes_of(struct ctx *c, int64_t id, const char *position, struct stocktake_boxes *out) MUST_CHECK;
/* The position that this user opened last in it, or NULL. */
enum err stocktake_current(struct ctx *c, int64_t id, const char **code) MUST_CHECK;
/* The codes of positions that are not counted yet, in walking order, at most `limit`. */
struct stocktake_codes { const char **v; size_t n; };
enum err stocktake_left(struct ctx *c, int64_t id, size_t limit, struct stocktake_codes *out) MUST_CHECK;

/* A label was scanned: of a position, which opens it, or of a box that lies on `position`
 * (NULL or "": the one that this user opened last).  A box read again counts once: where it
 * was read last. */
struct stocktake_scan_in { int64_t id; const char *scan, *position; };
struct stocktake_reading {
    const char *position;                    /* the one that is open now */
    struct stocktake_box box;                    /* id 0: a position was scanned */
    bool again;                              /* the box had been read there already */
    const char *before;                      /* another position where the box had been read, or NULL */
};
enum err stocktake_scan(struct ctx *c, const struct stocktake_scan_in *in, struct stocktake_reading *out) MUST_CHECK;

/* Fixes: each is about one box of an open stocktake. */
struct stocktake_fix_in { int64_t id, box; };
/* MAL_PUESTA: the package's position becomes the one where the box was seen. */
enum err stocktake_place(struct ctx *c, const struct stocktake_fix_in *in, struct stocktake_box *out) MUST_CHECK;
/* FALTA: the box is not there; its place becomes free, and the package has none. */
enum err stocktake_absent(struct ctx *c, const struct stocktake_fix_in *in, struct stocktake_box *out) MUST_CHECK;
/* A label was misread: the reading is forgotten. */
enum err stocktake_unread(struct ctx *c, const struct stocktake_fix_in *in) MUST_CHECK;

/* Finishes a stocktake; every difference that was not fixed becomes an event of its package.  partial:
 * the clerk knows that positions are left uncounted. */
struct stocktake_finish_in { int64_t id; bool partial; };
enum err stocktake_finish(struct ctx *c, const struct stocktake_finish_in *in, struct stocktake *out) MUST_CHECK;
/* Discards a stocktake in which nothing was counted, as if it had not been started. */
enum err stocktake_discard(struct ctx *c, int64_t id) MUST_CHECK;

/* The sum missing + misplaced + extra. */
int64_t stocktake_differences(const struct stocktake *a);

#endif
