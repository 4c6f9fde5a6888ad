#include "domain/parcel/event_words.h"

#include <string.h>

#include "json/json.h"
#include "domain/parcel/event.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/package_change.h"

static const char *detail_text(struct json_object *details, const char *name)
{
    const char *text = NULL;

    json_get_text(details, name, &text);
    return text;
}

/* Where the box lies now and where it lay before; after a stocktake, where it was seen and where it
 * was recorded. */
const char *event_value(struct ctx *c, const char *values, const char *name)
{
    const struct text *why;
    struct json_object *o = values == NULL ? NULL : json_parse(values, strlen(values), &why);
    const char *out = o == NULL ? NULL : json_dup_text(c->a, o, name);

    json_object_put(o);
    return out;
}

const char *event_place_words(struct ctx *c, struct json_object *details, const char *values UNUSED)
{
    const char *seen = detail_text(details, "seen"), *recorded = detail_text(details, "recorded");
    const char *position = detail_text(details, "position"), *from = detail_text(details, "from");

    if (position == NULL)
        position = detail_text(details, "missing");
    if (seen != NULL)
        return recorded != NULL ? arena_printf(c->a, "en %s, no en %s", seen, recorded)
                                : arena_printf(c->a, "en %s, sin posición registrada", seen);
    if (position == NULL)
        return NULL;
    return from != NULL ? arena_printf(c->a, "de %s a %s", from, position)
                        : arena_printf(c->a, "posición %s", position);
}

/* Events of before 0023 hold the free text themselves: the reason of a parcel that came after its announcement had
 * expired, the text of a cancellation or of a note. */
const char *event_reception_words(struct ctx *c, struct json_object *details, const char *values)
{
    const char *reason = detail_text(details, "reason");

    return reason != NULL ? arena_strdup(c->a, reason) : event_place_words(c, details, values);
}

const char *event_cancel_words(struct ctx *c, struct json_object *details, const char *values)
{
    const char *reason = detail_text(details, "reason"), *text = detail_text(details, "text");
    const char *words = words_or_value(cancel_reasons, reason);

    if (words == NULL)
        return text != NULL ? arena_strdup(c->a, text) : event_place_words(c, details, values);
    return text != NULL ? arena_printf(c->a, "%s · %s", words, text) : arena_strdup(c->a, words);
}

const char *event_note_words(struct ctx *c, struct json_object *details, const char *values UNUSED)
{
    const char *text = detail_text(details, "text");

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
    const char *outcome = words_of(incident_outcomes, detail_text(details, "incident"));
    const char *where = event_place_words(c, details, values);
    const char *words = outcome == NULL ? "Nota" : arena_printf(c->a, "%s al entregar", outcome);

    return where != NULL ? arena_printf(c->a, "%s · %s", words, where) : words;
}

bool event_seals_text(const struct package_event *e)
{
    const struct text *why;
    struct json_object *details = json_parse(e->details, strlen(e->details), &why);
    bool payment = json_object_object_get_ex(details, "payment_recorded", NULL)
        || json_object_object_get_ex(details, "payment_reversed", NULL);
    bool sealed = detail_text(details, "text") != NULL
        || (detail_text(details, "reason") != NULL && (payment || streq(e->kind, "RECEPCION")));

    json_object_put(details);
    return sealed;
}
