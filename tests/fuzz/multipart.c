/* Multipart body: reading it whole and in small pieces must give the same.  The boundary is "B"; the
 * input's first byte gives the size of a piece, 1 to 8 bytes. */
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/utf8.h"
#include "http/multipart.h"
#include "tests/helpers/memory_source.h"
#include "tests/fuzz/fuzz.h"

static enum err read_once(struct ctx *c, struct request *r, const uint8_t *data, size_t size,
                          size_t step)
{
    struct memory_source m = { .body = (const char *)data, .n = size, .step = step };

    *r = (struct request){ .a = c->a, .src = memory_source(&m), .content_length = (int64_t)size };
    return multipart_read(c, r, "B");
}

static void compare(const struct request *x, const struct request *y)
{
    const struct upload *u = x->uploads, *v = y->uploads;

    assert(x->post.n == y->post.n);
    for (size_t i = 0; i < x->post.n; i++) {
        assert(streq(x->post.v[i].name, y->post.v[i].name) && utf8_clean(x->post.v[i].name, false));
        assert(x->post.v[i].len == y->post.v[i].len);
        assert(memcmp(x->post.v[i].value, y->post.v[i].value, x->post.v[i].len + 1) == 0);
    }
    for (; u != NULL && v != NULL; u = u->next, v = v->next) {
        assert(u->size == v->size && streq(u->field, v->field) && streq(u->name, v->name));
        assert(access(u->path, F_OK) == 0);
    }
    assert(u == NULL && v == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct ctx c = { .a = a, .request_id = "r" };
    struct request whole, pieces;
    const char *why;
    struct conf *conf = conf_parse(a, "photo_mb = 1\n", &why);
    enum err e;

    conf->spool_dir = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    c.conf = conf;
    if (size > 0) {
        e = read_once(&c, &whole, data + 1, size - 1, 0);
        assert(read_once(&c, &pieces, data + 1, size - 1, data[0] % 8 + 1u) == e);
        if (e == OK)
            compare(&whole, &pieces);
        else
            assert(whole.uploads == NULL && pieces.uploads == NULL);
        request_close(&whole);
        request_close(&pieces);
    }
    arena_free(a);
    return 0;
}
