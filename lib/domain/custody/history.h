/* History: the chain of custody of a package, each event with one Spanish line for people. */
#ifndef DOMAIN_HISTORY_H
#define DOMAIN_HISTORY_H

#include "domain/parcel/event.h"

/* Reads the events of a package, the oldest first, each with its text. */
enum err package_events(struct ctx *c, int64_t id, struct package_events *out) MUST_CHECK;
/* A page of the events of a package.  id: the package's; after: the last event seen, 0 at first; limit: 1 to 200,
 * else 50. */
struct event_filter { int64_t id, after, limit; };
enum err event_list(struct ctx *c, const struct event_filter *f, struct package_events *out) MUST_CHECK;

#endif
