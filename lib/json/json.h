/* Json: reads and writes JSON.  json-c reads, after texts were refused that it would accept: duplicate keys,
 * single quotes, Infinity, raw control characters, NUL, depth above 16, more than 64 KiB, anything after the
 * value. Answers are written by field tables straight into a buffer; json-c's objects are used where there is
 * no table (details of events, arguments of jobs). */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <json-c/json.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/field.h"

#define JSON_MAX_BYTES 65536
#define JSON_MAX_DEPTH 16

/* Reads JSON; returns a reference that the caller gives to json_object_put, or NULL and a sentence in *why.
 * The text `null` is refused too: no caller wants it. */
struct json_object *json_parse(const char *s, size_t n, const struct text **why);

/* A member of an object, which o keeps; NULL where there is none, or o is no object. */
struct json_object *json_member(struct json_object *o, const char *key);
/* The text of such a member, which o keeps; "" where there is none, or it is no text. */
const char *json_member_text(struct json_object *o, const char *key);
/* Get a member; false when it is absent or has another type.  A text is borrowed from o. */
bool json_get_text(struct json_object *o, const char *key, const char **out);
bool json_get_int(struct json_object *o, const char *key, int64_t *out);
/* A copy of a text in the arena; NULL when it is absent or no text. */
char *json_dup_text(struct arena *a, struct json_object *o, const char *key);

/* Add a member to an object.  Keys must be literals, and each is added once.  A NULL text becomes null. */
void json_add_text(struct json_object *o, const char *key, const char *v);
void json_add_int(struct json_object *o, const char *key, int64_t v);
void json_add_bool(struct json_object *o, const char *key, bool v);
void json_add_instant(struct json_object *o, const char *key, int64_t t);  /* RFC 3339, 0 → null */
void json_add(struct json_object *o, const char *key, struct json_object *v); /* o owns v afterwards */

/* A struct as json-c's object by its field table, without secret fields: a new reference; or added to o. */
struct json_object *json_of(struct fields f, const void *object);
void json_add_fields(struct json_object *o, struct fields f, const void *object);
/* An array of n structs of `size` bytes at v, a new reference; JSON_LIST(f, list) for a list with members v,
 * n. */
struct json_object *json_list(struct fields f, const void *v, size_t n, size_t size);
#define JSON_LIST(f, list) json_list(f, (list).v, (list).n, sizeof *(list).v)

/* Append to b an object by its field table, or an array of n structs of `size` bytes at v, with the objects and
 * lists inside.  Secret fields are left out.  The bytes are the same that json-c would print. */
void json_write_object(struct buf *b, struct fields f, const void *object);
void json_write_list(struct buf *b, struct fields f, const void *v, size_t n, size_t size);

/* The text of a json-c object: in the arena, or appended to b.  The caller keeps its reference to o. */
char *json_text(struct arena *a, struct json_object *o);
void json_write(struct buf *b, struct json_object *o);

#endif
