/* Glued: the address of a page at whose end a telephone or a chat left the stop, the bracket or the slash that stood
 * behind the link.  No page has such an address, so a GET goes on to the address without it. */
#include "app/call.h"
#include "base/random.h"
#include "base/utf8.h"

#define PLAIN ALPHABET_BASE62 "/_.~-"    /* needs no encoding in an address */

/* The path without what is glued to its end; NULL when nothing is, or when no address of ours remains. */
static const char *path_unglued(struct arena *a, const char *path)
{
    char *bare = utf8_unglued(a, path), *end = bare + strlen(bare);

    while (end > bare + 1 && end[-1] == '/') {
        *--end = '\0';
        bare = utf8_unglued(a, bare);
        end = bare + strlen(bare);
    }
    return streq(bare, path) || bare[1] == '/' || bare[strspn(bare, PLAIN)] != '\0' ? NULL : bare;
}

static enum err glued_handler(struct req *r)
{
    return req_redirect(r, "%s%s%s", path_unglued(r->c->a, r->http->path), *r->http->query ? "?" : "", r->http->query);
}

const struct route *glued_route(struct call *k)
{
    static const struct route glued = { GET, "(glued)", ROLE_PUBLIC, NULL, glued_handler, PAGE, "Dirección con algo pegado" };
    const char *path = k->http.path;

    if (k->http.method != GET || has_prefix(path, "/api/") || path_unglued(k->c.a, path) == NULL)
        return NULL;
    return &glued;
}
