/* The route table as JSON, from which the build makes nginx's map and the API
 * reference, and over which the tests loop. */
#include "app/call.h"

static const struct { unsigned flag; const char *name; } flags[] = {
    { PAGE, "PAGE" }, { JSON, "JSON" }, { RAW, "RAW" }, { IDEMPOTENT, "IDEMPOTENT" },
    { OPTIONAL_KEY, "OPTIONAL_KEY" }, { LOCAL, "LOCAL" }, { QUIET, "QUIET" },
    { CSRF_NONE, "CSRF_NONE" }, { CSRF_FORM, "CSRF_FORM" }, { POLLED, "POLLED" },
};

static const char *const types[] = {
    [P_TEXT] = "text", [P_LONG] = "long", [P_LINES] = "lines", [P_RAW] = "raw", [P_INT] = "int", [P_ID] = "id",
    [P_MONEY] = "money", [P_BOOL] = "bool", [P_DAY] = "day", [P_ENUM] = "enum", [P_IDS] = "ids",
    [P_FILES] = "files", [P_ROWS] = "rows",
};

static struct json_object *params_array(const struct params *p);

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
        for (size_t i = 0; p->choices[i] != NULL; i++)
            json_object_array_add(choices, json_object_new_string(p->choices[i]));
        json_add(o, "choices", choices);
    }
    if (p->of != NULL)
        json_add(o, "of", params_array(p->of));
    json_add_text(o, "doc", p->doc);
    return o;
}

static struct json_object *params_array(const struct params *p)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; p != NULL && i < p->count; i++)
        json_object_array_add(list, param_object(&p->rows[i]));
    return list;
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
    json_add_text(o, "role", rt->role == ROLE_PUBLIC ? "PUBLIC" : role_name(rt->role));
    json_add_text(o, "title", rt->title);
    json_add(o, "answer", answer);
    json_add_text(o, "csrf", csrf_kind(rt));
    json_add_text(o, "scope", rt->scope);
    json_add_text(o, "form", rt->form);
    json_add(o, "params", params_array(rt->params));
    return o;
}

const struct route *area_undeclared(const struct area *ar)
{
    for (size_t i = 0; i < ar->count; i++)
        if (ar->routes[i].role == ROLE_NONE)
            return &ar->routes[i];
    return NULL;
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
