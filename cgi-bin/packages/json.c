#include "json.h"

#include "base/log.h"
#include "domain/parcel/package_fee.h"

static const struct field item_rows[] = {
    FIELD_PART(struct package_item, package, package_fields),
    FIELD(struct package_item, due, F_MONEY, "Lo que debe hoy; solo de uno que está en el punto"),
};
const struct fields package_item_fields = FIELDS(item_rows);

#define NEAR "Así no se llama nadie: son nombres parecidos"
static const struct field answer_rows[] = {
    FIELD_LIST(struct packages_answer, items, package_item_fields, "Los paquetes"),
    FIELD_OPTIONAL(struct packages_answer, near, F_BOOL, NEAR),
    FIELD(struct packages_answer, next, F_ID, "Con cuál before sigue la lista"),
};
const struct fields packages_answer_fields = FIELDS(answer_rows);

static const struct field found_rows[] = {
    FIELD_LIST(struct found_answer, items, package_item_fields, "Los paquetes, primero el que más se parece"),
    FIELD_OPTIONAL(struct found_answer, near, F_BOOL, NEAR),
    FIELD_LIST(struct found_answer, people, person_fields, "Las personas, primero quienes tienen algo por recoger"),
};
const struct fields found_answer_fields = FIELDS(found_rows);

static enum err items_of(struct req *r, const struct packages *all, struct package_items *out)
{
    struct fee *fees;
    enum err e = fees_of(r->c, all, &fees);

    *out = (struct package_items){ arena_alloc(r->c->a, (all->n + 1) * sizeof *out->v), all->n };
    for (size_t i = 0; e == OK && i < all->n; i++)
        out->v[i] = (struct package_item){ &all->v[i], streq(all->v[i].state, "RECIBIDO") ? &fees[i].total : NULL };
    return e;
}

enum err packages_give(struct req *r, const struct packages *all, int64_t next)
{
    struct packages_answer answer = { .near = all->near, .next = next };
    enum err e = items_of(r, all, &answer.items);

    if (e != OK)
        return e;
    req_next(r, next != 0 ? NUM(next) : NULL);
    return req_one(r, packages_answer_fields, &answer);
}

enum err found_give(struct req *r, const struct packages *found, const struct people *people)
{
    struct found_answer answer = { .near = found->near, .people = *people };
    enum err e = items_of(r, found, &answer.items);

    return e != OK ? e : req_one(r, found_answer_fields, &answer);
}
