/* Event: the chain of custody of a package.  Each event's hash covers the event before it, so
 * that an edited or missing row shows.  Personal values stand beside it, salted, so that they
 * can be erased without breaking the chain (domain.md §1). */
#ifndef DOMAIN_EVENT_H
#define DOMAIN_EVENT_H

#include "domain/ground/personal.h"
#include "domain/parcel/package.h"

struct json_object;

struct package_event {
    int64_t id, package_id;
    const char *kind;
    int64_t at;
    const char *actor;
    int64_t user_id;
    const char *user_name, *state_before, *state_after, *details;
    int64_t undoes;
    const char *hash;            /* hex; covers this row and the hash before it */
    const char *note;            /* the free text that somebody wrote with it; NULL once erased */
    const char *text;            /* a Spanish line for people (custody/history.h) */
};
FIELD_TABLE(struct package_event, package_event_fields)
/* next: `after` of the next page; 0 after the last */
struct package_events { struct package_event *v; size_t n; int64_t next; };

struct event_new {
    const char *kind, *before, *after;
    struct json_object *details;     /* ownership passes to event_add_tx; NULL: {} */
    const char *note;                /* free text, or NULL; it is kept beside the event and can be erased */
    int64_t undoes;
};
/* Appends an event to the package's chain of custody and sets p->last_event_id. */
enum err event_add_tx(struct ctx *c, struct package *p, struct event_new e) MUST_CHECK;

/* Keeps the personal values (ground/personal.h) of the event that was added. */
enum err event_personal_tx(struct ctx *c, int64_t event_id, const struct personal *list) MUST_CHECK;

/* Whether the row itself holds a free text, as those of before 0023 do: it cannot be erased. */
bool event_seals_text(const struct package_event *e);

/* OK when every hash of the package's chain fits; else E_CONFLICT, and *broken_at is the first event
 * whose hash does not. */
enum err package_chain_check(struct ctx *c, int64_t id, int64_t *broken_at) MUST_CHECK;

#endif
