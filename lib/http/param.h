/* Parameters by schema.  A table names each parameter once: where it goes in
 * the input struct, its type and its bounds.  It refuses unknown, repeated,
 * over-long, ill-typed values, NUL and bad UTF-8, and documents the route.
 *
 *     static const struct param cancel_rows[] = {
 *         PARAM(struct cancel_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 1, INT64_MAX, "…"),
 *         PARAM_ENUM(struct cancel_in, reason, PARAM_REQUIRED, cancel_reasons, "…"),
 *         PARAM(struct cancel_in, text, P_LONG, 0, 0, 500, "…"),
 *     };
 *     static const struct params cancel_params = PARAMS(struct cancel_in, cancel_rows);
 */
#ifndef HTTP_PARAM_H
#define HTTP_PARAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/util.h"
#include "http/request.h"

enum param_type {
    P_TEXT,      /* const char *: one line, trimmed, min … max characters */
    P_LONG,      /* const char *: several lines */
    P_LINES,     /* the same; an array of texts or a repeated field gives a line each */
    P_RAW,       /* const char *: one line, not trimmed (passwords, tokens) */
    P_INT,       /* int64_t, min … max */
    P_ID,        /* int64_t ≥ 1 */
    P_MONEY,     /* int64_t pesos; "1.500" and "$1.500" are read too */
    P_BOOL,      /* bool: 1, true, on, si / 0, false */
    P_DAY,       /* int64_t day number, from 2026-11-25 */
    P_ENUM,      /* const char *: one of choices */
    P_IDS,       /* struct ids: repeated or comma-separated */
    P_FILES,     /* struct uploads: from a multipart body */
    P_ROWS,      /* struct param_rows: an array of objects, each by the schema `of`; JSON only */
};

struct ids { const int64_t *v; size_t n; };
struct uploads { struct upload *v; size_t n; };  /* struct upload: http/multipart.h */
struct param_rows { const void *v; size_t n; };  /* v: n structs of the schema */

#define PARAM_REQUIRED 1u
#define PARAM_PATH 2u            /* from the {name} of the path */
#define PARAM_QUERY 4u           /* from the query also on a POST */
#define PARAM_MAYBE 8u           /* P_INT, P_MONEY, P_BOOL: the member is a pointer to it, NULL when
                                    it was not given, for where zero is a value as any */

struct params;
struct param {
    const char *name;
    enum param_type type;
    unsigned flags;
    size_t offset;
    int64_t min, max;            /* texts: characters; P_INT, P_MONEY: the value; P_IDS,
                                    P_FILES, P_ROWS: max is how many.  0 is no bound, but for
                                    P_INT and P_MONEY, which lie in min … max always */
    const char *const *choices;  /* NULL-ended, P_ENUM only */
    const char *doc;             /* Spanish, for the API reference */
    const struct params *of;     /* P_ROWS only */
};
#define PARAM(st, m, type, flags, min, max, doc) \
    { #m, type, flags, offsetof(st, m), min, max, NULL, doc, NULL }
#define PARAM_ENUM(st, m, flags, choices, doc) \
    { #m, P_ENUM, flags, offsetof(st, m), 0, 0, choices, doc, NULL }
#define PARAM_ROWS(st, m, flags, max, of, doc) \
    { #m, P_ROWS, flags, offsetof(st, m), 0, max, NULL, doc, of }

struct params {
    const struct param *rows;
    size_t count, size;          /* rows, and the size of the input struct */
};
#define PARAMS(st, rows) { rows, COUNT(rows), sizeof(st) }

/* Read the request (path values, query of a GET, form/multipart/JSON body of a
 * POST) into a zeroed struct from the arena.  All wrong fields are named in
 * c->fault, E_INVALID; what is absent stays zero.  E_NOT_FOUND for a path value of
 * the wrong type.  lenient: unknown names are ignored (public GET).  The names
 * "csrf" and "operation_id" are always allowed in forms. */
enum err param_read(struct ctx *c, const struct params *p, struct request *r, bool lenient,
                    void **out) MUST_CHECK;

#endif
