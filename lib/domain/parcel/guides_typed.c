#include "domain/parcel/guides_typed.h"

#include "domain/parcel/guide_reading.h"
#include "domain/parcel/guides_meant.h"
#include "domain/parcel/own_guide.h"
#include "domain/parcel/texts.h"

static void guide_add(struct ctx *c, const char *line, struct guides_typed *out)
{
    struct guide_reading read;

    guide_read(c->a, line, &read);
    if (read.says_none || own_guide_formed(read.key) || read.number == NULL) {
        out->unknown++;
        ctx_invalid(c, "guides", read.says_none ? T_GUIDE_LINE_NONE
                    : own_guide_formed(read.key) ? T_OWN_GUIDE_ANNOUNCED : T_GUIDE_LINE,
                    read.number != NULL ? read.number : line, NULL);
        return;
    }
    for (size_t i = 0; i < out->n; i++)
        if (streq(out->v[i].key, read.key)) {    /* a guide that is written twice is one */
            out->repeated++;
            return;
        }
    if (out->n < GUIDES_TYPED_MAX) {
        out->v[out->n++] = (struct guide_typed){ read.number, read.key };
        return;
    }
    ctx_invalid(c, "guides", T_GUIDES_MANY, "20", NULL);
    out->too_many = true;
}

void guides_typed(struct ctx *c, const char *text, struct guides_typed *out)
{
    struct guides_meant meant;

    *out = (struct guides_typed){ 0 };
    guides_meant(c->a, text, &meant);
    for (size_t i = 0; i < meant.n; i++)
        guide_add(c, meant.v[i], out);
    if (meant.n == 0)
        ctx_invalid(c, "guides", T_GUIDES_NONE, NULL);
}

const char *guides_typed_words(struct arena *a, const struct guides_typed *typed)
{
    const char *words;

    if (typed->n == 0)
        return NULL;
    words = typed->n == 1 ? "Una guía:" : arena_printf(a, "%zu guías:", typed->n);
    for (size_t i = 0; i < typed->n; i++)
        words = arena_printf(a, "%s%s%s", words, i == 0 ? " " : " · ", typed->v[i].number);
    if (typed->repeated > 0)
        words = arena_printf(a, "%s. %s", words, typed->repeated == 1 ? "Una está repetida"
                             : arena_printf(a, "%zu están repetidas", typed->repeated));
    if (typed->unknown > 0)
        words = arena_printf(a, "%s. %s", words, typed->unknown == 1 ? "Una línea no se entiende"
                             : arena_printf(a, "%zu líneas no se entienden", typed->unknown));
    if (typed->too_many)
        words = arena_printf(a, "%s. Son más de %d: las demás van en otro anuncio", words, GUIDES_TYPED_MAX);
    return words;
}
