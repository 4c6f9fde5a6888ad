/* Idempotency: reads the key (header of the API, hidden field of a form) and the
 * request's fingerprint into the context; domain/operation does the work. */
#include <stdlib.h>

#include "app/call.h"
#include "app/texts.h"
#include "base/random.h"
#include "base/texts.h"
#include "crypto/crypto.h"
#include "domain/ground/operation.h"
#include "http/multipart.h"
#include "http/texts.h"

#define KEY_MIN 16
#define KEY_MAX 128
#define KEY_SYMBOLS ALPHABET_BASE62 "-_.:"

static int pair_order(const void *x, const void *y)
{
    const struct pair *a = x, *b = y;
    int by_name = strcmp(a->name, b->name);

    return by_name != 0 ? by_name : strcmp(a->value, b->value);
}

/* Adds a name and value to the fingerprint, each with its length, so that different requests never look the
 * same. */
static void print_add(struct buf *b, const char *name, const char *value)
{
    buf_printf(b, "%zu:%s=%zu:%s;", strlen(name), name, strlen(value), value);
}

/* A password or a PIN is left out: whoever reads the fingerprint in the database could find a short one by trying. */
static bool is_printed(const struct call *k, const char *name)
{
    const struct params *p = k->r.route->params;

    for (size_t i = 0; p != NULL && i < p->count; i++)
        if (p->rows[i].type == P_RAW && streq(p->rows[i].name, name))
            return false;
    return !streq(name, "csrf") && !streq(name, "operation_id");
}

static void print_pairs(struct call *k, struct buf *b, const struct pairs *pairs)
{
    size_t n = pairs->n;
    struct pair *v = arena_alloc(k->c.a, (n + 1) * sizeof *v);

    if (n > 0)
        memcpy(v, pairs->v, n * sizeof *v);
    qsort(v, n, sizeof *v, pair_order);
    for (size_t i = 0; i < n; i++)
        if (is_printed(k, v[i].name))
            print_add(b, v[i].name, v[i].value);
}

static bool print_files(struct call *k, struct buf *b)
{
    unsigned char sum[HASH_BYTES];

    for (const struct upload *u = k->http.uploads; u != NULL; u = u->next) {
        if (!sha256_file(u->path, sum))
            return false;
        print_add(b, u->field, hex_text(k->c.a, sum, sizeof sum));
    }
    return true;
}

static bool operation_fingerprint(struct call *k)
{
    struct buf b = { 0 };
    unsigned char sum[HASH_BYTES];
    bool ok;

    print_add(&b, method_name(k->http.method), k->http.path);
    print_pairs(k, &b, &k->http.get);
    print_add(&b, "", "");       /* the query ends here: the same pair in the body is another request */
    print_pairs(k, &b, &k->http.post);
    if (k->http.json != NULL)
        json_write(&b, k->http.json);
    ok = print_files(k, &b);
    sha256(sum, b.data, b.len);
    buf_free(&b);
    k->c.operation_print = hex_text(k->c.a, sum, sizeof sum);
    return ok;
}

static bool key_is_good(const char *key)
{
    size_t n = strlen(key);

    return n >= KEY_MIN && n <= KEY_MAX && strspn(key, KEY_SYMBOLS) == n;
}

enum err operation_step(struct call *k)
{
    unsigned answer = k->r.route->answer;
    const char *key;

    if (!(answer & (IDEMPOTENT | OPTIONAL_KEY)) || k->http.method == GET)
        return OK;
    key = request_header(&k->http, "Idempotency-Key");
    if (key == NULL && !(answer & JSON))
        key = pairs_get(&k->http.post, "operation_id");
    if (key == NULL && (answer & OPTIONAL_KEY))
        return OK;
    if (key == NULL || !key_is_good(key))
        return ctx_fail(&k->c, E_MALFORMED, NULL, answer & JSON ? T_OPERATION_KEY : T_MALFORMED,
                        NULL);
    k->c.operation_key = operation_own_key(&k->c, key);
    return operation_fingerprint(k) ? OK : ctx_fail(&k->c, E_INTERNAL, NULL, T_INTERNAL, NULL);
}

const char *req_operation_sent(const struct req *r)
{
    return pairs_get(&r->http->post, "operation_id");
}

void req_operation(struct req *r)
{
    view_text(r->page, "operation_id", random_text(r->c->a, ALPHABET_BASE62, 22));
}
