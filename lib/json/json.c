#include "json/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "json/json_scan.h"
#include "base/util.h"
#include "json/texts.h"

static size_t count_keys(struct json_object *o)
{
    size_t n = 0;

    if (json_object_is_type(o, json_type_object)) {
        json_object_object_foreach(o, key, v)
        {
            (void)key;
            n += 1 + count_keys(v);
        }
    } else if (json_object_is_type(o, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(o); i++)
            n += count_keys(json_object_array_get_idx(o, i));
    }
    return n;
}

static struct json_object *text_parse(const char *s, size_t n)
{
    struct json_tokener *t = json_tokener_new_ex(JSON_MAX_DEPTH + 1);
    struct json_object *o;

    if (t == NULL)
        abort();
    json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    o = json_tokener_parse_ex(t, s, (int)n);
    /* A text that is a single number ends only with its NUL: json-c waits for further digits. */
    if (o == NULL && json_tokener_get_error(t) == json_tokener_continue)
        o = json_tokener_parse_ex(t, "", 1);
    json_tokener_free(t);
    return o;
}

struct json_object *json_parse(const char *s, size_t n, const struct text **why)
{
    struct json_object *o;
    size_t keys = 0;

    if (!json_scan(s, n, &keys, why))
        return NULL;
    o = text_parse(s, n);
    if (o == NULL) {
        *why = T_JSON_SYNTAX;
        return NULL;
    }
    /* json-c keeps only the last of two equal keys, so the tree has fewer keys than the text. */
    if (count_keys(o) != keys) {
        json_object_put(o);
        *why = T_JSON_DUPLICATE;
        return NULL;
    }
    return o;
}

struct json_object *json_member(struct json_object *o, const char *key)
{
    struct json_object *v = NULL;

    return json_object_is_type(o, json_type_object) && json_object_object_get_ex(o, key, &v) ? v : NULL;
}

const char *json_member_text(struct json_object *o, const char *key)
{
    struct json_object *v = json_member(o, key);

    return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : "";
}

bool json_get_text(struct json_object *o, const char *key, const char **out)
{
    struct json_object *v;

    if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_string))
        return false;
    *out = json_object_get_string(v);
    return true;
}

char *json_dup_text(struct arena *a, struct json_object *o, const char *key)
{
    const char *text;

    return json_get_text(o, key, &text) ? arena_strdup(a, text) : NULL;
}

bool json_get_int(struct json_object *o, const char *key, int64_t *out)
{
    struct json_object *v;

    if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_int))
        return false;
    *out = json_object_get_int64(v);
    return true;
}

void json_add(struct json_object *o, const char *key, struct json_object *v)
{
    /* json-c fails here only when there is no memory. */
    if (json_object_object_add_ex(o, key, v,
                                  JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY)
        != 0)
        abort();
}

void json_add_text(struct json_object *o, const char *key, const char *v)
{
    json_add(o, key, v == NULL ? NULL : json_object_new_string(v));
}

void json_add_int(struct json_object *o, const char *key, int64_t v)
{
    json_add(o, key, json_object_new_int64(v));
}

void json_add_bool(struct json_object *o, const char *key, bool v)
{
    json_add(o, key, json_object_new_boolean(v));
}

void json_add_instant(struct json_object *o, const char *key, int64_t t)
{
    char s[RFC3339_SIZE];

    if (t == 0) {
        json_add(o, key, NULL);
        return;
    }
    clock_rfc3339_into(s, t);
    json_add_text(o, key, s);
}

static void add_field(struct json_object *o, const struct field *f, const void *object)
{
    const char *v;
    size_t n;

    if (field_is_none(f, object)) {
        json_add(o, f->name, NULL);
        return;
    }
    switch (f->type) {
    case F_INT:
    case F_MONEY:
        json_add_int(o, f->name, field_int(f, object));
        break;
    case F_ID:
        json_add(o, f->name, field_int(f, object) == 0
                                 ? NULL : json_object_new_int64(field_int(f, object)));
        break;
    case F_BOOL:
        json_add_bool(o, f->name, field_int(f, object) != 0);
        break;
    case F_INSTANT:
        json_add_instant(o, f->name, field_int(f, object));
        break;
    case F_TEXT:
    case F_PHONE:
    case F_ADDRESS:
        json_add_text(o, f->name, field_text(f, object));
        break;
    case F_OBJECT:
        json_add(o, f->name, json_of(*f->of, field_at(f, object)));
        break;
    case F_LIST:
        v = field_list(f, object, &n);
        json_add(o, f->name, json_list(*f->of, v, n, f->size));
        break;
    case F_PART:
        json_add_fields(o, *f->of, field_at(f, object));
        break;
    }
}

void json_add_fields(struct json_object *o, struct fields f, const void *object)
{
    for (size_t i = 0; i < f.count; i++) {
        if (field_is_shown(&f.rows[i], object))
            add_field(o, &f.rows[i], object);
    }
}

struct json_object *json_of(struct fields f, const void *object)
{
    struct json_object *o = json_object_new_object();

    json_add_fields(o, f, object);
    return o;
}

struct json_object *json_list(struct fields f, const void *v, size_t n, size_t size)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < n; i++)
        json_object_array_add(list, json_of(f, (const char *)v + i * size));
    return list;
}

void json_write(struct buf *b, struct json_object *o)
{
    size_t n;
    const char *s = json_object_to_json_string_length(o, JSON_C_TO_STRING_PLAIN, &n);

    buf_add(b, s, n);
}

char *json_text(struct arena *a, struct json_object *o)
{
    size_t n;
    const char *s = json_object_to_json_string_length(o, JSON_C_TO_STRING_PLAIN, &n);

    return arena_strndup(a, s, n);
}
