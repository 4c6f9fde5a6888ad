/* Names: how one is typed, and whose names may be one person's. */
#ifndef LOCAL_NAME_H
#define LOCAL_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

char *normal_name(struct arena *a, const char *s);    /* 2 to 100 characters, NFC, no link; NULL: it is no name */
char *name_masked(struct arena *a, const char *name); /* "Ana R." */

/* How many words two names share, whatever their case and marks: words of three letters or more, without digits, that
 * do not stand beside many people's names, as "del", "señora", "apto", "S.A.S." do. */
size_t names_shared(struct arena *a, const char *x, const char *y);
/* True when two names may be one person's: they share such a word, or are the same but for case and marks. */
bool names_alike(struct arena *a, const char *x, const char *y);
/* True when two names most likely are: they are the same but for case and marks, or all words of the shorter one, at least
 * two, stand in the longer.  "María Ruiz" and "María Gómez" are alike, and not the same. */
bool names_same(struct arena *a, const char *x, const char *y);
/* names_same, where somebody typed one of them: with at most two words more than the name has, since who types many
 * names hits two by chance. */
bool names_same_typed(struct arena *a, const char *typed, const char *name);
/* True when two names have the same such words, at least two, in any order, or are the same but for case and marks. */
bool names_equal(struct arena *a, const char *x, const char *y);
/* True when two names are one person's beyond doubt, so that what is told to one may be told to the other: they have the
 * same such words, at least two, or are names_same and share at least three.  "José Luis Gómez" may be another than
 * "José Luis". */
bool names_beyond_doubt(struct arena *a, const char *x, const char *y);
/* True when somebody who reads one name may take it for the other: they are alike, or differ by few letters, in another
 * order or with digits in their place; or one has letters of another script than ours, or is
 * made of the beginnings of words of the other. */
bool names_look_alike(struct arena *a, const char *x, const char *y);
/* True when whoever typed a name knows all of the other: each of its words, of which it has one at least, and at most
 * two words more, since who types many names hits one by chance. */
bool name_is_whole(struct arena *a, const char *typed, const char *name);

#endif
