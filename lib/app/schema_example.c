/* The example of a value is made of the examples of its parts. */
#include "app/schema_example.h"

#include <string.h>

#include "base/util.h"
#include "json/json.h"

#define DEPTH_MAX 8              /* objects inside objects; the document has no circles, a damaged one might */

struct json_object *schema_resolve(struct json_object *doc, struct json_object *schema)
{
    const char *ref = json_member_text(schema, "$ref");
    struct json_object *one = json_member(schema, "oneOf"), *at = doc;
    char part[64];

    if (one != NULL)             /* an object, or null */
        return schema_resolve(doc, json_object_array_get_idx(one, 0));
    if (!has_prefix(ref, "#/"))
        return schema;
    for (ref++; *ref == '/' && at != NULL;) {
        const size_t n = strcspn(++ref, "/");

        if (n >= sizeof part)
            return NULL;
        memcpy(part, ref, n);
        part[n] = '\0';
        at = json_member(at, part);
        ref += n;
    }
    return at;
}

/* The type's name: of one that may be null the first. */
static const char *schema_type(struct json_object *schema)
{
    struct json_object *type = json_member(schema, "type");

    if (json_object_is_type(type, json_type_array))
        type = json_object_array_get_idx(type, 0);
    return type != NULL ? json_object_get_string(type) : "";
}

static struct json_object *example_at(struct json_object *doc, struct json_object *schema, int depth);

static struct json_object *object_example(struct json_object *doc, struct json_object *s, int depth)
{
    struct json_object *out = json_object_new_object(), *all = json_member(s, "properties");

    if (all != NULL && depth < DEPTH_MAX) {
        json_object_object_foreach(all, key, value)
        {
            json_object_object_add(out, key, example_at(doc, value, depth + 1));
        }
    }
    return out;
}

static struct json_object *example_at(struct json_object *doc, struct json_object *schema, int depth)
{
    struct json_object *s = schema_resolve(doc, schema), *given = json_member(s, "examples"), *list;
    const char *type = schema_type(s);

    if (json_member(s, "const") != NULL)
        return json_object_get(json_member(s, "const"));
    if (given != NULL)
        return json_object_get(json_object_array_get_idx(given, 0));
    if (streq(type, "object"))
        return object_example(doc, s, depth);
    if (streq(type, "array")) {
        list = json_object_new_array();
        json_object_array_add(list, example_at(doc, json_member(s, "items"), depth + 1));
        return list;
    }
    return json_object_new_string("…");
}

struct json_object *schema_example(struct json_object *doc, struct json_object *schema)
{
    return example_at(doc, schema, 0);
}
