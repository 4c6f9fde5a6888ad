/* Field tables: one row says where a value lies in a struct, what it is, and
 * what it means.  The same table fills the struct from a database row, writes
 * it as JSON, puts it before a template and documents it in OpenAPI, so these
 * cannot drift apart.
 *
 *     static const struct field rate_fields[] = {
 *         FIELD(struct rate, id, F_INT, "…"),
 *         FIELD(struct rate, base_fee, F_MONEY, "…"),
 *     };
 */
#ifndef BASE_FIELD_H
#define BASE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
    F_INT,       /* int64_t */
    F_ID,        /* int64_t, 0 is none: null in JSON, NULL in SQL */
    F_BOOL,      /* int64_t 0 or 1 */
    F_MONEY,     /* int64_t whole pesos; "$1.500" in a template */
    F_INSTANT,   /* int64_t Unix seconds, 0 is none */
    F_TEXT,      /* const char *, NULL is none */
    F_PHONE,     /* the same, E.164; "300 555 0014" in a template */
};

#define F_SECRET 1u  /* kept from JSON and templates (hashes, keys) */

struct field {
    const char *name;
    enum field_type type;
    size_t offset;
    const char *doc;
    unsigned flags;
};

#define FIELD(type, member, kind, doc) { #member, kind, offsetof(type, member), doc, 0 }
#define FIELD_SECRET(type, member, kind, doc) \
    { #member, kind, offsetof(type, member), doc, F_SECRET }

/* A table with its length, as functions take it. */
struct fields { const struct field *rows; size_t count; };
#define FIELDS(table) { table, COUNT(table) }

static inline bool field_is_text(const struct field *f)
{
    return f->type == F_TEXT || f->type == F_PHONE;
}

static inline int64_t field_int(const struct field *f, const void *object)
{
    return *(const int64_t *)(const void *)((const char *)object + f->offset);
}

static inline const char *field_text(const struct field *f, const void *object)
{
    return *(const char *const *)(const void *)((const char *)object + f->offset);
}

#endif
