/* Operations of the API: for each route of the area its parameters, body, answers and who may call it. */
#include "app/openapi.h"

#include <ctype.h>
#include <stdarg.h>

#include "app/call.h"
#include "app/openapi_part.h"

#define PREFIX "/api/v1/"
#define JSON_TYPE "application/json"

/* ---- the document ---- */

struct json_object *openapi_member(struct json_object *o, const char *name)
{
    struct json_object *member;

    if (!json_object_object_get_ex(o, name, &member))
        json_object_object_add(o, name, member = json_object_new_object());
    return member;
}

void openapi_lacks(struct openapi *o, const char *fmt, ...)
{
    va_list ap;

    if (o->why != NULL)
        return;
    va_start(ap, fmt);
    o->why = arena_printf(o->a, "%s %s: %s", method_name(o->rt->method), o->rt->path, arena_vprintf(o->a, fmt, ap));
    va_end(ap);
}

struct json_object *openapi_ref(struct openapi *o, const char *kind, const char *name)
{
    struct json_object *ref = json_object_new_object();

    json_add_text(ref, "$ref", arena_printf(o->a, "#/components/%s/%s", kind, name));
    return ref;
}

const struct param *route_param(const struct route *rt, const char *name)
{
    for (size_t i = 0; rt->params != NULL && i < rt->params->count; i++)
        if (streq(rt->params->rows[i].name, name))
            return &rt->params->rows[i];
    return NULL;
}

static bool route_has_body(const struct route *rt)
{
    for (size_t i = 0; rt->params != NULL && i < rt->params->count; i++)
        if (param_in_body(rt, &rt->params->rows[i]))
            return true;
    return false;
}

/* ---- parameters and body ---- */

static struct json_object *parameter(struct openapi *o, const struct param *p)
{
    struct json_object *one = json_object_new_object();
    const bool in_path = (p->flags & PARAM_PATH) != 0;

    json_add_text(one, "name", p->name);
    json_add_text(one, "in", in_path ? "path" : "query");
    json_add_text(one, "description", p->doc);
    json_add_bool(one, "required", in_path || param_is_needed(p));
    json_add(one, "schema", param_schema(o, p));
    return one;
}

static struct json_object *parameters(struct openapi *o)
{
    struct json_object *list = json_object_new_array();
    const struct route *rt = o->rt;

    for (size_t i = 0; rt->params != NULL && i < rt->params->count; i++)
        if (param_is_for(&rt->params->rows[i], READ_API) && !param_in_body(rt, &rt->params->rows[i]))
            json_object_array_add(list, parameter(o, &rt->params->rows[i]));
    if (rt->answer & IDEMPOTENT)
        json_object_array_add(list, openapi_ref(o, "parameters", "idempotency_key"));
    if (rt->answer & OPTIONAL_KEY)
        json_object_array_add(list, openapi_ref(o, "parameters", "idempotency_key_optional"));
    if ((rt->answer & TAGGED) && rt->method == PATCH)
        json_object_array_add(list, openapi_ref(o, "parameters", "if_match"));
    if (rt->answer & POLLED)
        json_object_array_add(list, openapi_ref(o, "parameters", "if_none_match"));
    return list;
}

static struct json_object *content_of(const char *type, struct json_object *schema)
{
    struct json_object *content = json_object_new_object(), *media = json_object_new_object();

    json_add(media, "schema", schema);
    json_object_object_add(content, type, media);
    return content;
}

static bool route_needs_body(const struct route *rt)
{
    for (size_t i = 0; i < rt->params->count; i++)
        if (param_in_body(rt, &rt->params->rows[i]) && param_is_needed(&rt->params->rows[i]))
            return true;
    return false;
}

static bool files_are_required(const struct route *rt)
{
    for (size_t i = 0; i < rt->params->count; i++)
        if (rt->params->rows[i].type == P_FILES && param_is_needed(&rt->params->rows[i]))
            return true;
    return false;
}

static struct json_object *body(struct openapi *o)
{
    struct json_object *b = json_object_new_object(), *content = json_object_new_object();

    if (!files_are_required(o->rt)) {
        json_object_put(content);
        content = content_of(JSON_TYPE, body_schema(o, o->rt->params, false));
        json_add(openapi_member(content, JSON_TYPE), "example", body_example(o, o->rt->params));
    }
    if (route_takes_files(o->rt))
        json_add(openapi_member(content, "multipart/form-data"), "schema", body_schema(o, o->rt->params, true));
    json_add_bool(b, "required", route_needs_body(o->rt));
    json_add(b, "content", content);
    return b;
}

/* ---- answers ---- */

static struct json_object *list_of(struct json_object *item, bool paged)
{
    struct json_object *s = json_object_new_object(), *all = json_object_new_object(), *need = json_object_new_array(),
                       *items = json_object_new_object(), *next = json_object_new_object();

    json_add_text(s, "type", "object");
    json_add_text(items, "type", "array");
    json_add(items, "items", item);
    json_add(all, "items", items);
    json_object_array_add(need, json_object_new_string("items"));
    json_add(next, "type", json_tokener_parse("[\"integer\",\"null\"]"));
    json_add_text(next, "description", "Con cuál before o after sigue la lista; null en la última página");
    if (paged) {
        json_add(all, "next", next);
        json_object_array_add(need, json_object_new_string("next"));
    } else {
        json_object_put(next);
    }
    json_add(s, "properties", all);
    json_add(s, "required", need);
    return s;
}

static struct json_object *success_content(struct openapi *o, const struct gives *g)
{
    struct json_object *s = json_object_new_object();

    if (g->shape == GIVES_OTHER) {
        json_add_text(s, "description", g->what);
        return content_of(g->type, s);
    }
    if (g->shape == GIVES_NOTHING) {
        json_add_text(s, "type", "object");
        return content_of(JSON_TYPE, s);
    }
    json_object_put(s);
    s = fields_schema(o, g->fields, g->table);
    return content_of(JSON_TYPE, g->shape == GIVES_ONE ? s : list_of(s, g->shape == GIVES_LIST));
}

static bool gives_pages(const struct route *rt)
{
    return rt->gives.shape == GIVES_LIST || (rt->method == GET && schema_cursor(rt->params) != NULL);
}

static void limits_add(struct openapi *o, struct json_object *headers)
{
    json_add(headers, "RateLimit-Limit", openapi_ref(o, "headers", "limit"));
    json_add(headers, "RateLimit-Remaining", openapi_ref(o, "headers", "remaining"));
    json_add(headers, "RateLimit-Reset", openapi_ref(o, "headers", "reset"));
}

static struct json_object *success_headers(struct openapi *o)
{
    const struct route *rt = o->rt;
    const struct { bool has; const char *header, *name; } rows[] = {
        { true, "X-Request-Id", "request_id" },
        { (rt->answer & (TAGGED | POLLED)) || rt->gives.shape == GIVES_OTHER, "ETag", "etag" },
        { gives_pages(rt), "Link", "link" },
        { rt->answer & (IDEMPOTENT | OPTIONAL_KEY), "Idempotent-Replayed", "replayed" },
    };
    struct json_object *headers = json_object_new_object();

    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].has)
            json_object_object_add(headers, rows[i].header, openapi_ref(o, "headers", rows[i].name));
    if (rt->role == ROLE_PUBLIC && rt->params != NULL)
        limits_add(o, headers);
    return headers;
}

static struct json_object *success(struct openapi *o)
{
    struct json_object *answer = json_object_new_object();
    const struct gives *g = &o->rt->gives;

    json_add_text(answer, "description", g->shape == GIVES_OTHER ? g->what : "Hecho");
    json_add(answer, "headers", success_headers(o));
    if (g->status != 204)
        json_add(answer, "content", success_content(o, g));
    return answer;
}

/* ---- problems ---- */

static bool may_be(const struct route *rt, enum err e)
{
    const bool private = rt->role > ROLE_PUBLIC, writes = rt->method != GET;

    switch (e) {
    case E_AUTH:
    case E_FORBIDDEN:
        return private;
    case E_NOT_FOUND:
        return rt->params != NULL;
    case E_CONFLICT:
        return rt->params != NULL && (writes || private);
    case E_PRECONDITION:
        return (rt->answer & TAGGED) && rt->method == PATCH;
    case E_TOO_LARGE:
    case E_MEDIA:
        return route_has_body(rt);
    case E_INVALID:
        return private || rt->params != NULL;
    case E_FULL:
        return writes;
    default:
        return e == E_MALFORMED || e == E_THROTTLED || e == E_BUSY;
    }
}

static struct json_object *problem_example(struct openapi *o, enum err e)
{
    struct json_object *p = json_object_new_object();

    json_add_text(p, "type", arena_printf(o->a, "/docs/errors/%s", err_name(e)));
    json_add_text(p, "title", problem_title(e));
    json_add_int(p, "status", err_status(e));
    json_add_text(p, "detail", problem_advice(e));
    json_add_text(p, "instance", "k3Jd82hGq0ZsP1vXyT5wBc");
    return p;
}

/* Adds the answer of that kind of problem to the document's components, unless another route has. */
static void problem_add(struct openapi *o, enum err e)
{
    struct json_object *all = openapi_member(openapi_member(o->doc, "components"), "responses");
    struct json_object *answer = json_object_new_object(), *headers = json_object_new_object(), *content;

    if (json_object_object_get(all, err_name(e)) != NULL) {
        json_object_put(answer);
        json_object_put(headers);
        return;
    }
    json_add_text(answer, "description", problem_title(e));
    json_add(headers, "X-Request-Id", openapi_ref(o, "headers", "request_id"));
    if (e == E_THROTTLED || e == E_BUSY)
        json_add(headers, "Retry-After", openapi_ref(o, "headers", "retry_after"));
    limits_add(o, headers);
    json_add(answer, "headers", headers);
    content = content_of("application/problem+json", openapi_ref(o, "schemas", "problem"));
    json_add(openapi_member(content, "application/problem+json"), "example", problem_example(o, e));
    json_add(answer, "content", content);
    json_object_object_add(all, err_name(e), answer);
}

static struct json_object *answers(struct openapi *o)
{
    struct json_object *all = json_object_new_object();
    const struct route *rt = o->rt;

    json_object_object_add(all, arena_printf(o->a, "%d", rt->gives.status), success(o));
    if (rt->answer & POLLED)
        json_object_object_add(all, "304", openapi_ref(o, "responses", "not_modified"));
    if (rt->gives.shape == GIVES_OTHER && rt->role > ROLE_PUBLIC)
        json_object_object_add(all, "302", openapi_ref(o, "responses", "elsewhere"));
    for (enum err e = E_MALFORMED; e < ERR_COUNT; e++)
        if (may_be(rt, e)) {
            problem_add(o, e);
            json_object_object_add(all, arena_printf(o->a, "%d", err_status(e)), openapi_ref(o, "responses", err_name(e)));
        }
    return all;
}

/* ---- operations ---- */

/* "get_packages_id_events" of GET /api/v1/packages/{id}/events. */
static const char *operation_id(struct openapi *o)
{
    char *id = arena_printf(o->a, "%s_%s", method_name(o->rt->method), o->rt->path + sizeof PREFIX - 1), *to = id;

    for (const char *from = id; *from != '\0'; from++)
        if (isalnum((unsigned char)*from))
            *to++ = (char)tolower((unsigned char)*from);
        else if (*from != '}' && to[-1] != '_')
            *to++ = '_';
    *to = '\0';
    return id;
}

static const char *who_may(struct openapi *o)
{
    const struct route *rt = o->rt;
    const char *role = rt->role == ROLE_ADMIN ? "ADMIN" : arena_printf(o->a, "%s o un rol mayor", role_name(rt->role));

    if (rt->role == ROLE_PUBLIC)
        return "La puede usar cualquiera, sin token.";
    if (rt->scope == NULL)
        return arena_printf(o->a, "Para un token de %s.", role);
    return arena_printf(o->a, "Para un token de %s con el alcance %s.", role, rt->scope);
}

static struct json_object *security(const struct route *rt)
{
    struct json_object *list = json_object_new_array(), *one = json_object_new_object(), *scopes = json_object_new_array();

    if (rt->role == ROLE_PUBLIC) {
        json_object_put(one);
        json_object_put(scopes);
        return list;
    }
    if (rt->scope != NULL)
        json_object_array_add(scopes, json_object_new_string(rt->scope));
    json_add(one, "token", scopes);
    json_object_array_add(list, one);
    return list;
}

static struct json_object *operation(struct openapi *o, const struct area *ar)
{
    struct json_object *op = json_object_new_object(), *tags = json_object_new_array();
    const struct route *rt = o->rt;

    json_object_array_add(tags, json_object_new_string(ar->name));
    json_add_text(op, "operationId", operation_id(o));
    json_add(op, "tags", tags);
    json_add_text(op, "summary", rt->title);
    json_add_text(op, "description", who_may(o));
    json_add_text(op, "x-role", rt->role == ROLE_PUBLIC ? "PUBLIC" : role_name(rt->role));
    json_add(op, "security", security(rt));
    json_add(op, "parameters", parameters(o));
    if (route_has_body(rt))
        json_add(op, "requestBody", body(o));
    json_add(op, "responses", answers(o));
    return op;
}

/* Names of `shows` that are no parameters of the body. */
static void shows_check(struct openapi *o)
{
    const char *at = o->rt->shows != NULL ? o->rt->shows : "";

    while (*at != '\0') {
        const size_t n = strcspn(at, " ");
        const char *name = arena_strndup(o->a, at, n);
        const struct param *row = route_param(o->rt, name);

        if (row == NULL || !param_in_body(o->rt, row))
            openapi_lacks(o, "its example shows %s, which the body does not have", name);
        at += n + (at[n] == ' ');
    }
}

static void tag_add(const struct area *ar, struct json_object *doc)
{
    struct json_object *tags = json_object_object_get(doc, "tags"), *tag = json_object_new_object();

    if (tags == NULL)
        json_add(doc, "tags", tags = json_object_new_array());
    json_add_text(tag, "name", ar->name);
    json_add_text(tag, "description", ar->about);
    json_object_array_add(tags, tag);
}

static bool is_described(const struct route *rt)
{
    return (rt->answer & JSON) && has_prefix(rt->path, PREFIX);
}

bool area_describe(struct arena *a, const struct area *ar, struct json_object *doc, const char **why)
{
    struct openapi o = { .a = a, .doc = doc };
    struct json_object *paths = openapi_member(doc, "paths");
    size_t described = 0;

    for (size_t i = 0; i < ar->count; i++) {
        char method[8] = "";

        if (!is_described(&ar->routes[i]))
            continue;
        o.rt = &ar->routes[i];
        if (described++ == 0 && ar->about == NULL)
            openapi_lacks(&o, "the area does not say what it is about: { …, .about = \"…\" } in its `const struct area`");
        for (size_t j = 0; method_name(o.rt->method)[j] != '\0'; j++)
            method[j] = (char)tolower((unsigned char)method_name(o.rt->method)[j]);
        shows_check(&o);
        json_object_object_add(openapi_member(paths, o.rt->path), method, operation(&o, ar));
    }
    if (described > 0)
        tag_add(ar, doc);
    if (ar->tells != NULL)
        openapi_news(&o, ar->tells);
    *why = o.why;
    return o.why == NULL;
}
