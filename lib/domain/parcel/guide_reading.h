/* Guide reading: which guides a text may stand for that a scanner read from a label or a person pasted.  A bar
 * code may hold more than the number printed below it, a QR code a link or a JSON text, and a text may be two
 * readings that ran together.  Whoever looks for a package by its guide or stores one reads the text here. */
#ifndef DOMAIN_GUIDE_READING_H
#define DOMAIN_GUIDE_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define READING_MAX 2000         /* characters; in an address, of 4 KB at most, it takes up to three times as many */
#define READING_KEYS 6

struct guide_reading {
    const char *number;          /* the guide as a new package keeps it: as typed, upper case; NULL: none is meant */
    const char *key;             /* its guide_key: the number printed on the label, without separators */
    const char *keys[READING_KEYS];      /* keys by which a stored package is looked for, the surest first */
    size_t n;
    bool other_layout;           /* none is meant, but one would be without signs that another keyboard puts for - and / */
    bool says_none;              /* none is meant: the text says that there is none, as "sin guía" or "s/g" do */
    const char *first, *second;  /* the text seems to be these two guides, read one after the other; else NULL */
};

/* Reads a text, NULL counts as empty.  If tabs, commas or the like stand between two guides, number is NULL and n
 * is 0; if two seem to be joined without anything between them, the text is given as one guide too. */
void guide_read(struct arena *a, const char *text, struct guide_reading *out);

#endif
