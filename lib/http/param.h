/* Param: reads a request's parameters by a schema.  A row of the schema names a parameter, the member of
 * the input struct that it fills, its type and its bounds.  Unknown, repeated, over-long and ill-typed
 * values, NUL and bad UTF-8 are refused; the schema also documents the route.
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
#include "base/words.h"
#include "http/request.h"

enum param_type {
    P_TEXT,      /* const char *: one line, trimmed, min … max characters */
    P_SCAN,      /* const char *: one line as a scanner reads it: what stands between two readings is a tab */
    P_LONG,      /* const char *: several lines */
    P_LINES,     /* const char *: several lines; an array of texts or a repeated field gives a line each */
    P_RAW,       /* const char *: one line, not trimmed (passwords, tokens) */
    P_INT,       /* int64_t, min … max */
    P_ID,        /* int64_t ≥ 1 */
    P_MONEY,     /* int64_t pesos, as people write them (local/money.h) */
    P_BOOL,      /* bool: true for 1, true, on, si; false for 0, false */
    P_DAY,       /* int64_t day number, from 25/11/2026 or 2026-11-25 */
    P_ENUM,      /* const char *: the value of one of choices */
    P_IDS,       /* struct ids: a repeated field, numbers with commas between, or an array */
    P_FILES,     /* struct uploads: files of a multipart body */
    P_ROWS,      /* struct param_rows: an array of objects, each by the schema `of`; JSON only */
};

struct ids { const int64_t *v; size_t n; };
struct uploads { struct upload *v; size_t n; };  /* struct upload: http/multipart.h */
struct param_rows { const void *v; size_t n; };  /* v: array of n input structs of the schema `of` */

#define PARAM_REQUIRED 1u
#define PARAM_PATH 2u            /* comes from the {name} of the path */
#define PARAM_QUERY 4u           /* comes from the query, on a POST too */
#define PARAM_MAYBE 8u           /* for P_INT, P_MONEY, P_BOOL where zero is a meaningful value: the member is a
                                    pointer to the value, NULL when it was not given */
#define PARAM_PAGE 16u           /* only a page may send it; for the API the name is unknown */
#define PARAM_API 32u            /* only the API may send it; for a page the name is unknown */

#define PARAM_BLANK 64u          /* for texts: an empty one is "", and NULL only one that was not given */

#define PARAM_NEEDED 128u        /* a request without it is refused by the business, in its own words; the
                                    description of the API calls it required */

struct params;
struct param {
    const char *name;
    enum param_type type;
    unsigned flags;
    size_t offset;
    size_t whole;                /* size of the struct that the row belongs to */
    int64_t min, max;            /* bounds of a text's characters, of the value of P_INT and P_MONEY; for P_IDS,
                                    P_FILES, P_ROWS max is how many there may be.  0 means no bound, except for
                                    P_INT and P_MONEY, whose value must always lie in min … max */
    const struct word *choices;  /* P_ENUM only: their values may be sent */
    const char *doc;             /* Spanish, for the API reference */
    const struct params *of;     /* schema of an object; P_ROWS only */
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

/* The compiler checks that a member has the type of the row's kind.  Texts are compared by the address of the
 * member, since an array of characters would pass for a pointer.  If PARAM_MAYBE stands without a pointer, or a
 * pointer without PARAM_MAYBE, an array of negative size results, which does not compile. */
#define PARAM_IS_P_TEXT(m) _Generic(&(m), const char *const *: P_TEXT)
#define PARAM_IS_P_SCAN(m) _Generic(&(m), const char *const *: P_SCAN)
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

/* How to read: for a page, PARAM_API rows are unknown; for the API, PARAM_PAGE rows are; with neither flag all
 * rows are read. */
#define READ_PAGE PARAM_PAGE
#define READ_API PARAM_API
#define READ_LENIENT 1u          /* unknown names are ignored (public GET) */

/* Reads the request (path values, query of a GET, form, multipart or JSON body of a POST) into a zeroed input
 * struct of the arena.  E_INVALID when a value is wrong: c->fault names all wrong fields.  E_NOT_FOUND when a
 * path value has the wrong type.  Members whose parameter is absent stay zero.  how: READ_PAGE or READ_API, and
 * READ_LENIENT.  The names "csrf" and "operation_id" are always allowed in forms. */
enum err param_read(struct ctx *c, const struct params *p, struct request *r, unsigned how,
                    void **out) MUST_CHECK;

/* param_link.c: the address of `path` with a query made from the values of `in`, a struct of the schema: one
 * parameter for each row that is not PARAM_PATH and whose value is not empty.  The parameter `name` (NULL:
 * none) gets `value` instead; if that is empty, it is left out. */
const char *param_link(struct arena *a, const char *path, const struct params *p, const void *in, const char *name,
                       const char *value) MUST_CHECK;

/* Whether a page or the API (how: READ_PAGE, READ_API) may send that row. */
bool param_is_for(const struct param *row, unsigned how);

#endif
