#include "json.h"

#include "base/log.h"
#include "domain/price/fee.h"

static struct json_object *item(const struct package *p, const struct fee *fee)
{
    struct json_object *o = json_of(package_fields, p);

    json_add(o, "due", streq(p->state, "RECIBIDO") ? json_object_new_int64(fee->total) : NULL);
    return o;
}

enum err packages_json(struct req *r, const struct packages *all, int64_t next, const char *link)
{
    struct json_object *o, *items;
    struct fee *fees;
    enum err e = fees_of(r->c, all, &fees);

    if (e != OK)
        return e;
    o = json_object_new_object();
    items = json_object_new_array();
    for (size_t i = 0; i < all->n; i++)
        json_object_array_add(items, item(&all->v[i], &fees[i]));
    json_add(o, "items", items);
    if (all->near)
        json_add_bool(o, "near", true);
    json_add(o, "next", next ? json_object_new_int64(next) : NULL);
    if (next != 0)
        req_header(r, "Link", arena_printf(r->c->a, "<%s>; rel=\"next\"",
                                           link_add(r->c->a, link, "before", NUM(next))));
    return req_json(r, 200, o);
}
