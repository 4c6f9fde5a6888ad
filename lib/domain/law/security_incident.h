/* Security incident: data of persons were lost, seen or changed by whom they are not for (Ley 1581/2012, art. 17 n): what
 * happened, when it was noticed, which data of how many, what was done about it.  The authority is told within
 * SECURITY_DAYS business days.  What goes wrong with a parcel at the counter is another thing: parcel/incident.h. */
#ifndef DOMAIN_SECURITY_INCIDENT_H
#define DOMAIN_SECURITY_INCIDENT_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"

#define SECURITY_DAYS 15         /* business days, from the day after it was noticed, for the report */
#define SECURITY_SOON 5          /* it is due soon with so many business days left */
#define SECURITY_TEXT 2000

extern const struct word security_states[];

struct security_incident {
    int64_t id, at;
    const char *written_by;
    int64_t happened_day, noticed_day, due_day;      /* day numbers (base/clock.h); happened 0: nobody knows */
    const char *what, *data;
    int64_t people;              /* how many persons; -1: nobody knows yet */
    const char *measures;
    int64_t reported_day;        /* 0: not yet */
    const char *report_ref;
    int64_t closed_at;
    const char *closed_by, *ending;
    int64_t version;
    /* not columns of the row: */
    const char *state;           /* a value of security_states */
    int64_t left;                /* business days until the report is due; negative: late by so many */
    bool late, soon;             /* it was not reported, and is late, or due within SECURITY_SOON */
};
FIELD_TABLE(struct security_incident, security_incident_fields)
struct security_incidents { struct security_incident *v; size_t n; int64_t next; };

struct security_in {
    int64_t id;                  /* 0: a new one */
    int64_t happened_day, noticed_day;
    const char *what, *data;
    const int64_t *people;       /* NULL: nobody knows yet */
    const char *measures;
    int64_t version;             /* as it was read; 0: any */
};
/* Writes an incident down, or changes one that is open: the term follows the day on which it was noticed.  E_INVALID names
 * the wrong fields; E_NOT_FOUND; E_CONFLICT for one that is closed; E_PRECONDITION when somebody has changed it since. */
enum err security_save(struct ctx *c, const struct security_in *in, struct security_incident *out) MUST_CHECK;
/* The report went to the authority on that day, under that number.  E_INVALID names "day"; E_CONFLICT as above. */
struct security_report_in { int64_t id, day; const char *ref; };
enum err security_report(struct ctx *c, const struct security_report_in *in, struct security_incident *out) MUST_CHECK;
/* Closes it with how it ended.  Whoever does not report it says why: E_CONFLICT unless it was reported or `unreported`. */
struct security_close_in { int64_t id; const char *ending; bool unreported; };
enum err security_close(struct ctx *c, const struct security_close_in *in, struct security_incident *out) MUST_CHECK;

enum err security_by_id(struct ctx *c, int64_t id, struct security_incident *out) MUST_CHECK;
/* Incidents that are open, the first due first, or those that are closed, the newest first.  after: the last one seen. */
struct security_filter { bool closed; int64_t after, limit; };
enum err security_list(struct ctx *c, const struct security_filter *f, struct security_incidents *out) MUST_CHECK;
struct security_counts { int64_t open, late, soon; };    /* late and soon: of those that were not reported */
enum err security_count(struct ctx *c, struct security_counts *out) MUST_CHECK;

#endif
