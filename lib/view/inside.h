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

/* Frees the kept pieces, for view_forget. */
void pieces_forget(void);

#endif
