/* Answers of JSON routes: an object or a page of a list, written by the table that the
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

const struct param *schema_cursor(const struct params *p)
{
    for (size_t i = 0; p != NULL && i < p->count; i++)
        if (streq(p->rows[i].name, "before") || streq(p->rows[i].name, "after"))
            return &p->rows[i];
    return NULL;
}

/* The address that was asked for, its cursor set to `next`; without one when that is NULL. */
static const char *list_address(struct req *r, const char *path, const char *cursor, const char *next)
{
    return param_link(r->c->a, path, r->route->params, r->in, cursor, next);
}

void req_next(struct req *r, const char *next)
{
    const struct param *cursor = schema_cursor(r->route->params);

    if (next == NULL)
        return;
    assert(cursor != NULL && "a list of several pages has a cursor in its schema");
    req_header(r, "Link", arena_printf(r->c->a, "<%s>; rel=\"next\"", list_address(r, r->http->path, cursor->name, next)));
}

void req_pages(struct req *r, int64_t next)
{
    const struct param *cursor = schema_cursor(r->route->params);
    const char *path = r->route->path;       /* http->path is the POST's if a failed form is shown again */
    int64_t at;

    assert(cursor != NULL && cursor->type == P_ID && "a list of several pages has a cursor in its schema");
    at = *(const int64_t *)(const void *)((const char *)r->in + cursor->offset);
    view_text(r->page, "previous", at != 0 ? list_address(r, path, cursor->name, NULL) : NULL);
    view_text(r->page, "following", next != 0 ? list_address(r, path, cursor->name, NUM(next)) : NULL);
}

enum err req_give_all(struct req *r, const struct fields *f, const void *v, size_t n, size_t size)
{
    give_begin(r, GIVES_WHOLE, f);
    buf_str(&r->body, "{\"items\":");
    json_write_list(&r->body, *f, v, n, size);
    buf_char(&r->body, '}');
    return OK;
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
