/* Audit list: the audit log for an ADMIN to read: who did what to which row, from where, and what it was before.  The
 * log itself is ground/audit.h. */
#ifndef DOMAIN_AUDIT_LIST_H
#define DOMAIN_AUDIT_LIST_H

#include "base/buf.h"
#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"

/* Details are what a row tells besides: before and after, an amount, a reason. */
struct audit_detail { const char *name, *value; };
FIELD_TABLE(struct audit_detail, audit_detail_fields)

struct audit_entry {
    int64_t id, at;
    const char *actor;           /* user, customer or system */
    int64_t user_id;
    const char *username, *action, *object;
    int64_t object_id;
    const char *address, *request_id;
    const char *note;            /* a free text, until it is erased */
    struct { struct audit_detail *v; size_t n; } details;
    const char *told;            /* the details in one line */
};
FIELD_TABLE(struct audit_entry, audit_entry_fields)
FIELD_TABLE(struct audit_entry, audit_sheet_fields)      /* a line of a spreadsheet */
struct audit_entries { struct audit_entry *v; size_t n; };

/* The words of the actions are ground/audit.h's audit_actions. */
extern const struct word audit_actors[], audit_objects[], audit_details[];
/* A detail's value as people read it: a day as 12/12/2026, an instant with its time, an object as its members; any
 * other as it is. */
const char *audit_value_words(struct arena *a, const char *value);
/* Words for detail `i` of an entry, which tell more: a setting by its name, and the settings' own values by theirs;
 * what is blank is said to be. */
const char *audit_detail_words(struct arena *a, const struct audit_entry *e, size_t i);

/* A member that is NULL, blank or 0 takes any. */
struct audit_filter {
    const char *username, *action, *object, *request_id;
    int64_t object_id;
    int64_t from, to;            /* days (clock_day), both included */
    int64_t before, limit;       /* before: id of the last one seen */
};
/* Rows, the newest first; *next is the `before` of the next page, 0 after the last. */
enum err audit_list(struct ctx *c, const struct audit_filter *f, struct audit_entries *out, int64_t *next) MUST_CHECK;

#define AUDIT_SHEET_MAX 10000
/* Appends the rows as a spreadsheet (csv.h), AUDIT_SHEET_MAX at most; when there are more, its last line says so. */
enum err audit_sheet(struct ctx *c, const struct audit_filter *f, struct buf *out) MUST_CHECK;

#endif
