/* Undo step: the package and the event that undo.c hands to the function that takes this event back
 * (kinds.h), and these functions.  Only files of custody/ include this header. */
#ifndef DOMAIN_UNDO_STEP_H
#define DOMAIN_UNDO_STEP_H

#include "domain/parcel/package.h"

struct undo {
    struct ctx *c;
    int64_t id;                  /* id of the package */
    struct package *p;           /* the package as it is before the undoing */
    int64_t event, at, user;     /* the event to undo, when and by whom it was written */
    const char *before;          /* the state before that event */
    const char *position, *from; /* from its details: to and from which place it moved, or NULL */
    int64_t authorization;       /* from its details: the authorisation of the receiver, or 0 */
    bool unannounced, named;     /* from its details */
};

/* Puts the package on the shelf again with a new pickup code: on the position that it had if that is
 * still free, else on the next free one. */
enum err undo_to_shelf_tx(struct undo *u) MUST_CHECK;

enum err undo_reception(struct undo *u) MUST_CHECK;
enum err undo_move(struct undo *u) MUST_CHECK;
enum err undo_cancellation(struct undo *u) MUST_CHECK;
enum err undo_identification(struct undo *u) MUST_CHECK;
enum err undo_incident(struct undo *u) MUST_CHECK;
enum err undo_handover(struct undo *u) MUST_CHECK;

#endif
