#include "domain/message/message_kind.h"

static const struct message_kind kinds[] = {
#define KIND(event, words, groups, need, or_need, once, budget, state) { event, groups, { need, or_need }, once, budget, state },
#include "domain/message/message_kind.def"
#undef KIND
};

const struct word message_events[] = {
#define KIND(event, words, groups, need, or_need, once, budget, state) { event, words },
#include "domain/message/message_kind.def"
#undef KIND
    WORDS_END
};

const struct message_kind *message_kind_of(const char *event)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (streq(kinds[i].event, event))
            return &kinds[i];
    return NULL;
}

bool budget_is_share(enum message_budget budget)
{
    return budget == BUDGET_SHARE || budget == BUDGET_SHARE_WAITS;
}

enum message_budget message_budget_of(const char *event, bool reserve)
{
    const struct message_kind *kind = message_kind_of(event);
    enum message_budget may = kind != NULL ? kind->budget : BUDGET_ALL;

    return reserve && budget_is_share(may) ? BUDGET_WAITS : may;
}

static const struct word untrue_states[] = {
    { "ANUNCIADO", "el paquete no ha llegado al punto" }, { "RECIBIDO", "el paquete está en el punto" },
    { "ENTREGADO", "el paquete ya se entregó" }, { "CANCELADO", "el paquete se canceló" }, WORDS_END
};

const char *message_untrue(struct arena *a, const char *event, const char *state)
{
    const struct message_kind *kind = message_kind_of(event);

    return kind == NULL || kind->state == NULL || streq(kind->state, state) ? NULL
        : arena_printf(a, MESSAGE_UNTRUE "%s", words_of(untrue_states, state));
}

bool message_is_once(const char *event)
{
    const struct message_kind *kind = message_kind_of(event);

    return kind != NULL && kind->once;
}

bool message_has_code(const char *event)
{
    const struct message_kind *kind = message_kind_of(event);

    return kind != NULL && (kind->groups & (WORDS_SHELF | WORDS_AUTHORIZED)) != 0;
}
