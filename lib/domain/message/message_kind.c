#include "domain/message/message_kind.h"

static const struct message_kind kinds[] = {
#define KIND(event, words, groups, need, or_need, once) { event, groups, { need, or_need }, once },
#include "domain/message/message_kind.def"
#undef KIND
};

const struct word message_events[] = {
#define KIND(event, words, groups, need, or_need, once) { event, words },
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

bool message_is_once(const char *event)
{
    const struct message_kind *kind = message_kind_of(event);

    return kind != NULL && kind->once;
}
