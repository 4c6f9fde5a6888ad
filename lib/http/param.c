#include "http/param.h"

#include <string.h>

#include "base/texts.h"
#include "json/json.h"
#include "http/multipart.h"
#include "http/value.h"
#include "json/texts.h"

#define NAME_SHOWN 64            /* most bytes of an unknown name that a fault repeats */

/* State of reading a request by its schema. */
struct reading {
    struct ctx *c;
    const struct params *p;
    struct request *r;
    unsigned how;                /* READ_… */
    struct values *values;       /* values given in the request, for each row of the schema */
};

static bool is_any_form_name(const char *name)
{
    return streq(name, "csrf") || streq(name, "operation_id");
}

static void param_unknown(struct reading *rd, const char *name)
{
    if (!(rd->how & READ_LENIENT)) {
        name = strlen(name) > NAME_SHOWN ? "…" : arena_strdup(rd->c->a, name);
        ctx_invalid(rd->c, name, T_UNKNOWN_FIELD, name, NULL);
    }
}

bool param_is_for(const struct param *row, unsigned how)
{
    unsigned only = row->flags & (PARAM_PAGE | PARAM_API), asker = how & (READ_PAGE | READ_API);

    return only == 0 || asker == 0 || (only & asker) != 0;
}

/* Finds the row of that name whose flags, of those in mask, are exactly `want` (PARAM_PATH, PARAM_QUERY): so
 * it may come from where the caller found the name.  NULL when there is none. */
static const struct param *row_find(const struct reading *rd, const char *name, unsigned mask,
                                    unsigned want)
{
    for (size_t i = 0; i < rd->p->count; i++) {
        const struct param *row = &rd->p->rows[i];

        if ((row->flags & mask) == want && param_is_for(row, rd->how) && streq(row->name, name))
            return row;
    }
    return NULL;
}

static struct values *values_of(struct reading *rd, const struct param *row)
{
    return &rd->values[row - rd->p->rows];
}

static void take_pairs(struct reading *rd, const struct pairs *pairs, unsigned mask,
                       unsigned want, bool form)
{
    for (size_t i = 0; i < pairs->n; i++) {
        const struct param *row = row_find(rd, pairs->v[i].name, mask, want);

        if (row != NULL) {
            value_add(rd->c->a, values_of(rd, row),
                      (struct value){ .kind = V_FORM, .s = pairs->v[i].value,
                                      .len = pairs->v[i].len });
        } else if (!form || !is_any_form_name(pairs->v[i].name)) {
            param_unknown(rd, pairs->v[i].name);
        }
    }
}

/* Texts are copied, since the JSON tree is freed before the arena. */
static struct value value_of_json(struct arena *a, struct json_object *o)
{
    struct value v = { .kind = V_OTHER };

    switch (json_object_get_type(o)) {
    case json_type_null:
        v.kind = V_NULL;
        break;
    case json_type_string:
        v.kind = V_TEXT;
        v.len = (size_t)json_object_get_string_len(o);
        v.s = arena_strndup(a, json_object_get_string(o), v.len);
        break;
    case json_type_int:
        v.kind = V_INT;
        v.n = json_object_get_int64(o);
        break;
    case json_type_boolean:
        v.kind = V_BOOL;
        v.n = json_object_get_boolean(o);
        break;
    case json_type_object:
        v.kind = V_OBJECT;
        v.o = o;
        break;
    default:
        break;
    }
    return v;
}

static void take_member(struct reading *rd, const struct param *row, struct json_object *o)
{
    struct values *to = values_of(rd, row);

    if ((row->type != P_IDS && row->type != P_LINES && row->type != P_ROWS)
        || !json_object_is_type(o, json_type_array)) {
        value_add(rd->c->a, to, value_of_json(rd->c->a, o));
        return;
    }
    for (size_t i = 0; i < json_object_array_length(o); i++)
        value_add(rd->c->a, to, value_of_json(rd->c->a, json_object_array_get_idx(o, i)));
}

static void take_object(struct reading *rd, struct json_object *object)
{
    json_object_object_foreach(object, name, o)
    {
        const struct param *row = row_find(rd, name, PARAM_PATH | PARAM_QUERY, 0);

        if (row != NULL)
            take_member(rd, row, o);
        else
            param_unknown(rd, name);
    }
}

static enum err take_json(struct reading *rd)
{
    if (!json_object_is_type(rd->r->json, json_type_object))
        return ctx_fail(rd->c, E_MALFORMED, NULL, T_JSON_SYNTAX, NULL);
    take_object(rd, rd->r->json);
    return OK;
}

static void take_uploads(struct reading *rd)
{
    for (const struct upload *u = rd->r->uploads; u != NULL; u = u->next) {
        const struct param *row = row_find(rd, u->field, PARAM_PATH | PARAM_QUERY, 0);

        if (row != NULL)
            value_add(rd->c->a, values_of(rd, row), (struct value){ .kind = V_FILE, .file = u });
        else
            param_unknown(rd, u->field);
    }
}

static enum err take_all(struct reading *rd)
{
    bool has_body = rd->r->method == POST || rd->r->method == PATCH;
    enum err e;

    take_pairs(rd, &rd->r->path_values, PARAM_PATH, PARAM_PATH, false);
    if (!has_body) {
        take_pairs(rd, &rd->r->get, PARAM_PATH, 0, false);
        return OK;
    }
    /* Body and query of a POST are never merged: PARAM_QUERY rows come from the query, the others from the
     * body. */
    take_pairs(rd, &rd->r->get, PARAM_PATH | PARAM_QUERY, PARAM_QUERY, false);
    e = request_body(rd->c, rd->r);
    if (e != OK)
        return e;
    if (rd->r->json != NULL)
        return take_json(rd);
    take_pairs(rd, &rd->r->post, PARAM_PATH | PARAM_QUERY, 0, true);
    take_uploads(rd);
    return OK;
}

static enum err set_all(struct reading *rd, char *in)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < rd->p->count; i++)
        if (param_is_for(&rd->p->rows[i], rd->how))
            e = param_set(rd->c, &rd->p->rows[i], &rd->values[i], in + rd->p->rows[i].offset);

    return e;
}

enum err param_object(struct ctx *c, const struct params *p, struct json_object *o, void *to)
{
    struct reading rd = { .c = c, .p = p };
    enum err e;

    rd.values = arena_alloc(c->a, (p->count + 1) * sizeof(*rd.values));
    take_object(&rd, o);
    e = set_all(&rd, to);
    return e != OK ? e : ctx_faults(c);
}

enum err param_read(struct ctx *c, const struct params *p, struct request *r, unsigned how,
                    void **out)
{
    struct reading rd = { .c = c, .p = p, .r = r, .how = how };
    char *in = arena_alloc(c->a, p->size);
    enum err e;

    rd.values = arena_alloc(c->a, (p->count + 1) * sizeof(*rd.values));
    c->fault = (struct fault){ 0 };
    e = take_all(&rd);
    if (e == OK)
        e = set_all(&rd, in);
    if (e == OK) {
        *out = in;
        e = ctx_faults(c);
    }
    return e;
}
