/* Makes the query of an address from an input struct by its schema: the opposite of param_read. */
#include "base/clock.h"
#include "base/log.h"
#include "http/param.h"

static const char *ids_words(struct arena *a, const struct ids *ids)
{
    const char *words = NULL;

    for (size_t i = 0; i < ids->n; i++)
        words = i == 0 ? arena_strdup(a, NUM(ids->v[0])) : arena_printf(a, "%s,%lld", words, (long long)ids->v[i]);
    return words;
}

/* Text of a value in a query; NULL when the value is empty, or of a kind that a query cannot hold (P_FILES,
 * P_ROWS). */
static const char *value_words(struct arena *a, const struct param *row, const void *at)
{
    if (row->flags & PARAM_MAYBE) {
        at = *(const void *const *)at;
        if (at == NULL)
            return NULL;
    }
    switch (row->type) {
    case P_TEXT:
    case P_SCAN:
    case P_LONG:
    case P_LINES:
    case P_RAW:
    case P_ENUM:
        return *(const char *const *)at;
    case P_BOOL:
        return *(const bool *)at ? "1" : row->flags & PARAM_MAYBE ? "0" : NULL;
    case P_INT:
    case P_ID:
    case P_MONEY:
        return *(const int64_t *)at == 0 && !(row->flags & PARAM_MAYBE) ? NULL
            : arena_strdup(a, NUM(*(const int64_t *)at));
    case P_DAY:
        return *(const int64_t *)at != 0 ? clock_day_iso(a, *(const int64_t *)at) : NULL;
    case P_IDS:
        return ids_words(a, at);
    case P_FILES:
    case P_ROWS:
        break;
    }
    return NULL;
}

const char *param_link(struct arena *a, const char *path, const struct params *p, const void *in, const char *name,
                       const char *value)
{
    const char *link = path;

    for (size_t i = 0; i < p->count; i++) {
        const struct param *row = &p->rows[i];
        const bool other = name != NULL && streq(row->name, name);

        if (!(row->flags & PARAM_PATH))
            link = link_add(a, link, row->name, other ? value : value_words(a, row, (const char *)in + row->offset));
    }
    return link;
}
