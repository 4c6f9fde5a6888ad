/* Incident: what came up about a parcel at the counter instead of its hand-over. */
#ifndef DOMAIN_INCIDENT_H
#define DOMAIN_INCIDENT_H

#include "base/field.h"
#include "domain/parcel/package.h"

#define INCIDENT_NOTE_MAX 300

struct incident {
    int64_t id, package_id, event_id;
    const char *outcome;         /* of incident_outcomes */
    int64_t reported_at, reported_by;
    const char *reported_by_name, *note;
    /* of the package, as it is now */
    const char *guide_number, *position_code, *customer_name, *customer_phone;
};
FIELD_TABLE(struct incident, incident_fields)
struct incidents { struct incident *v; size_t n; int64_t next; };    /* next: 0 after the last */

extern const char *const incident_outcomes[];
const char *incident_outcome_words(const char *outcome);     /* "No encontrado"; NULL for none */

/* The open one of a package; id 0: none. */
/* The open ones of these packages, by one statement; then that of one of them. */
enum err incidents_of(struct ctx *c, const int64_t *packages, size_t n, struct incidents *out) MUST_CHECK;
struct incident incident_among(const struct incidents *all, int64_t package_id);     /* id 0: none */
enum err incident_of(struct ctx *c, int64_t package_id, struct incident *out) MUST_CHECK;
/* Those that are open, the newest first: of all or of one package. */
struct incident_filter { int64_t package, before, limit; };  /* before: id of the last row seen */
enum err incident_list(struct ctx *c, const struct incident_filter *f, struct incidents *out) MUST_CHECK;

/* Of a package on the shelf, E_CONFLICT else.  What is said last holds: another one that was
 * open is closed by it; the same again is E_CONFLICT.  package_undo takes it back. */
struct incident_in { int64_t id; const char *outcome, *note; };      /* id: the package */
enum err incident_report(struct ctx *c, const struct incident_in *in, struct package *out) MUST_CHECK;

/* By hand, with a word of how; E_CONFLICT when none is open (any more).  Handing the package
 * over, cancelling it, and moving one that was not found resolve theirs by themselves. */
struct incident_resolve_in { int64_t id; const char *how; };
enum err incident_resolve(struct ctx *c, const struct incident_resolve_in *in, struct package *out) MUST_CHECK;

/* The open incident of a package, when it is of that outcome (NULL: any), is resolved. */
enum err incident_settle_tx(struct ctx *c, int64_t package_id, const char *outcome,
                            const char *resolution) MUST_CHECK;
/* An incident is open again as it was before what is undone, which resolved it at that instant. */
enum err incident_reopen_tx(struct ctx *c, int64_t package_id, int64_t at, const char *resolution) MUST_CHECK;
/* The incident that this event reported is taken back; E_CONFLICT when it reported none. */
enum err incident_undo_tx(struct ctx *c, int64_t package_id, int64_t event_id, int64_t at) MUST_CHECK;

#endif
