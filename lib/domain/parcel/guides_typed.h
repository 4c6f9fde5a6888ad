/* Guides typed: the guides that an announcement's field says, each once, as the announcement itself takes them. */
#ifndef DOMAIN_GUIDES_TYPED_H
#define DOMAIN_GUIDES_TYPED_H

#include "base/ctx.h"

#define GUIDES_TYPED_MAX 20      /* guides of one announcement */

struct guide_typed { const char *number, *key; };
struct guides_typed {
    struct guide_typed v[GUIDES_TYPED_MAX];
    size_t n;
    size_t repeated;             /* guides that were written again, which count once */
    size_t unknown;              /* lines that are no guide */
    bool too_many;               /* there are more than GUIDES_TYPED_MAX */
};

/* Faults of the text are added to those of c, and name the field "guides". */
void guides_typed(struct ctx *c, const char *text, struct guides_typed *out);

/* A short line that tells what was understood, for who is still typing: "2 guías: 7000 · 7001 · una está repetida";
 * NULL as long as there is none. */
const char *guides_typed_words(struct arena *a, const struct guides_typed *typed);

#endif
