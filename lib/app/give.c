/* What JSON routes answer: an object or a page of a list, written by the table that the
 * route's row gives. */
#include <assert.h>

#include "app/call.h"
#include "base/log.h"

#define JSON_TYPE "application/json; charset=utf-8"

bool req_is_api(const struct req *r)
{
    return (r->route->answer & JSON) != 0;
}

/* The row says what it gives and the handler gives that, so that what is printed of the row holds. */
static void give_begin(struct req *r, enum gives_shape shape, const struct fields *f)
{
    const struct gives *gives = &r->route->gives;

    assert(gives->shape == shape && gives->fields == f && "the handler gives what its row says");
    buf_reset(&r->body);
    r->type = JSON_TYPE;
    r->status = gives->status;
}

enum err req_give_one(struct req *r, const struct fields *f, const void *object)
{
    give_begin(r, GIVES_ONE, f);
    json_write_object(&r->body, *f, object);
    return OK;
}

enum err req_nothing(struct req *r)
{
    give_begin(r, GIVES_NOTHING, NULL);
    if (r->status == 204)
        r->type = NULL;
    else
        buf_str(&r->body, "{}");
    return OK;
}

/* ---- pages of a list ---- */

static const struct param *schema_row(const struct params *p, const char *name)
{
    for (size_t i = 0; p != NULL && i < p->count; i++)
        if (streq(p->rows[i].name, name))
            return &p->rows[i];
    return NULL;
}

/* Where the client says after which row the page begins. */
static const struct param *schema_cursor(const struct params *p)
{
    const struct param *before = schema_row(p, "before");

    return before != NULL ? before : schema_row(p, "after");
}

/* The address that was asked for, its cursor set to `next`. */
static const char *next_address(struct req *r, const char *cursor, const char *next)
{
    const struct pairs *asked = &r->http->get;
    const char *link = r->http->path;

    for (size_t i = 0; i < asked->n; i++)
        if (!streq(asked->v[i].name, cursor) && schema_row(r->route->params, asked->v[i].name) != NULL)
            link = link_add(r->c->a, link, asked->v[i].name, asked->v[i].value);
    return link_add(r->c->a, link, cursor, next);
}

void req_next(struct req *r, const char *next)
{
    const struct param *cursor = schema_cursor(r->route->params);

    if (next == NULL)
        return;
    assert(cursor != NULL && "a list of several pages has a cursor in its schema");
    req_header(r, "Link", arena_printf(r->c->a, "<%s>; rel=\"next\"", next_address(r, cursor->name, next)));
}

enum err req_give_list(struct req *r, const struct fields *f, const void *v, size_t n, size_t size, int64_t next)
{
    give_begin(r, GIVES_LIST, f);
    buf_str(&r->body, "{\"items\":");
    json_write_list(&r->body, *f, v, n, size);
    buf_printf(&r->body, ",\"next\":%s}", next != 0 ? NUM(next) : "null");
    req_next(r, next != 0 ? NUM(next) : NULL);
    return OK;
}
