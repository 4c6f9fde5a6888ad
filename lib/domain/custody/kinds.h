/* Kinds: a row for each kind of event of the chain of custody says how people call it, what its
 * details say, and how it is undone.  A new kind of event is a new row of
 * parcel/event_kind.def; its functions lie with the code that writes the event. */
#ifndef DOMAIN_KINDS_H
#define DOMAIN_KINDS_H

#include "base/ctx.h"

struct json_object;
struct undo;

struct event_kind {
    const char *kind;            /* package_events.kind … */
    const char *key;             /* … with this member in its details; NULL: whatever they have */
    const char *name;            /* for people, "Entregado"; NULL: `words` say the whole sentence */
    /* The words that the details add to the name, NULL for nothing; a function that is NULL adds nothing.  details
     * are borrowed; values is a JSON object of the event's personal values, or NULL once they are erased. */
    const char *(*words)(struct ctx *c, struct json_object *details, const char *values);
    enum err (*undo)(struct undo *u);    /* NULL: cannot be undone (undo_step.h) */
    bool trifle;                 /* true: an event before this one can still be undone */
};

/* The first row that fits; NULL for an event of a kind that nobody knows. */
const struct event_kind *event_kind_of(const char *kind, struct json_object *details);

#endif
