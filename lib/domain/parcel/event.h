/* Event: the chain of custody of a package.  Each event's hash covers the event before it, so
 * that an edited or missing row shows.  Personal values stand beside it, salted, so that they
 * can be erased without breaking the chain (domain.md §1). */
#ifndef DOMAIN_EVENT_H
#define DOMAIN_EVENT_H

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
    const char *note;            /* the note of a CONTACTO or an incident; NULL once erased */
    const char *text;            /* a Spanish line for people (custody/history.h) */
};
FIELD_TABLE(struct package_event, package_event_fields)
/* next: `after` of the next page; 0 after the last */
struct package_events { struct package_event *v; size_t n; int64_t next; };

struct event_new {
    const char *kind, *before, *after;
    struct json_object *details;     /* ownership passes to event_add_tx; NULL: {} */
    int64_t undoes;
};
/* Appends an event to the package's chain of custody and sets p->last_event_id. */
enum err event_add_tx(struct ctx *c, struct package *p, struct event_new e) MUST_CHECK;

/* Personal values of an event that is not written yet: event_personal adds the salted hash of a value
 * to `details` and keeps the value in `list` (a blank one is left out); event_personal_tx writes the
 * list once the event has an id.  Values are borrowed until then. */
#define PERSONAL_MAX 10
struct personal {
    struct { const char *name, *value; unsigned char salt[16]; } v[PERSONAL_MAX];
    size_t n;
};
void event_personal(struct ctx *c, struct personal *list, struct json_object *details,
                    const char *name, const char *value);
enum err event_personal_tx(struct ctx *c, int64_t event_id, const struct personal *list) MUST_CHECK;

/* OK when every hash of the package's chain fits; else E_CONFLICT, and *broken_at is the first event
 * whose hash does not. */
enum err package_chain_check(struct ctx *c, int64_t id, int64_t *broken_at) MUST_CHECK;

#endif
