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
 *
 * A row whose member has another type than its kind says does not compile
 * (tests/lint/tables_compile.sh); a table with rows of another struct does not start.
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
#define PARAM_PAGE 16u           /* only a page may send it … */
#define PARAM_API 32u            /* … or only the API: for the other the name is unknown */

struct params;
struct param {
    const char *name;
    enum param_type type;
    unsigned flags;
    size_t offset;
    size_t whole;                /* size of the struct that the row belongs to */
    int64_t min, max;            /* texts: characters; P_INT, P_MONEY: the value; P_IDS,
                                    P_FILES, P_ROWS: max is how many.  0 is no bound, but for
                                    P_INT and P_MONEY, which lie in min … max always */
    const char *const *choices;  /* NULL-ended, P_ENUM only */
    const char *doc;             /* Spanish, for the API reference */
    const struct params *of;     /* P_ROWS only */
};

#define PARAM(st, m, type, flags, min, max, doc) PARAM_AS(st, m, #m, type, flags, min, max, doc)
#define PARAM_ENUM(st, m, flags, choices, doc) PARAM_ENUM_AS(st, m, #m, flags, choices, doc)
/* A row whose name is not the member's path: PARAM_AS(struct deliver_form, deliver.code, "code", …). */
#define PARAM_AS(st, path, name, type, flags, min, max, doc)                                    \
    PARAM_ROW(st, path, name, type, flags, min, max, NULL, doc, NULL)
#define PARAM_ENUM_AS(st, path, name, flags, choices, doc)                                      \
    PARAM_ROW(st, path, name, P_ENUM, flags, 0, 0, choices, doc, NULL)
#define PARAM_ROWS(st, m, flags, max, of, doc) PARAM_ROW(st, m, #m, P_ROWS, flags, 0, max, NULL, doc, of)

#define PARAM_ROW(st, path, name_, type_, flags_, min_, max_, choices_, doc_, of_)              \
    { .name = name_, .type = PARAM_IS_##type_(PARAM_MEMBER(st, path)),                                   \
      .flags = (unsigned)((flags_) | PARAM_FITS(flags_, PARAM_MEMBER(st, path))),                        \
      .offset = offsetof(st, path), .whole = sizeof(st), .min = min_, .max = max_, .choices = choices_,  \
      .doc = doc_, .of = of_ }
#define PARAM_MEMBER(st, path) (((const st *)0)->path)

/* The types of a member that each kind takes.  A text is asked by its address: an array of
 * characters would pass for a pointer.  PARAM_FITS: a pointer needs PARAM_MAYBE and PARAM_MAYBE a
 * pointer, else the size of an array is less than none. */
#define PARAM_IS_P_TEXT(m) _Generic(&(m), const char *const *: P_TEXT)
#define PARAM_IS_P_LONG(m) _Generic(&(m), const char *const *: P_LONG)
#define PARAM_IS_P_LINES(m) _Generic(&(m), const char *const *: P_LINES)
#define PARAM_IS_P_RAW(m) _Generic(&(m), const char *const *: P_RAW)
#define PARAM_IS_P_ENUM(m) _Generic(&(m), const char *const *: P_ENUM)
#define PARAM_IS_P_INT(m) _Generic((m), int64_t: P_INT, const int64_t *: P_INT)
#define PARAM_IS_P_MONEY(m) _Generic((m), int64_t: P_MONEY, const int64_t *: P_MONEY)
#define PARAM_IS_P_BOOL(m) _Generic((m), bool: P_BOOL, const bool *: P_BOOL)
#define PARAM_IS_P_ID(m) _Generic((m), int64_t: P_ID)
#define PARAM_IS_P_DAY(m) _Generic((m), int64_t: P_DAY)
#define PARAM_IS_P_IDS(m) _Generic((m), struct ids: P_IDS)
#define PARAM_IS_P_FILES(m) _Generic((m), struct uploads: P_FILES)
#define PARAM_IS_P_ROWS(m) _Generic((m), struct param_rows: P_ROWS)
#define PARAM_FITS(flags, m) (0 * sizeof(char[((flags) & PARAM_MAYBE) ==                          \
    _Generic((m), const int64_t *: PARAM_MAYBE, const bool *: PARAM_MAYBE, default: 0u) ? 1 : -1]))

struct params {
    const struct param *rows;
    size_t count, size;          /* rows, and the size of the input struct */
};
#define PARAMS(st, rows) { rows, COUNT(rows), sizeof(st) }

/* A page and the API each do not know the rows of the other; if neither is said, every row is read. */
#define READ_PAGE PARAM_PAGE
#define READ_API PARAM_API
#define READ_LENIENT 1u          /* unknown names are ignored (public GET) */

/* Read the request (path values, query of a GET, form/multipart/JSON body of a
 * POST) into a zeroed struct from the arena.  All wrong fields are named in
 * c->fault, E_INVALID; what is absent stays zero.  E_NOT_FOUND for a path value of
 * the wrong type.  how: READ_PAGE or READ_API, and READ_LENIENT.  The names
 * "csrf" and "operation_id" are always allowed in forms. */
enum err param_read(struct ctx *c, const struct params *p, struct request *r, unsigned how,
                    void **out) MUST_CHECK;

/* param_link.c: the address of `path` whose query asks for what `in`, of the schema's struct,
 * holds: each parameter that says something, but those of the path.  The one of that name (NULL:
 * none) says `value` instead, or nothing. */
const char *param_link(struct arena *a, const char *path, const struct params *p, const void *in, const char *name,
                       const char *value) MUST_CHECK;

/* Whether who asks (READ_PAGE, READ_API) may send that row. */
bool param_is_for(const struct param *row, unsigned how);

#endif
