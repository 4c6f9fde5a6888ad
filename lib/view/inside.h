/* Inside: private to lib/view. */
#ifndef VIEW_INSIDE_H
#define VIEW_INSIDE_H

#include "view/view.h"

struct view {
    struct arena *a;
    const struct conf *conf;
    int64_t now;
    struct view_node *root;      /* holds the data set */
};

/* Gives the text of a template's file, from the arena; NULL with *why. */
typedef const char *template_load(void *arg, struct arena *a, const char *name, const char **why);

/* Appends the template's text with its includes and macros written out, as ClearSilver parses it.  Returns what is
 * wrong with it, from the arena, or NULL. */
const char *template_expand(struct arena *a, const char *name, template_load *load, void *arg, struct buf *out);

/* The value that view_fix set for a key of n bytes; NULL: none. */
const char *view_fixed(const char *key, size_t n);

/* Frees the kept pieces, for view_forget. */
void pieces_forget(void);

#endif
