/* Undo step: what undo.c hands to the function that takes one event back (kinds.h), and these
 * functions.  Only files of custody/ include it. */
#ifndef DOMAIN_UNDO_STEP_H
#define DOMAIN_UNDO_STEP_H

#include "domain/parcel/package.h"

struct undo {
    struct ctx *c;
    int64_t id;                  /* the package's … */
    struct package *p;           /* … and the package, as it is before */
    int64_t event, at, user;     /* what is undone, when it was done, by whom */
    const char *before;          /* the state before it */
    const char *position, *from; /* of its details, or NULL: where the box came to lie, where it lay */
    int64_t authorization;       /* of its details: who received it, or 0 */
    bool unannounced, named;     /* of its details */
};

/* The package onto the shelf again: the position that it had when that is still free, else the next;
 * with a new pickup code. */
enum err undo_to_shelf_tx(struct undo *u) MUST_CHECK;

enum err undo_reception(struct undo *u) MUST_CHECK;
enum err undo_move(struct undo *u) MUST_CHECK;
enum err undo_cancellation(struct undo *u) MUST_CHECK;
enum err undo_identification(struct undo *u) MUST_CHECK;
enum err undo_incident(struct undo *u) MUST_CHECK;
enum err undo_handover(struct undo *u) MUST_CHECK;

#endif
