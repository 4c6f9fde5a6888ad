/* ETags.  A part that a page asks for again and again is sent in full only when it has changed (304), and an
 * edit is accepted only when nobody has changed the thing since it was read (If-Match). */
#include <assert.h>

#include "app/call.h"
#include "crypto/crypto.h"
#include "base/log.h"
#include "base/random.h"

#define TAG_BYTES 16

enum err polled_step(struct call *k)
{
    struct req *r = &k->r;
    unsigned char sum[HASH_BYTES];
    const char *tag, *known = request_header(&k->http, "If-None-Match");

    if (!(r->route->answer & POLLED) || (r->status != 0 && r->status != 200))
        return OK;
    sha256(sum, r->body.data, r->body.len);
    tag = arena_printf(k->c.a, "\"%s\"", hex_text(k->c.a, sum, TAG_BYTES));
    req_header(r, "ETag", tag);
    req_header(r, "Cache-Control", "private, no-cache");
    if (known == NULL || strstr(known, tag) == NULL)     /* strstr, since nginx puts W/ before a tag */
        return OK;
    r->status = 304;
    r->type = NULL;
    buf_reset(&r->body);
    return OK;
}

void req_tag(struct req *r, int64_t version)
{
    assert((!req_is_api(r) || (r->route->answer & TAGGED)) && "a route of the API that gives an ETag says TAGGED");
    req_header(r, "ETag", arena_printf(r->c->a, "\"%lld\"", (long long)version));
}

/* Reads the version of If-Match: "123", or W/"123" since nginx makes the tags of compressed answers weak. */
bool req_if_match(const struct req *r, int64_t *version)
{
    const char *tag = request_header(r->http, "If-Match");
    size_t n;

    assert((!req_is_api(r) || (r->route->answer & TAGGED)) && "a route of the API that takes If-Match says TAGGED");
    *version = 0;
    if (is_blank(tag) || streq(tag, "*"))
        return true;
    tag += has_prefix(tag, "W/") ? 2 : 0;
    n = strlen(tag);
    return n > 2 && tag[0] == '"' && tag[n - 1] == '"'
        && parse_int(arena_strndup(r->c->a, tag + 1, n - 2), version) && *version > 0;
}
