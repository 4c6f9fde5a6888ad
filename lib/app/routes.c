/* The route table as JSON, from which the build makes nginx's map and the API
 * reference, and over which the tests loop. */
#include "app/call.h"

static const struct { unsigned flag; const char *name; } flags[] = {
    { PAGE, "PAGE" }, { JSON, "JSON" }, { RAW, "RAW" }, { IDEMPOTENT, "IDEMPOTENT" },
    { OPTIONAL_KEY, "OPTIONAL_KEY" }, { LOCAL, "LOCAL" }, { QUIET, "QUIET" },
    { CSRF_NONE, "CSRF_NONE" }, { CSRF_FORM, "CSRF_FORM" }, { POLLED, "POLLED" },
    { WHEN_FULL, "WHEN_FULL" }, { TAGGED, "TAGGED" }, { OWN_BODY, "OWN_BODY" },
};

static const char *const types[] = {
    [P_TEXT] = "text", [P_SCAN] = "scan", [P_LONG] = "long", [P_LINES] = "lines", [P_RAW] = "raw",
    [P_INT] = "int", [P_ID] = "id", [P_MONEY] = "money", [P_BOOL] = "bool", [P_DAY] = "day", [P_ENUM] = "enum", [P_IDS] = "ids",
    [P_FILES] = "files", [P_ROWS] = "rows",
};

static const char *const field_types[] = {
    [F_INT] = "int", [F_ID] = "id", [F_BOOL] = "bool", [F_MONEY] = "money", [F_INSTANT] = "instant",
    [F_TEXT] = "text", [F_PHONE] = "phone", [F_ADDRESS] = "address", [F_OBJECT] = "object", [F_LIST] = "list",
};

static const char *const shapes[] = {
    [GIVES_ONE] = "one", [GIVES_LIST] = "list", [GIVES_WHOLE] = "whole", [GIVES_NOTHING] = "nothing",
    [GIVES_OTHER] = "other",
};

static struct json_object *params_array(const struct params *p, unsigned how);

static struct json_object *param_object(const struct param *p)
{
    struct json_object *o = json_object_new_object(), *choices;

    json_add_text(o, "name", p->name);
    json_add_text(o, "type", types[p->type]);
    json_add_text(o, "in", p->flags & PARAM_PATH ? "path" : p->flags & PARAM_QUERY ? "query" : "any");
    json_add_bool(o, "required", (p->flags & (PARAM_REQUIRED | PARAM_PATH)) != 0);
    json_add_int(o, "min", p->min);
    json_add_int(o, "max", p->max);
    if (p->choices != NULL) {
        choices = json_object_new_array();
        for (size_t i = 0; p->choices[i].value != NULL; i++)
            json_object_array_add(choices, json_object_new_string(p->choices[i].value));
        json_add(o, "choices", choices);
    }
    if (p->of != NULL)
        json_add(o, "of", params_array(p->of, 0));
    json_add_text(o, "doc", p->doc);
    return o;
}

/* Lists the parameters that a page (READ_PAGE) or the API (READ_API) may send; how 0: all. */
static struct json_object *params_array(const struct params *p, unsigned how)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; p != NULL && i < p->count; i++)
        if (param_is_for(&p->rows[i], how))
            json_object_array_add(list, param_object(&p->rows[i]));
    return list;
}

static void fields_add(struct json_object *list, const struct fields *f);

static struct json_object *field_object(const struct field *f)
{
    struct json_object *o = json_object_new_object(), *inner;

    json_add_text(o, "name", f->name);
    json_add_text(o, "type", field_types[f->type]);
    json_add_bool(o, "may_be_null", (f->flags & F_POINTER) || f->type == F_ID || f->type == F_INSTANT
                                        || field_is_text(f));
    json_add_bool(o, "optional", (f->flags & F_OPTIONAL) != 0);
    if (f->of != NULL) {
        inner = json_object_new_array();
        fields_add(inner, f->of);
        json_add(o, "fields", inner);
    }
    json_add_text(o, "doc", f->doc);
    return o;
}

static void fields_add(struct json_object *list, const struct fields *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->rows[i].type == F_PART)
            fields_add(list, f->rows[i].of);
        else if (!(f->rows[i].flags & F_SECRET))
            json_object_array_add(list, field_object(&f->rows[i]));
}

static struct json_object *gives_object(const struct gives *gives)
{
    struct json_object *o = json_object_new_object(), *list = json_object_new_array();

    json_add_text(o, "shape", shapes[gives->shape]);
    json_add_int(o, "status", gives->status);
    json_add_text(o, "type", gives->type);
    json_add_text(o, "what", gives->what);
    if (gives->fields != NULL)
        fields_add(list, gives->fields);
    json_add(o, "fields", list);
    return o;
}

bool route_takes_files(const struct route *rt)
{
    for (size_t i = 0; rt->params != NULL && i < rt->params->count; i++)
        if (rt->params->rows[i].type == P_FILES)
            return true;
    return false;
}

static const char *csrf_kind(const struct route *rt)
{
    if (rt->method == GET || (rt->answer & (JSON | CSRF_NONE)))
        return "none";
    return rt->answer & CSRF_FORM ? "form" : "session";
}

static struct json_object *route_object(const struct route *rt)
{
    struct json_object *o = json_object_new_object(), *answer = json_object_new_array();

    for (size_t i = 0; i < COUNT(flags); i++)
        if (rt->answer & flags[i].flag)
            json_object_array_add(answer, json_object_new_string(flags[i].name));
    json_add_text(o, "method", method_name(rt->method));
    json_add_text(o, "path", rt->path);
    json_add_bool(o, "takes_files", route_takes_files(rt));     /* after the path: nginx/areas.sh */
    json_add_text(o, "role", rt->role == ROLE_PUBLIC ? "PUBLIC" : role_name(rt->role));
    json_add_text(o, "title", rt->title);
    json_add(o, "answer", answer);
    json_add_text(o, "csrf", csrf_kind(rt));
    json_add_text(o, "scope", rt->scope);
    json_add_text(o, "form", rt->form);
    json_add_text(o, "keyless", rt->keyless);
    json_add(o, "params", params_array(rt->params, rt->answer & JSON ? READ_API : READ_PAGE));
    json_add(o, "gives", rt->gives.shape != GIVES_UNSAID ? gives_object(&rt->gives) : NULL);
    return o;
}

const struct route *area_undeclared(const struct area *ar)
{
    for (size_t i = 0; i < ar->count; i++)
        if (ar->routes[i].role == ROLE_NONE)
            return &ar->routes[i];
    return NULL;
}

/* ---- tables that belong to another struct ---- */

static bool params_fit(const struct params *p)
{
    for (size_t i = 0; p != NULL && i < p->count; i++)
        if (p->rows[i].whole != p->size || !params_fit(p->rows[i].of))
            return false;
    return true;
}

static bool fields_fit(const struct fields *f, size_t size)
{
    for (size_t i = 0; f != NULL && i < f->count; i++)
        if (f->rows[i].whole != size || !fields_fit(f->rows[i].of, f->rows[i].size))
            return false;
    return true;
}

/* How many members of that name an answer has. */
static int field_named(const struct fields *f, const char *name)
{
    int n = 0;

    for (size_t i = 0; i < f->count; i++) {
        const struct field *row = &f->rows[i];

        n += row->type == F_PART ? field_named(row->of, name) : !(row->flags & F_SECRET) && streq(row->name, name);
    }
    return n;
}

static bool fields_repeat_in(const struct fields *whole, const struct fields *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct field *row = &f->rows[i];

        if (row->type == F_PART ? fields_repeat_in(whole, row->of)
            : !(row->flags & F_SECRET) && field_named(whole, row->name) > 1)
            return true;
        if ((row->type == F_OBJECT || row->type == F_LIST) && fields_repeat_in(row->of, row->of))
            return true;
    }
    return false;
}

/* Whether a writing route of the API does not say what becomes of a request that is sent twice. */
static bool key_unsaid(const struct route *rt)
{
    const bool writes = rt->method != GET && (rt->answer & JSON);

    return (writes && !(rt->answer & (IDEMPOTENT | OPTIONAL_KEY))) != (rt->keyless != NULL);
}

const char *area_wrong(struct arena *a, const struct area *ar)
{
    const char *why = NULL;

    for (size_t i = 0; i < ar->count && why == NULL; i++) {
        const struct route *rt = &ar->routes[i];

        if (((rt->answer & JSON) != 0) != (rt->gives.shape != GIVES_UNSAID))
            why = rt->answer & JSON ? "does not say what it gives" : "gives JSON and is no route of it";
        else if (rt->gives.shape == GIVES_LIST && schema_cursor(rt->params) == NULL)
            why = "gives a list page by page and takes neither before nor after";
        else if (key_unsaid(rt))
            why = "takes no operation key and does not say why, or says why and takes one";
        else if (!params_fit(rt->params))
            why = "has a parameter of another struct";
        else if (rt->gives.fields != NULL && !fields_fit(rt->gives.fields, rt->gives.fields->rows[0].whole))
            why = "gives a member of another struct";
        else if (rt->gives.fields != NULL && fields_repeat_in(rt->gives.fields, rt->gives.fields))
            why = "gives a member twice";
        else if (rt->role == ROLE_PUBLIC && route_takes_files(rt) && rt->admits == NULL)
            why = "takes files of anybody";
        if (why != NULL)
            why = arena_printf(a, "%s %s %s", method_name(rt->method), rt->path, why);
    }
    return why;
}

void area_print(const struct area *ar, struct buf *out)
{
    struct json_object *o = json_object_new_object(), *list = json_object_new_array();

    for (size_t i = 0; i < ar->count; i++)
        json_object_array_add(list, route_object(&ar->routes[i]));
    json_add_text(o, "area", ar->name);
    json_add(o, "routes", list);
    json_write(out, o);
    buf_char(out, '\n');
    json_object_put(o);
}
