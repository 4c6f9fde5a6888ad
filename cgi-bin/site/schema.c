/* Schemas in words, and as rows of a table. */
#include "cgi-bin/site/schema.h"

#include "app/schema_example.h"
#include "base/util.h"
#include "json/json.h"

#define DEPTH_MAX 8              /* objects inside objects; the document has no circles, a damaged one might */

/* ---- in words ---- */

/* The type's name; *or_null: the value may also be null. */
static const char *schema_type(struct json_object *schema, bool *or_null)
{
    struct json_object *type = json_member(schema, "type");

    *or_null = json_object_is_type(type, json_type_array);
    if (*or_null)
        type = json_object_array_get_idx(type, 0);
    return type != NULL ? json_object_get_string(type) : "";
}

static const char *range_words(struct arena *a, const char *what, struct json_object *from, struct json_object *to)
{
    if (from != NULL && to != NULL)
        return arena_printf(a, "%s de %s a %s", what, json_object_get_string(from), json_object_get_string(to));
    if (from != NULL)
        return arena_printf(a, "%s desde %s", what, json_object_get_string(from));
    return to != NULL ? arena_printf(a, "%s de hasta %s", what, json_object_get_string(to)) : what;
}

static const char *enum_words(struct arena *a, struct json_object *list)
{
    const char *words = "uno de: ";

    for (size_t i = 0; i < json_object_array_length(list); i++)
        words = arena_printf(a, "%s%s%s", words, i > 0 ? ", " : "",
                             json_object_get_string(json_object_array_get_idx(list, i)));
    return words;
}

static const char *text_words(struct arena *a, struct json_object *s)
{
    const char *format = json_member_text(s, "format");

    if (json_member(s, "enum") != NULL)
        return enum_words(a, json_member(s, "enum"));
    if (streq(format, "date"))
        return "día, AAAA-MM-DD";
    if (streq(format, "date-time"))
        return "instante, con su zona";
    if (streq(format, "binary"))
        return "archivo";
    return range_words(a, "texto", json_member(s, "minLength"), json_member(s, "maxLength"));
}

const char *schema_words(struct arena *a, struct json_object *doc, struct json_object *schema)
{
    struct json_object *s = schema_resolve(doc, schema);
    bool or_null;
    const char *type = schema_type(s, &or_null), *words = "objeto";

    if (streq(type, "string"))
        words = text_words(a, s);
    else if (streq(type, "integer"))
        words = range_words(a, "entero", json_member(s, "minimum"), json_member(s, "maximum"));
    else if (streq(type, "boolean"))
        words = "true o false";
    else if (streq(type, "array"))
        words = arena_printf(a, "lista: %s", schema_words(a, doc, json_member(s, "items")));
    return or_null || json_member(schema, "oneOf") != NULL ? arena_printf(a, "%s; o null", words) : words;
}

/* ---- as rows ---- */

struct schema_rows { struct view_node *n; struct arena *a; struct json_object *doc; };

static bool is_required(struct json_object *s, const char *name)
{
    struct json_object *need = json_member(s, "required");

    for (size_t i = 0; need != NULL && i < json_object_array_length(need); i++)
        if (streq(json_object_get_string(json_object_array_get_idx(need, i)), name))
            return true;
    return false;
}

static void object_rows(struct schema_rows *x, struct json_object *s, const char *before, int depth)
{
    struct json_object *all = json_member(s, "properties");

    if (all == NULL || depth > DEPTH_MAX)
        return;
    json_object_object_foreach(all, key, value)
    {
        struct json_object *inner = schema_resolve(x->doc, value);
        const char *name = arena_printf(x->a, "%s%s", before, key);
        struct view_node *row = view_row(x->n, "rows");

        view_text(row, "name", name);
        view_text(row, "kind", schema_words(x->a, x->doc, value));
        view_text(row, "doc", json_member_text(value, "description"));
        view_bool(row, "required", is_required(s, key));
        if (json_member(inner, "items") != NULL) {
            inner = schema_resolve(x->doc, json_member(inner, "items"));
            name = arena_printf(x->a, "%s[]", name);
        }
        object_rows(x, inner, arena_printf(x->a, "%s.", name), depth + 1);
    }
}

void schema_rows(struct view_node *n, struct arena *a, struct json_object *doc, struct json_object *schema)
{
    struct schema_rows x = { n, a, doc };

    object_rows(&x, schema_resolve(doc, schema), "", 0);
}
