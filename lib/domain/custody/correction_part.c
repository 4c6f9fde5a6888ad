#include "domain/custody/correction_part.h"

#include "json/json.h"
#include "base/buf.h"

#define PART(name, words, in, member, states, flags) \
    { name, words, offsetof(struct correct_in, in), offsetof(struct package, member), states, flags }
const struct correction_part correction_parts[CORRECTION_PARTS] = {
    PART("type", "tipo", type, type, CORRECT_SHELF, CORRECT_NEEDED),
    PART("condition", "cómo llegó", condition, condition, CORRECT_SHELF, CORRECT_NEEDED),
    PART("carrier", "transportadora", carrier, carrier, CORRECT_ANY, 0),
    PART("guide", "guía", guide, guide_number, CORRECT_ANNOUNCED | CORRECT_SHELF, CORRECT_NEEDED),
    PART("announced_name", "nombre anunciado", announced_name, announced_name, CORRECT_ANNOUNCED | CORRECT_SHELF,
         CORRECT_PERSONAL | CORRECT_NEEDED),
    PART("declared_value", "valor declarado", declared_value, declared_value, CORRECT_ANNOUNCED | CORRECT_SHELF,
         CORRECT_MONEY),
    PART("observations", "observaciones", observations, observations,
         CORRECT_SHELF | CORRECT_DELIVERED | CORRECT_CANCELLED, CORRECT_PERSONAL),
    PART("receiver_name", "quién recibió", receiver_name, receiver_name, CORRECT_DELIVERED, CORRECT_PERSONAL),
};

unsigned correction_state(const struct package *p)
{
    return streq(p->state, "ANUNCIADO") ? CORRECT_ANNOUNCED : streq(p->state, "RECIBIDO") ? CORRECT_SHELF
        : streq(p->state, "ENTREGADO") ? CORRECT_DELIVERED : CORRECT_CANCELLED;
}

bool correction_takes(const struct package *p, const char *part)
{
    if (streq(part, CORRECT_CUSTOMER))
        return p->customer_id != 0 && (correction_state(p) & (CORRECT_ANNOUNCED | CORRECT_SHELF));
    for (size_t i = 0; i < CORRECTION_PARTS; i++)
        if (streq(correction_parts[i].name, part))
            return (correction_parts[i].states & correction_state(p)) != 0;
    return false;
}

/* ---- the words of the event ---- */

static const char *side_text(struct json_object *values, const char *name, const char *which, struct ctx *c)
{
    const char *text = NULL;

    if (values != NULL)
        json_get_text(values, arena_printf(c->a, "%s_%s", name, which), &text);
    return text;
}

static const char *side_words(struct json_object *values, struct json_object *details, const char *name,
                         const char *which, struct ctx *c)
{
    const char *text = side_text(values, name, which, c);

    if (text != NULL)
        return text;
    return side_text(details, name, which, c) != NULL ? "(borrado)" : "nada";
}

static const char *value_words(struct json_object *both, size_t i)
{
    const char *text = json_object_get_string(json_object_array_get_idx(both, i));

    return text != NULL ? text : "nada";
}

static void part_words(struct buf *b, const char *words, const char *before, const char *after)
{
    buf_printf(b, "%s %s %s → %s", b->len == 0 ? "Corregido:" : ";", words, before, after);
}

const char *correction_details_words(struct ctx *c, struct json_object *details, const char *text)
{
    struct json_object *corrected = NULL, *both = NULL, *values;
    struct buf b = { 0 };
    const char *why = NULL, *out;
    const struct text *fault;

    if (!json_object_object_get_ex(details, "corrected", &corrected))
        return NULL;
    values = text == NULL ? NULL : json_parse(text, strlen(text), &fault);
    for (size_t i = 0; i < CORRECTION_PARTS; i++) {
        const char *name = correction_parts[i].name;

        if (!json_object_object_get_ex(corrected, name, &both))
            continue;
        if (correction_parts[i].flags & CORRECT_PERSONAL)
            part_words(&b, correction_parts[i].words, side_words(values, details, name, "before", c),
                       side_words(values, details, name, "after", c));
        else
            part_words(&b, correction_parts[i].words, value_words(both, 0), value_words(both, 1));
    }
    if (json_object_object_get_ex(corrected, CORRECT_CUSTOMER, &both))
        part_words(&b, "cliente", side_words(values, details, CORRECT_CUSTOMER, "before", c),
                   side_words(values, details, CORRECT_CUSTOMER, "after", c));
    if (values != NULL && json_get_text(values, "why", &why))
        buf_printf(&b, " · %s", why);
    out = arena_strndup(c->a, b.data, b.len);
    buf_free(&b);
    json_object_put(values);
    return out;
}
