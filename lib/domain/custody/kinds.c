#include "domain/custody/kinds.h"

#include "json/json.h"
#include "domain/custody/attempt.h"
#include "domain/custody/claim_settle.h"
#include "domain/custody/correction_part.h"
#include "domain/custody/undo_step.h"
#include "domain/handover/deliver.h"
#include "domain/parcel/event_words.h"

static const struct event_kind kinds[] = {
#define EVENT_KIND(kind, key, name, words, undo, trifle, news) { kind, key, name, words, undo, trifle },
#include "domain/parcel/event_kind.def"
#undef EVENT_KIND
};

const struct event_kind *event_kind_of(const char *kind, struct json_object *details)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (streq(kinds[i].kind, kind)
            && (kinds[i].key == NULL || json_object_object_get_ex(details, kinds[i].key, NULL)))
            return &kinds[i];
    return NULL;
}
