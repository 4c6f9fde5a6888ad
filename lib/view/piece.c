/* Pieces are rendered parts of pages that are kept and used again for the same values.  A piece's template
 * sees only the fields of one object, so its name, these fields and the day are its whole key: when a value
 * changes, so does the key, and no piece ever has to be dropped. */
#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "view/inside.h"

#define PIECES 1024              /* rows of lists, about 1 kB each */

struct piece {
    uint64_t hash;
    size_t key_len, text_len;
    char bytes[];                /* the key, then the text */
};

/* The pieces of this process, which is single-threaded; a piece lies at its hash modulo PIECES. */
static struct piece *pieces[PIECES];

static void key_text(struct buf *key, const char *s)
{
    buf_char(key, s == NULL ? '-' : '+');
    if (s != NULL)
        buf_add(key, s, strlen(s) + 1);
}

/* Makes the key: the template's name, the day (since "hoy" depends on it), and each value of the object. */
static void key_make(struct buf *key, const char *name, int64_t now, struct fields f, const void *object)
{
    int64_t day = clock_day(now);

    key_text(key, name);
    buf_add(key, &day, sizeof day);
    for (size_t i = 0; i < f.count; i++)
        if (field_is_text(&f.rows[i])) {
            key_text(key, field_text(&f.rows[i], object));
        } else {
            int64_t n = field_int(&f.rows[i], object);

            assert(field_is_int(&f.rows[i]) && !field_is_none(&f.rows[i], object));
            buf_add(key, &n, sizeof n);
        }
}

static void piece_keep(struct piece **at, uint64_t hash, const struct buf *key, const char *text, size_t n)
{
    struct piece *p = malloc(sizeof *p + key->len + n);

    if (p == NULL)
        abort();
    p->hash = hash;
    p->key_len = key->len;
    p->text_len = n;
    memcpy(p->bytes, key->data, key->len);
    memcpy(p->bytes + key->len, text, n);
    free(*at);
    *at = p;
}

static enum err piece_render(struct view *v, const char *name, struct fields f, const void *object,
                             view_fill *fill, struct buf *out)
{
    struct view *own = view_new(v->a, v->conf, v->now);
    enum err e;

    view_fields(view_root(own), f, object);
    if (fill != NULL)
        fill(view_root(own), v->a, object);
    e = view_render(own, name, out);
    return e;
}

enum err view_piece(struct view *v, const char *name, struct fields f, const void *object,
                    view_fill *fill, struct buf *out)
{
    struct buf key = { 0 };
    size_t start = out->len;
    struct piece **at;
    uint64_t hash;
    enum err e = OK;

    key_make(&key, name, v->now, f, object);
    hash = hash_bytes(key.data, key.len);      /* keys that collide cost a rendering, since whole keys are compared */
    at = &pieces[hash % PIECES];
    if (*at != NULL && (*at)->hash == hash && (*at)->key_len == key.len
        && memcmp((*at)->bytes, key.data, key.len) == 0) {
        buf_add(out, (*at)->bytes + key.len, (*at)->text_len);
    } else {
        e = piece_render(v, name, f, object, fill, out);
        if (e == OK && !v->conf->development)    /* in development templates change */
            piece_keep(at, hash, &key, out->data + start, out->len - start);
    }
    buf_free(&key);
    return e;
}

void pieces_forget(void)
{
    for (size_t i = 0; i < PIECES; i++) {
        free(pieces[i]);
        pieces[i] = NULL;
    }
}
