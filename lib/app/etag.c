/* What a page asks for again and again is sent in full only when it has changed. */
#include "app/call.h"
#include "crypto/crypto.h"
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
    if (known == NULL || strstr(known, tag) == NULL)     /* nginx puts W/ before it */
        return OK;
    r->status = 304;
    r->type = NULL;
    buf_reset(&r->body);
    return OK;
}
