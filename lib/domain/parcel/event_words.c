#include "domain/parcel/event_words.h"

#include "json/json.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/package_change.h"

static const char *text_of(struct json_object *details, const char *name)
{
    const char *text = NULL;

    json_get_text(details, name, &text);
    return text;
}

/* Where a box lies now, where it lay, and at a stocktake where it was seen and recorded. */
const char *event_place_words(struct ctx *c, struct json_object *details, const char *values UNUSED)
{
    const char *seen = text_of(details, "seen"), *recorded = text_of(details, "recorded");
    const char *position = text_of(details, "position"), *from = text_of(details, "from");

    if (position == NULL)
        position = text_of(details, "missing");
    if (seen != NULL)
        return recorded != NULL ? arena_printf(c->a, "en %s, no en %s", seen, recorded)
                                : arena_printf(c->a, "en %s, sin posición registrada", seen);
    if (position == NULL)
        return NULL;
    return from != NULL ? arena_printf(c->a, "de %s a %s", from, position)
                        : arena_printf(c->a, "posición %s", position);
}

/* The reason of a parcel that came after its announcement had expired is a sentence. */
const char *event_reception_words(struct ctx *c, struct json_object *details, const char *values)
{
    const char *reason = text_of(details, "reason");

    return reason != NULL ? arena_strdup(c->a, reason) : event_place_words(c, details, values);
}

const char *event_cancel_words(struct ctx *c, struct json_object *details, const char *values)
{
    const char *reason = text_of(details, "reason"), *text = text_of(details, "text");
    const char *words = reason == NULL ? NULL : cancel_reason_words(reason);

    words = words != NULL ? words : reason;
    if (words == NULL)
        return text != NULL ? arena_strdup(c->a, text) : event_place_words(c, details, values);
    return text != NULL ? arena_printf(c->a, "%s · %s", words, text) : arena_strdup(c->a, words);
}

const char *event_note_words(struct ctx *c, struct json_object *details, const char *values UNUSED)
{
    const char *text = text_of(details, "text");

    return text != NULL ? arena_strdup(c->a, text) : NULL;
}

const char *event_photos_words(struct ctx *c, struct json_object *details, const char *values UNUSED)
{
    int64_t n = 0;

    json_get_int(details, "photos", &n);
    return n > 1 ? arena_printf(c->a, "%lld fotos agregadas", (long long)n) : "Foto agregada";
}

const char *event_incident_words(struct ctx *c, struct json_object *details, const char *values)
{
    const char *outcome = incident_outcome_words(text_of(details, "incident"));
    const char *where = event_place_words(c, details, values);
    const char *words = outcome == NULL ? "Nota" : arena_printf(c->a, "%s al entregar", outcome);

    return where != NULL ? arena_printf(c->a, "%s · %s", words, where) : words;
}
