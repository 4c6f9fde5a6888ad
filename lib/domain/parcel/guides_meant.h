/* Guides meant: which guides the text of an announcement means: one a line as a rule, two on one line, or those that stand
 * in a shop's message which was pasted whole. */
#ifndef DOMAIN_GUIDES_MEANT_H
#define DOMAIN_GUIDES_MEANT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define GUIDES_MEANT_MAX 40      /* guides of one text; the rest of it is left out */

struct guides_meant {
    const char *v[GUIDES_MEANT_MAX];     /* each as guide_read (guide_reading.h) takes it, which may find none in it */
    size_t n;
    bool as_typed;               /* each stands on a line of its own, or between commas; else its writer should see them first */
};

/* text: as a person typed or pasted it; NULL counts as empty. */
void guides_meant(struct arena *a, const char *text, struct guides_meant *out);

#endif
