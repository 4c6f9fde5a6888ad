/* Schemas of parameters and answers, and examples of their values. */
#include "app/openapi_part.h"

#define TABLE_END "_fields"      /* the name of a field table without it is the name of its schema */
#define EXACT_MAX (INT64_C(1) << 53)     /* integers up to here are exact in every client */

/* ---- examples ---- */

struct example { const char *path, *name, *value; };
#define EXAMPLE(name, value) { "", name, value },
#define EXAMPLE_OF(path, name, value) { path, name, value },
static const struct example examples[] = {
#include "app/example.def"
};
#undef EXAMPLE
#undef EXAMPLE_OF

/* The example of a name; a row for the beginning of this route's path goes before one for all paths. */
static const char *example_find(const struct route *rt, const char *name)
{
    const struct example *best = NULL;

    for (size_t i = 0; i < COUNT(examples); i++) {
        const struct example *e = &examples[i];

        if (streq(e->name, name) && has_prefix(rt->path, e->path)
            && (best == NULL || strlen(e->path) > strlen(best->path)))
            best = e;
    }
    return best != NULL ? best->value : NULL;
}

static int64_t int_example(const char *given, int64_t usual, int64_t min, int64_t max)
{
    int64_t n;

    if (given == NULL || !parse_int(given, &n))
        n = usual;
    return n < min ? min : n > max ? max : n;
}

static struct json_object *array_of(struct json_object *item)
{
    struct json_object *list = json_object_new_array();

    json_object_array_add(list, item);
    return list;
}

static struct json_object *text_example(struct openapi *o, const struct param *p, const char *given)
{
    if (given == NULL)
        openapi_lacks(o, "the parameter %s has no example: add a row EXAMPLE(\"%s\", \"…\") to lib/app/example.def", p->name,
                      p->name);
    return json_object_new_string(given != NULL ? given : "");
}

static struct json_object *param_example(struct openapi *o, const struct param *p)
{
    const char *given = example_find(o->rt, p->name);

    switch (p->type) {
    case P_INT:
    case P_MONEY:
        return json_object_new_int64(int_example(given, p->type == P_INT ? 1 : 1500, p->min, p->max));
    case P_ID:
        return json_object_new_int64(int_example(given, 1, 1, INT64_MAX));
    case P_BOOL:
        return json_object_new_boolean(given == NULL || streq(given, "true"));
    case P_DAY:
        return json_object_new_string(given != NULL ? given : "2026-11-30");
    case P_ENUM:
        return json_object_new_string(words_of(p->choices, given) != NULL ? given : p->choices[0].value);
    case P_IDS:
        return array_of(json_object_new_int64(int_example(given, 1, 1, INT64_MAX)));
    case P_ROWS:
        return array_of(body_example(o, p->of));
    case P_LINES:
        return array_of(text_example(o, p, given));
    case P_FILES:
        return NULL;
    default:
        return text_example(o, p, given);
    }
}

/* ---- parameters ---- */

bool param_is_needed(const struct param *p)
{
    return (p->flags & (PARAM_REQUIRED | PARAM_NEEDED)) != 0;
}

bool param_in_body(const struct route *rt, const struct param *p)
{
    return rt->method != GET && rt->method != DELETE && !(p->flags & (PARAM_PATH | PARAM_QUERY))
        && param_is_for(p, READ_API);
}

static struct json_object *typed(const char *type)
{
    struct json_object *s = json_object_new_object();

    json_add_text(s, "type", type);
    return s;
}

static struct json_object *text_schema(const struct param *p)
{
    struct json_object *s = typed("string");
    const int64_t min = p->min == 0 && param_is_needed(p) ? 1 : p->min;

    if (min > 0)
        json_add_int(s, "minLength", min);
    if (p->max > 0)
        json_add_int(s, "maxLength", p->max);
    return s;
}

static struct json_object *int_schema(int64_t min, int64_t max)
{
    struct json_object *s = typed("integer");

    if (min > -EXACT_MAX)
        json_add_int(s, "minimum", min);
    if (max < EXACT_MAX)
        json_add_int(s, "maximum", max);
    return s;
}

static struct json_object *enum_schema(const struct param *p)
{
    struct json_object *s = typed("string"), *list = json_object_new_array();

    for (const struct word *w = p->choices; w->value != NULL; w++)
        json_object_array_add(list, json_object_new_string(w->value));
    json_add(s, "enum", list);
    return s;
}

static struct json_object *list_schema(const struct param *p, struct json_object *item)
{
    struct json_object *s = typed("array");

    json_add(s, "items", item);
    if (p->max > 0 && p->type != P_LINES)
        json_add_int(s, "maxItems", p->max);
    if (param_is_needed(p))
        json_add_int(s, "minItems", 1);
    return s;
}

static struct json_object *formatted(const char *format)
{
    struct json_object *s = typed("string");

    json_add_text(s, "format", format);
    return s;
}

static struct json_object *bare_schema(struct openapi *o, const struct param *p)
{
    switch (p->type) {
    case P_INT:
    case P_MONEY:
        return int_schema(p->min, p->max);
    case P_ID:
        return int_schema(1, INT64_MAX);
    case P_BOOL:
        return typed("boolean");
    case P_DAY:
        return formatted("date");
    case P_ENUM:
        return enum_schema(p);
    case P_IDS:
        return list_schema(p, int_schema(1, INT64_MAX));
    case P_LINES:
        return list_schema(p, typed("string"));
    case P_FILES:
        return list_schema(p, formatted("binary"));
    case P_ROWS:
        return list_schema(p, body_schema(o, p->of, false));
    default:
        return text_schema(p);
    }
}

struct json_object *param_schema(struct openapi *o, const struct param *p)
{
    struct json_object *s = bare_schema(o, p), *example = param_example(o, p);

    json_add_text(s, "description", p->doc);
    if (example != NULL)
        json_add(s, "examples", array_of(example));
    return s;
}

struct json_object *body_schema(struct openapi *o, const struct params *p, bool files)
{
    struct json_object *s = typed("object"), *all = json_object_new_object(), *need = json_object_new_array();

    for (size_t i = 0; i < p->count; i++) {
        const struct param *row = &p->rows[i];

        if (!param_in_body(o->rt, row) || (row->type == P_FILES && !files))
            continue;
        json_object_object_add(all, row->name, param_schema(o, row));
        if (param_is_needed(row))
            json_object_array_add(need, json_object_new_string(row->name));
    }
    json_add(s, "properties", all);
    if (json_object_array_length(need) > 0)
        json_add(s, "required", need);
    else
        json_object_put(need);
    json_add_bool(s, "additionalProperties", false);
    return s;
}

/* Whether `names`, with blanks between, has that name. */
static bool names_have(const char *names, const char *name)
{
    const size_t n = strlen(name);

    for (const char *at = names; at != NULL && (at = strstr(at, name)) != NULL; at += n)
        if ((at == names || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

struct json_object *body_example(struct openapi *o, const struct params *p)
{
    struct json_object *body = json_object_new_object();
    bool chosen = o->rt->shows != NULL;

    for (size_t i = 0; i < p->count; i++)
        chosen |= param_in_body(o->rt, &p->rows[i]) && param_is_needed(&p->rows[i]);
    for (size_t i = 0; i < p->count; i++) {
        const struct param *row = &p->rows[i];

        if (param_in_body(o->rt, row) && row->type != P_FILES
            && (!chosen || param_is_needed(row) || names_have(o->rt->shows, row->name)))
            json_object_object_add(body, row->name, param_example(o, row));
    }
    return body;
}

/* ---- answers ---- */

static struct json_object *type_or_null(struct json_object *s)
{
    struct json_object *types = json_object_new_array(), *type = json_object_object_get(s, "type");

    json_object_array_add(types, json_object_get(type));
    json_object_array_add(types, json_object_new_string("null"));
    json_object_object_add(s, "type", types);
    return s;
}

static struct json_object *this_or_null(struct json_object *s)
{
    struct json_object *one = json_object_new_object(), *list = array_of(s);

    json_object_array_add(list, typed("null"));
    json_add(one, "oneOf", list);
    return one;
}

static struct json_object *phone_schema(const char *pattern)
{
    struct json_object *s = typed("string");

    json_add_text(s, "pattern", pattern);
    return s;
}

static struct json_object *field_example(struct openapi *o, const struct field *f)
{
    const char *given = example_find(o->rt, f->name);

    switch (f->type) {
    case F_MONEY:
        return json_object_new_int64(int_example(given, 1500, INT64_MIN, INT64_MAX));
    case F_BOOL:
        return json_object_new_boolean(given == NULL || streq(given, "true"));
    case F_INSTANT:
        return json_object_new_string("2026-11-30T10:15:00-05:00");
    case F_TEXT:
        return given != NULL ? json_object_new_string(given) : NULL;
    case F_PHONE:
    case F_ADDRESS:
        return json_object_new_string("+573005550014");
    default:
        return json_object_new_int64(int_example(given, 1, INT64_MIN, INT64_MAX));
    }
}

static struct json_object *value_schema(const struct field *f)
{
    switch (f->type) {
    case F_BOOL:
        return typed("boolean");
    case F_INSTANT:
        return formatted("date-time");
    case F_TEXT:
        return typed("string");
    case F_PHONE:
        return phone_schema("^\\+[0-9]+$");
    case F_ADDRESS:
        return phone_schema("^\\+[0-9]+$|@");
    default:
        return typed("integer");
    }
}

static bool field_may_be_null(const struct field *f)
{
    return !(f->flags & F_OPTIONAL)
        && ((f->flags & F_POINTER) || f->type == F_ID || f->type == F_INSTANT || field_is_text(f));
}

static struct json_object *field_schema(struct openapi *o, const struct field *f)
{
    struct json_object *s, *example;

    if (f->type == F_OBJECT) {
        s = fields_schema(o, f->of, f->of_name);
        s = field_may_be_null(f) ? this_or_null(s) : s;
    } else if (f->type == F_LIST) {
        s = typed("array");
        json_add(s, "items", fields_schema(o, f->of, f->of_name));
        s = field_may_be_null(f) ? type_or_null(s) : s;
    } else {
        s = field_may_be_null(f) ? type_or_null(value_schema(f)) : value_schema(f);
        if ((example = field_example(o, f)) != NULL)
            json_add(s, "examples", array_of(example));
    }
    json_add_text(s, "description", f->doc);
    return s;
}

static void fields_gather(struct openapi *o, const struct fields *f, struct json_object *all, struct json_object *need)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct field *row = &f->rows[i];

        if (row->type == F_PART) {
            fields_gather(o, row->of, all, need);
        } else if (!(row->flags & F_SECRET)) {
            json_object_object_add(all, row->name, field_schema(o, row));
            if (!(row->flags & F_OPTIONAL))
                json_object_array_add(need, json_object_new_string(row->name));
        }
    }
}

/* A schema's examples may be those of another route's path, which are no part of what two tables must agree on. */
static bool schema_is(struct json_object *known, struct json_object *made)
{
    struct json_object *a = json_object_object_get(known, "required"), *b = json_object_object_get(made, "required");

    return json_object_equal(a, b)
        && json_object_object_length(json_object_object_get(known, "properties"))
            == json_object_object_length(json_object_object_get(made, "properties"));
}

struct json_object *fields_schema(struct openapi *o, const struct fields *f, const char *table)
{
    struct json_object *s = typed("object"), *all = json_object_new_object(), *need = json_object_new_array(), *known;
    struct json_object *schemas = openapi_member(openapi_member(o->doc, "components"), "schemas");
    size_t n = strlen(table) - (sizeof TABLE_END - 1);
    const char *name = arena_strndup(o->a, table, n);

    if (strlen(table) < sizeof TABLE_END || !streq(table + n, TABLE_END))
        openapi_lacks(o, "the table %s is not called …" TABLE_END, table);
    fields_gather(o, f, all, need);
    json_add(s, "properties", all);
    json_add(s, "required", need);
    if (!json_object_object_get_ex(schemas, name, &known)) {
        json_object_object_add(schemas, name, s);
        return openapi_ref(o, "schemas", name);
    }
    if (!schema_is(known, s))
        openapi_lacks(o, "two different field tables are called %s: give one another name", table);
    json_object_put(s);
    return openapi_ref(o, "schemas", name);
}
