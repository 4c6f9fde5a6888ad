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

/* How many {…} of the pattern the path fills; -1 when it does not fit. */
static int pattern_fits(const char *pattern, const char *path)
{
    int filled = 0;

    while (*pattern != '\0') {
        if (*pattern == '{') {
            size_t value = strcspn(path, "/");

            if (value == 0)
                return -1;
            pattern += strcspn(pattern, "}") + 1;
            path += value;
            filled++;
        } else if (*pattern++ != *path++) {
            return -1;
        }
    }
    return *path == '\0' ? filled : -1;
}

/* Takes the values of the {…} of a pattern from the path that fits it. */
static void pattern_values(struct arena *a, const char *pattern, const char *path, struct pairs *values)
{
    for (; *pattern != '\0'; pattern++, path++)
        if (*pattern == '{') {
            size_t name = strcspn(pattern, "}") - 1, value = strcspn(path, "/");

            pairs_add(a, values, (struct pair){ arena_strndup(a, pattern + 1, name), arena_strndup(a, path, value), value });
            pattern += name + 1;
            path += value - 1;
        }
}

static char *allow_add(struct arena *a, char *allow, enum method m)
{
    const char *name = m == GET ? "GET, HEAD" : method_name(m);

    if (strstr(allow, method_name(m)) != NULL)
        return allow;
    return arena_printf(a, "%s%s%s", allow, *allow ? ", " : "", name);
}

const struct route *route_match(struct arena *a, const struct area *ar, const struct request *http,
                                struct pairs *values)
{
    const struct route *best = NULL;
    int best_filled = 0;

    for (size_t i = 0; i < ar->count; i++) {
        const struct route *rt = &ar->routes[i];
        int filled = rt->method == http->method ? pattern_fits(rt->path, http->path) : -1;

        if (filled >= 0 && (best == NULL || filled < best_filled)) {
            best = rt;
            best_filled = filled;
        }
    }
    if (best != NULL)
        pattern_values(a, best->path, http->path, values);
    return best;
}

const char *route_allow(struct arena *a, const struct area *ar, const char *path)
{
    char *allow = arena_strdup(a, "");

    for (size_t i = 0; i < ar->count; i++)
        if (pattern_fits(ar->routes[i].path, path) >= 0)
            allow = allow_add(a, allow, ar->routes[i].method);
    return allow;
}

const struct route *route_named(const struct area *ar, enum method m, const char *path)
{
    for (size_t i = 0; i < ar->count; i++)
        if (ar->routes[i].method == m && streq(ar->routes[i].path, path))
            return &ar->routes[i];
    return NULL;
}
