/* Closure: a day on which the point is closed by its own decision.  Such a day costs no storage
 * (domain.md §5). */
#ifndef DOMAIN_CLOSURE_H
#define DOMAIN_CLOSURE_H

#include "base/ctx.h"
#include "base/field.h"

struct closure {
    int64_t day;                 /* as a day number */
    const char *reason, *created_by;
    const char *date;            /* 2026-12-24 */
};
FIELD_TABLE(struct closure, closure_fields)
struct closures { struct closure *v; size_t n; };

/* The closures from day `from` to day `to`, inclusive, in their order. */
enum err closure_list(struct ctx *c, int64_t from, int64_t to, struct closures *out) MUST_CHECK;

/* Adds a closure.  A day that has begun makes parcels on the shelf cheaper: it needs `known`.
 * E_CONFLICT for a day that is there already.  Audited. */
struct closure_in { int64_t day; const char *reason; bool known; };
enum err closure_add(struct ctx *c, const struct closure_in *in, struct closure *out) MUST_CHECK;
/* Removes a closure whose day has not begun, else E_CONFLICT.  Audited. */
enum err closure_remove(struct ctx *c, int64_t day) MUST_CHECK;

#endif
