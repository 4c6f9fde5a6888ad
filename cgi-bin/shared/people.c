#include "people.h"

void people_show(struct req *r, const struct people *all, int64_t chosen)
{
    view_bool(r->page, "is_operator", r->c->role >= ROLE_OPERADOR);
    for (size_t i = 0; i < all->n; i++) {
        const struct person *p = &all->v[i];
        struct view_node *row = view_row(r->page, "people");

        view_fields(row, person_fields, p);
        view_int(row, "digit", (int64_t)i + 1);
        view_bool(row, "waits", p->waiting > 0);
        view_bool(row, "known", p->known_at != 0);
        view_bool(row, "chosen", p->id == chosen);
    }
}

enum err people_ask(struct req *r, const char *who, int64_t chosen)
{
    struct people found = { 0 };
    struct person one;
    enum err e = OK;

    view_bool(r->page, "whose.asked", !is_blank(who));
    if (!is_blank(who))
        e = person_find(r->c, who, PERSON_KNOWN, PEOPLE_SHOWN, &found);
    if (e == OK && found.n == 0 && chosen != 0 && person_known(r->c, chosen, &one) == OK)
        found = (struct people){ &one, 1 };
    if (e == OK)
        people_show(r, &found, chosen);
    return e;
}
