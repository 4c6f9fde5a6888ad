/* Incident: why a parcel was not handed over at the counter: not found, refused, or the wrong one. */
#ifndef DOMAIN_INCIDENT_H
#define DOMAIN_INCIDENT_H

#include "base/field.h"
#include "base/words.h"
#include "domain/parcel/package.h"

#define INCIDENT_NOTE_MAX 300

struct incident {
    int64_t id, package_id, event_id;
    const char *outcome;         /* from incident_outcomes */
    int64_t reported_at, reported_by;
    const char *reported_by_name, *note;
    /* the package's, as they are now */
    const char *guide_number, *position_code, *customer_name, *customer_phone;
};
FIELD_TABLE(struct incident, incident_fields)
/* next: `before` of the next page; 0 after the last */
struct incidents { struct incident *v; size_t n; int64_t next; };

extern const struct word incident_outcomes[];

/* The open incidents of these packages, by one statement; incident_among picks that of one package. */
enum err incidents_of(struct ctx *c, const struct packages *list, struct incidents *out) MUST_CHECK;
struct incident incident_among(const struct incidents *all, int64_t package_id);     /* id 0: it has none */
enum err incident_of(struct ctx *c, int64_t package_id, struct incident *out) MUST_CHECK;
/* The open incidents, newest first: all of them, or those of one package (0: all). */
struct incident_filter { int64_t package, before, limit; };  /* before: id of the last one seen */
enum err incident_list(struct ctx *c, const struct incident_filter *f, struct incidents *out) MUST_CHECK;

/* Notes an incident about a package on the shelf, else E_CONFLICT.  A package has one open incident: a
 * new one closes the one before it; the same outcome again is E_CONFLICT.  package_undo
 * (custody/undo.h) takes it back. */
struct incident_in { int64_t id; const char *outcome, *note; };      /* id: the package's */
enum err incident_report(struct ctx *c, const struct incident_in *in, struct package *out) MUST_CHECK;

/* A clerk resolves the open incident and writes how; E_CONFLICT when none is open (any more).  It is
 * resolved without a clerk when the package is handed over, cancelled, or (when it was not found)
 * moved. */
struct incident_resolve_in { int64_t id; const char *how; };
enum err incident_resolve(struct ctx *c, const struct incident_resolve_in *in, struct package *out) MUST_CHECK;

/* Resolves the open incident of a package if it has that outcome (NULL: any). */
enum err incident_settle_tx(struct ctx *c, int64_t package_id, const char *outcome,
                            const char *resolution) MUST_CHECK;
/* An act of that instant is undone: the incident that it had resolved so is open again. */
enum err incident_reopen_tx(struct ctx *c, int64_t package_id, int64_t at, const char *resolution) MUST_CHECK;
/* The event at that instant reported an incident, which is taken back, and the incident that it had
 * closed is open again; E_CONFLICT when the event has no open incident. */
enum err incident_undo_tx(struct ctx *c, int64_t package_id, int64_t event_id, int64_t at) MUST_CHECK;

#endif
