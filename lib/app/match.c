/* Matching: "/packages/{id}" takes one segment for {id}; a row without
 * parameters wins over one with ("/packages/new"). */
#include <assert.h>

#include "app/call.h"

static const char *const method_names[] = {
    [GET] = "GET", [POST] = "POST", [PATCH] = "PATCH", [DELETE] = "DELETE", [METHOD_OTHER] = "OTHER",
};

const char *method_name(enum method m)
{
    return method_names[m];
}

/* How many {…} of the pattern were filled from the path; -1 when the path does not fit. */
static int pattern_fits(struct arena *a, const char *pattern, const char *path,
                        struct pairs *values)
{
    int filled = 0;

    while (*pattern != '\0') {
        if (*pattern == '{') {
            size_t name = strcspn(pattern, "}") - 1, value = strcspn(path, "/");

            if (value == 0)
                return -1;
            pairs_add(a, values,
                      (struct pair){ arena_strndup(a, pattern + 1, name),
                                     arena_strndup(a, path, value), value });
            pattern += name + 2;
            path += value;
            filled++;
        } else if (*pattern++ != *path++) {
            return -1;
        }
    }
    return *path == '\0' ? filled : -1;
}

static char *allow_add(struct arena *a, char *allow, enum method m)
{
    const char *name = m == GET ? "GET, HEAD" : method_name(m);

    if (strstr(allow, method_name(m)) != NULL)
        return allow;
    return arena_printf(a, "%s%s%s", allow, *allow ? ", " : "", name);
}

const struct route *route_match(struct arena *a, const struct area *ar, const struct request *http,
                                struct pairs *values, char **allow)
{
    const struct route *best = NULL;
    int best_filled = 0;

    *allow = arena_strdup(a, "");
    for (size_t i = 0; i < ar->count; i++) {
        const struct route *rt = &ar->routes[i];
        struct pairs found = { 0 };
        int filled = pattern_fits(a, rt->path, http->path, &found);

        if (filled < 0)
            continue;
        *allow = allow_add(a, *allow, rt->method);
        if (rt->method == http->method && (best == NULL || filled < best_filled)) {
            best = rt;
            best_filled = filled;
            *values = found;
        }
    }
    return best;
}

const struct route *route_named(const struct area *ar, enum method m, const char *path)
{
    for (size_t i = 0; i < ar->count; i++)
        if (ar->routes[i].method == m && streq(ar->routes[i].path, path))
            return &ar->routes[i];
    return NULL;
}
