/* Field: tables that describe structs.  A row says where a value lies in the struct, which kind it is, and
 * what it means.  The same table fills the struct from a database row, writes it as JSON, puts it before a
 * template and documents it in OpenAPI, so that these cannot drift apart.
 *
 *     FIELD_TABLE(struct rate, rate_fields)       in the header: "rate_fields are of a struct rate"
 *
 *     static const struct field rows[] = {
 *         FIELD(struct rate, id, F_INT, "…"),
 *         FIELD(struct rate, base_fee, F_MONEY, "…"),
 *     };
 *     const struct fields rate_fields = FIELDS(rows);
 *
 * A row whose member has another type than its kind says does not compile, nor does an
 * inner table that belongs to another struct (tests/lint/tables_compile.sh).
 */
#ifndef BASE_FIELD_H
#define BASE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
    F_INT,       /* int64_t */
    F_ID,        /* int64_t; 0 means none: null in JSON, NULL in SQL */
    F_BOOL,      /* bool, or int64_t 0 or 1 */
    F_MONEY,     /* int64_t whole pesos; "$1.500" in a template */
    F_INSTANT,   /* int64_t Unix seconds; 0 means none */
    F_TEXT,      /* const char *; NULL means none */
    F_PHONE,     /* const char *, a phone as E.164; NULL means none; "300 555 0014" in a template */
    F_ADDRESS,   /* const char *, where somebody is written to: an F_PHONE, or an e-mail */
    F_OBJECT,    /* a struct, or a pointer to one; NULL means none */
    F_LIST,      /* a struct with members v and n: n structs at v; or a pointer to it; NULL means none */
    F_PART,      /* a struct whose fields are shown among those of the outer struct */
};

#define F_SECRET 1u      /* a hash or key: never in JSON or templates */
#define F_OPTIONAL 8u    /* left out of JSON if it is false, 0 or none */
#define F_BYTE 2u        /* the member is a bool; the macros set it */
#define F_POINTER 4u     /* the member points to the value, NULL means none; the macros set it */

struct fields;
struct field {
    const char *name;
    const char *key;             /* ,"name": as it stands in JSON … */
    size_t key_len;              /* … and its length */
    enum field_type type;
    unsigned flags;
    size_t offset;
    size_t whole;                /* size of the struct that the row belongs to */
    const char *doc;
    const struct fields *of;     /* F_OBJECT, F_LIST, F_PART: the table of the inner struct … */
    const char *of_name;         /* … and its name */
    size_t size;                 /* F_OBJECT, F_LIST, F_PART: bytes of the inner struct */
    size_t at_v, at_n;           /* F_LIST: offsets of v and n in the list */
};

/* A table with its length, as functions take it. */
struct fields { const struct field *rows; size_t count; };
#define FIELDS(table) { table, COUNT(table) }

/* Declares a table and the struct that it describes; FIELD_TABLE_HERE declares a static one. */
#define FIELD_TABLE(st, table)                                                                  \
    extern const struct fields table;                                                           \
    typedef st table##_row;
#define FIELD_TABLE_HERE(st, table, rows)                                                       \
    typedef st table##_row;                                                                     \
    static const struct fields table = FIELDS(rows);

/* ---- rows of values ---- */

#define FIELD(st, m, kind, doc) FIELD_AS(st, m, #m, kind, doc)
#define FIELD_SECRET(st, m, kind, doc) FIELD_ROW(st, m, #m, kind, doc, F_SECRET)
#define FIELD_OPTIONAL(st, m, kind, doc) FIELD_ROW(st, m, #m, kind, doc, F_OPTIONAL)
/* A row whose name is not the member's path: FIELD_AS(struct answer, calls.next, "next", F_ID, "…"). */
#define FIELD_AS(st, path, name, kind, doc) FIELD_ROW(st, path, name, kind, doc, 0u)

#define FIELD_ROW(st, path, name_, kind, doc_, more)                                            \
    { FIELD_NAMED(name_), .type = FIELD_IS_##kind(FIELD_MEMBER(st, path)), .offset = offsetof(st, path),      \
      .flags = more | FIELD_FLAGS(FIELD_MEMBER(st, path)), .whole = sizeof(st), .doc = doc_,             \
      .of = NULL, .of_name = NULL, .size = 0, .at_v = 0, .at_n = 0 }
#define FIELD_NAMED(name_) .name = name_, .key = ",\"" name_ "\":", .key_len = sizeof(",\"" name_ "\":") - 1
#define FIELD_MEMBER(st, path) (((const st *)0)->path)
#define FIELD_FLAGS(m) _Generic((m), bool: F_BYTE, int64_t *: F_POINTER, const int64_t *: F_POINTER, default: 0u)

/* The compiler checks that a member has the type of the row's kind. */
#define FIELD_IS_F_INT(m) _Generic((m), int64_t: F_INT, int64_t *: F_INT, const int64_t *: F_INT)
#define FIELD_IS_F_MONEY(m) _Generic((m), int64_t: F_MONEY, int64_t *: F_MONEY, const int64_t *: F_MONEY)
#define FIELD_IS_F_ID(m) _Generic((m), int64_t: F_ID)
#define FIELD_IS_F_BOOL(m) _Generic((m), int64_t: F_BOOL, bool: F_BOOL)
#define FIELD_IS_F_INSTANT(m) _Generic((m), int64_t: F_INSTANT)
/* A text's type is compared by its address, since an array of characters would pass for a pointer. */
#define FIELD_IS_F_TEXT(m) _Generic(&(m), const char *const *: F_TEXT, char *const *: F_TEXT)
#define FIELD_IS_F_PHONE(m) _Generic(&(m), const char *const *: F_PHONE, char *const *: F_PHONE)
#define FIELD_IS_F_ADDRESS(m) _Generic(&(m), const char *const *: F_ADDRESS, char *const *: F_ADDRESS)

/* ---- rows of structs; each table was declared with FIELD_TABLE ---- */

#define FIELD_OBJECT(st, m, table, doc) FIELD_INNER(st, m, #m, F_OBJECT, table, doc)
#define FIELD_PART(st, m, table) FIELD_INNER(st, m, #m, F_PART, table, NULL)
/* Takes over the rows of another table of the same struct. */
#define FIELD_ALSO(st, table)                                                                   \
    { .name = NULL, .key = NULL, .key_len = 0, .type = F_PART, .flags = _Generic((const st *)0, const table##_row *: 0u), .offset = 0,   \
      .whole = sizeof(st), .doc = NULL, .of = &table, .of_name = NULL, .size = sizeof(st), .at_v = 0, .at_n = 0 }
#define FIELD_INNER(st, path, name_, kind, table, doc_)                                         \
    { FIELD_NAMED(name_), .type = kind, .offset = offsetof(st, path), .whole = sizeof(st), .doc = doc_,       \
      .flags = _Generic(FIELD_MEMBER(st, path), table##_row: 0u, table##_row *: F_POINTER,               \
                        const table##_row *: F_POINTER),                                                 \
      .of = &table, .of_name = #table, .size = sizeof(table##_row), .at_v = 0, .at_n = 0 }

#define FIELD_LIST(st, m, table, doc) FIELD_LIST_AS(st, m, #m, table, doc)
#define FIELD_LIST_AS(st, path, name, table, doc)                                               \
    FIELD_ROWS(st, path, name, table, doc, FIELD_MEMBER(st, path), 0u)
/* A list whose v and n are members of the struct itself. */
#define FIELD_LIST_SELF(st, name_, table, doc_)                                                 \
    { FIELD_NAMED(name_), .type = _Generic(FIELD_MEMBER(st, v), table##_row *: F_LIST, const table##_row *: F_LIST), \
      .flags = _Generic(FIELD_MEMBER(st, n), size_t: 0u), .offset = 0, .whole = sizeof(st), .doc = doc_,        \
      .of = &table, .of_name = #table, .size = sizeof(table##_row), .at_v = offsetof(st, v), .at_n = offsetof(st, n) }
#define FIELD_LIST_MAYBE(st, m, table, doc)                                                     \
    FIELD_ROWS(st, m, #m, table, doc, (*FIELD_MEMBER(st, m)), F_POINTER)
#define FIELD_ROWS(st, path, name_, table, doc_, list, flags_)                                  \
    { FIELD_NAMED(name_), .type = _Generic((list).v, table##_row *: F_LIST, const table##_row *: F_LIST),     \
      .flags = flags_ | _Generic((list).n, size_t: 0u), .offset = offsetof(st, path), .whole = sizeof(st), \
      .doc = doc_, .of = &table, .of_name = #table, .size = sizeof(table##_row),                         \
      .at_v = offsetof(__typeof__(list), v), .at_n = offsetof(__typeof__(list), n) }

/* ---- reading a member ---- */

static inline bool field_is_text(const struct field *f)
{
    return f->type == F_TEXT || f->type == F_PHONE || f->type == F_ADDRESS;
}

/* Whether the value (a number, id, bool, amount or instant) is an integer in a database column. */
static inline bool field_is_int(const struct field *f)
{
    return f->type < F_TEXT;
}

static inline const void *field_at(const struct field *f, const void *object)
{
    const void *at = (const char *)object + f->offset;

    return f->flags & F_POINTER ? *(const void *const *)at : at;
}

/* Whether the row's member is a pointer to its value, and NULL. */
static inline bool field_is_none(const struct field *f, const void *object)
{
    return field_at(f, object) == NULL;
}

/* Integer value of a member; 0 for none. */
static inline int64_t field_int(const struct field *f, const void *object)
{
    const void *at = field_at(f, object);

    if (f->flags & F_BYTE)
        return *(const bool *)at;
    return at != NULL ? *(const int64_t *)at : 0;
}

static inline const char *field_text(const struct field *f, const void *object)
{
    return *(const char *const *)(const void *)((const char *)object + f->offset);
}

/* Whether the value goes into JSON: it is neither F_SECRET, nor F_OPTIONAL and false, 0 or none. */
static inline bool field_is_shown(const struct field *f, const void *object)
{
    if (f->flags & F_SECRET)
        return false;
    if (!(f->flags & F_OPTIONAL))
        return true;
    return field_is_text(f) ? field_text(f, object) != NULL
        : field_is_int(f) ? field_int(f, object) != 0 : !field_is_none(f, object);
}

/* Gives the structs of a list, *n of f->size bytes each.  The list must not be none. */
static inline const char *field_list(const struct field *f, const void *object, size_t *n)
{
    const char *at = field_at(f, object);

    *n = *(const size_t *)(const void *)(at + f->at_n);
    return *(const char *const *)(const void *)(at + f->at_v);
}

#endif
