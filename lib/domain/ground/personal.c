#include "domain/ground/personal.h"

#include <assert.h>

#include "base/buf.h"
#include "base/random.h"
#include "crypto/crypto.h"
#include "json/json.h"

void personal_add(struct ctx *c, struct personal *list, struct json_object *details, const char *name,
                  const char *value)
{
    unsigned char sum[HASH_BYTES];
    struct buf b = { 0 };

    if (is_blank(value))
        return;
    assert(list->n < PERSONAL_MAX && "what is hashed into a row is kept beside it");
    random_bytes(list->v[list->n].salt, sizeof list->v[0].salt);
    buf_add(&b, list->v[list->n].salt, sizeof list->v[0].salt);
    buf_str(&b, value);
    sha256(sum, b.data, b.len);
    buf_free(&b);
    json_object_object_add(details, name,
                           json_object_new_string(hex_text(c->a, sum, sizeof sum)));
    list->v[list->n].name = name;
    list->v[list->n++].value = value;
}

enum err personal_keep_tx(struct ctx *c, const struct stmt *insert, int64_t row, const struct personal *list)
{
    enum err e = OK;

    for (size_t i = 0; i < list->n && e == OK; i++)
        e = db_exec(c->db, NULL, insert, row, list->v[i].name, list->v[i].value, list->v[i].salt,
                    sizeof list->v[i].salt);
    return e;
}
