/* JSON in and out.  Reading is json-c's, with what it lets through refused first: duplicate
 * keys, single quotes, Infinity, raw control characters, NUL, depth above 16, more than
 * 64 KiB, anything after the value.  Answers are written by their field table straight into
 * a buffer; objects of json-c are for what has no table (details of events, arguments of jobs). */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <json-c/json.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/field.h"

#define JSON_MAX_BYTES 65536
#define JSON_MAX_DEPTH 16

/* A new reference (json_object_put), or NULL with a text that says what is
 * wrong. `null` at the top is refused too: no caller wants it. */
struct json_object *json_parse(const char *s, size_t n, const struct text **why);

/* Strict getters: false when absent or of another type.  A text is borrowed from o. */
bool json_get_text(struct json_object *o, const char *key, const char **out);
bool json_get_int(struct json_object *o, const char *key, int64_t *out);

/* Add to an object; keys must be literals, each added once. NULL text becomes null. */
void json_add_text(struct json_object *o, const char *key, const char *v);
void json_add_int(struct json_object *o, const char *key, int64_t v);
void json_add_bool(struct json_object *o, const char *key, bool v);
void json_add_instant(struct json_object *o, const char *key, int64_t t);  /* RFC 3339, 0 → null */
void json_add(struct json_object *o, const char *key, struct json_object *v); /* takes v */

/* An object by its field table, a new reference; secret fields stay out. */
struct json_object *json_of(struct fields f, const void *object);
void json_add_fields(struct json_object *o, struct fields f, const void *object);
/* An array of them: JSON_LIST(f, list) of a list that has v and n. */
struct json_object *json_list(struct fields f, const void *v, size_t n, size_t size);
#define JSON_LIST(f, list) json_list(f, (list).v, (list).n, sizeof *(list).v)

/* Append to b an object by its field table, or an array of n structs of `size` bytes at v, with
 * all that lies in them.  Secret fields stay out.  The bytes are those that json-c would print. */
void json_write_object(struct buf *b, struct fields f, const void *object);
void json_write_list(struct buf *b, struct fields f, const void *v, size_t n, size_t size);

/* Serialised, from the arena; or appended to b.  Both leave o alone. */
char *json_text(struct arena *a, struct json_object *o);
void json_write(struct buf *b, struct json_object *o);

#endif
