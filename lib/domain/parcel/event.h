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
    const char *hash;            /* hex: of this row and of the hash before it */
    const char *note;            /* of a CONTACTO or an incident, until it is erased */
    const char *text;            /* one Spanish line for people (custody/history.h) */
};
FIELD_TABLE(struct package_event, package_event_fields)
struct package_events { struct package_event *v; size_t n; };

struct event_new {
    const char *kind, *before, *after;
    struct json_object *details;     /* taken; NULL: {} */
    int64_t undoes;
};
/* Append to the package's chain and set p->last_event_id. */
enum err event_add_tx(struct ctx *c, struct package *p, struct event_new e) MUST_CHECK;

/* A personal value of an event that is not written yet: its salted hash goes into details, the
 * value waits in `list` until event_personal_tx writes it beside the event. */
#define PERSONAL_MAX 10
struct personal {
    struct { const char *name, *value; unsigned char salt[16]; } v[PERSONAL_MAX];
    size_t n;
};
void event_personal(struct ctx *c, struct personal *list, struct json_object *details,
                    const char *name, const char *value);
enum err event_personal_tx(struct ctx *c, int64_t event_id, const struct personal *list) MUST_CHECK;

/* OK when every hash of the chain fits; *broken_at is the first event that does not. */
enum err package_chain_check(struct ctx *c, int64_t id, int64_t *broken_at) MUST_CHECK;

#endif
