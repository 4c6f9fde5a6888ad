/* The drawer of the counter: opened with its base, counted at the end, approved by the chief. */
#include "bin/demo/shop.h"

#include "domain/money/cash.h"

#define DRAWER_SHORT 2000        /* pesos missing on the one day whose count does not agree */

enum err drawer_open(struct shop *s, int64_t *id)
{
    struct cash_session drawer;
    enum err e = cash_open(s->c, &(struct cash_open_in){ DRAWER_BASE }, &drawer);

    *id = drawer.id;
    s->cash = DRAWER_BASE;
    return e;
}

enum err drawer_move(struct shop *s, int64_t id, const char *kind, int64_t amount, const char *reason)
{
    const char *reference = streq(kind, "traslado") ? arena_printf(s->c->a, "CONS-%05u", shop_chance(s, 99999)) : NULL;
    struct cash_session drawer;

    s->cash += streq(kind, "entrada") ? amount : -amount;
    return cash_move(s->c, &(struct cash_movement_in){ id, kind, amount, reason, reference }, &drawer);
}

static struct cash_count_in drawer_pieces(int64_t id, int64_t amount)
{
    struct cash_count_in in = { .id = id };

    for (size_t i = 0; i < DENOMINATIONS; i++) {
        in.pieces[i] = amount / denominations[i].value;
        amount %= denominations[i].value;
    }
    return in;
}

enum err drawer_close(struct shop *s, int64_t id, bool is_short)
{
    struct ctx *c = s->c;
    const struct cash_count_in count = drawer_pieces(id, s->cash - (is_short ? DRAWER_SHORT : 0));
    const char *why = is_short ? "Un cambio mal dado por la tarde: faltó un billete de dos mil." : NULL;
    struct cash_session drawer;
    enum err e = cash_count(c, &count, &drawer);

    shop_wait(s, 120);
    if (e == OK)
        e = cash_close(c, &(struct cash_close_in){ id, why }, &drawer);
    shop_wait(s, 1800);
    shop_staff(s, STAFF_CHIEF);
    return e != OK ? e : cash_approve(c, &(struct cash_approve_in){ .id = id, .note = is_short ? "Conversado con Olga." : NULL }, &drawer);
}
