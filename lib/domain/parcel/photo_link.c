#include "domain/parcel/photo_link.h"

#include <unistd.h>

#include "base/random.h"
#include "crypto/crypto.h"
#include "domain/ground/operation.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/parcel/texts.h"
#include "domain/people/session.h"
#include "queue/job.h"
#include "queue/settle.h"

#define TOKEN_SYMBOLS 22         /* a token has 131 bits: its symbols are of base62 */
#define FORM_SYMBOLS 22
#define BODIES_MOST 24           /* questions whether a body may come, of one link; a large body asks twice */

static const struct stmt insert = STMT("photo_link_insert", "biisi",
    "INSERT INTO photo_links (token_hash, user_id, session_id, form, at) VALUES ($1, $2, $3, $4, $5) RETURNING id");
static const struct stmt end = STMT("photo_link_end", "siii",
    "UPDATE photo_links SET ended_at = $4 WHERE form = $1 AND user_id = $2 AND session_id = $3 AND ended_at IS NULL");
static const struct stmt by_token = STMT("photo_link_by_token", "bi",
    "SELECT id, user_id, session_id, form, at FROM photo_links WHERE token_hash = $1 AND at > $2 AND ended_at IS NULL");
#define OF_FORM " FROM linked_photos f JOIN photo_links l ON l.id = f.link_id"                   \
    " WHERE l.form = $1 AND l.user_id = $2 AND l.session_id = $3 AND f.at > $4"
static const struct stmt count_of = STMT("linked_photos_count", "siii", "SELECT count(*)" OF_FORM);
static const struct stmt list_of = STMT("linked_photos_of", "siii", "SELECT f.id, f.state" OF_FORM " ORDER BY f.id");
static const struct stmt one_of = STMT("linked_photo_of", "siiii",
    "SELECT f.spool_path, f.size, f.preview" OF_FORM " AND f.id = $5");
static const struct stmt keep = STMT("linked_photo_insert", "isii",
    "INSERT INTO linked_photos (link_id, state, spool_path, size, at) VALUES ($1, 'pending', $2, $3, $4) RETURNING id");
static const struct stmt forget = STMT("linked_photo_forget", "i", "DELETE FROM linked_photos WHERE id = $1");
static const struct stmt old_photos = STMT("linked_photos_old", "i",
    "SELECT f.id, f.spool_path FROM linked_photos f JOIN photo_links l ON l.id = f.link_id WHERE l.at <= $1");
static const struct stmt old_links = STMT("photo_links_old", "i", "DELETE FROM photo_links WHERE at <= $1");
static const struct stmt lost = STMT("linked_photo_lost", "i",
    "UPDATE linked_photos SET state = 'failed' WHERE id = $1 AND state = 'pending'");
DB_REGISTER(&insert, &end, &by_token, &count_of, &list_of, &one_of, &keep, &forget, &old_photos, &old_links, &lost)

static enum err preview_lost_tx(struct ctx *c, int64_t id, enum job_ending how UNUSED, const char *why UNUSED)
{
    return db_exec(c->db, NULL, &lost, id);
}
JOB_SETTLED({ "photo.preview", preview_lost_tx })

static const struct field linked_photo_rows[] = {
    FIELD(struct linked_photo, id, F_INT, "Número de la foto"),
    FIELD(struct linked_photo, state, F_TEXT, "pending, ready o failed: si ya se puede ver"),
};
const struct fields linked_photo_fields = FIELDS(linked_photo_rows);

/* ---- the link ---- */

static bool form_is_ours(const char *form)
{
    return form != NULL && strlen(form) == FORM_SYMBOLS && strspn(form, ALPHABET_BASE62) == FORM_SYMBOLS;
}

struct linking { struct ctx *c; struct photo_link *link; unsigned char hash[HASH_BYTES]; };

static enum err photo_link_new_tx(struct db *db UNUSED, void *arg)
{
    struct linking *x = arg;
    struct ctx *c = x->c;
    struct photo_link *l = x->link;
    enum err e = db_exec(c->db, NULL, &end, l->form, c->user_id, c->session_id, c->now);

    return e != OK ? e : db_insert(c->db, &l->id, &insert, x->hash, sizeof x->hash, c->user_id, c->session_id, l->form, c->now);
}

enum err photo_link_new(struct ctx *c, const char *form, struct photo_link *out)
{
    struct linking x = { .c = c, .link = out };

    *out = (struct photo_link){ .user_id = c->user_id, .session_id = c->session_id, .until = c->now + PHOTO_LINK_S,
                                .form = form_is_ours(form) ? form : random_text(c->a, ALPHABET_BASE62, FORM_SYMBOLS),
                                .token = random_text(c->a, ALPHABET_BASE62, TOKEN_SYMBOLS) };
    token_hash(x.hash, out->token);
    return domain_operation(c, "photo_link", photo_link_new_tx, &x);
}

struct link_ending { struct ctx *c; const char *form; };

static enum err photo_link_end_tx(struct db *db UNUSED, void *arg)
{
    const struct link_ending *x = arg;

    return db_exec(x->c->db, NULL, &end, x->form, x->c->user_id, x->c->session_id, x->c->now);
}

enum err photo_link_end(struct ctx *c, const char *form)
{
    struct link_ending x = { c, form };

    return domain_write(c, photo_link_end_tx, &x);
}

static enum err photo_link_read(struct ctx *c, const char *token, struct photo_link *out)
{
    unsigned char hash[HASH_BYTES];
    struct rows q;
    enum err e;

    *out = (struct photo_link){ 0 };
    token_hash(hash, token != NULL ? token : "");
    e = db_one(c->db, &q, &by_token, hash, sizeof hash, c->now - PHOTO_LINK_S);
    if (e != OK)
        return e;
    *out = (struct photo_link){ .id = db_int(&q, 0), .user_id = db_int(&q, 1), .session_id = db_int(&q, 2),
                                .form = db_dup(&q, 3, c->a), .until = db_int(&q, 4) + PHOTO_LINK_S };
    if ((e = db_end(&q)) != OK)
        return e;
    if (!session_lives(c, out->session_id, out->user_id))
        return E_NOT_FOUND;
    return db_value(c->db, &out->photos, &count_of, out->form, out->user_id, out->session_id, c->now - LINKED_PHOTO_S);
}

enum err photo_link_open(struct ctx *c, const char *token, struct photo_link *out)
{
    enum err e = photo_link_read(c, token, out);

    return e == E_NOT_FOUND ? ctx_fail(c, E_NOT_FOUND, NULL, T_PHOTO_LINK_DEAD, NULL) : domain_fault(c, e);
}

/* ---- what the phone sends ---- */

struct body_count { struct ctx *c; int64_t link_id; };

static enum err photo_link_count_tx(struct db *db UNUSED, void *arg)
{
    const struct body_count *x = arg;

    return throttle_spend_tx(x->c, arena_printf(x->c->a, "photo_link:%lld", (long long)x->link_id), 1, BODIES_MOST,
                             PHOTO_LINK_S);
}

enum err photo_link_admit(struct ctx *c, const char *token)
{
    struct photo_link l;
    struct body_count x = { .c = c };
    enum err e = photo_link_open(c, token, &l);

    x.link_id = l.id;
    return e != OK ? e : throttle_uncounted(c, domain_write(c, photo_link_count_tx, &x));
}

struct sending { struct ctx *c; const char *token; const struct photo_in *photos; size_t n; };

static enum err photo_link_send_tx(struct db *db UNUSED, void *arg)
{
    const struct sending *s = arg;
    struct ctx *c = s->c;
    struct photo_link l;
    const char *answer;
    int64_t id;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e;
    e = photo_link_open(c, s->token, &l);
    if (e == OK && l.photos + (int64_t)s->n > PHOTOS_MAX)
        return ctx_fail(c, E_INVALID, "photos", T_PHOTO_LINK_FULL, NULL);
    for (size_t i = 0; e == OK && i < s->n; i++) {
        e = db_insert(c->db, &id, &keep, l.id, s->photos[i].path, s->photos[i].size, c->now);
        if (e == OK)
            e = job_add_tx(c, &(struct job_new){ .kind = "photo.preview", .about = id }, NULL);
    }
    return e != OK ? e : operation_end_tx(c, "");
}

enum err photo_link_send(struct ctx *c, const char *token, const struct photo_in *photos, size_t n)
{
    struct sending s = { c, token, photos, n };

    return domain_operation(c, "photo_link_send", photo_link_send_tx, &s);
}

/* ---- the photos at the counter ---- */

enum err linked_photos(struct ctx *c, const char *form, struct linked_photos *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &list_of, form, c->user_id, c->session_id, c->now - LINKED_PHOTO_S);

    *out = (struct linked_photos){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, linked_photo_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

/* A photo that waits for a form of the session in c; the preview goes to out, unless that is NULL. */
static enum err linked_photo_read(struct ctx *c, const char *form, int64_t id, struct photo_in *photo, struct buf *out)
{
    const void *preview;
    struct rows q;
    size_t n;
    enum err e = db_one(c->db, &q, &one_of, form, c->user_id, c->session_id, c->now - LINKED_PHOTO_S, id);

    if (e != OK)
        return e;
    photo->path = db_dup(&q, 0, c->a);
    photo->size = db_int(&q, 1);
    preview = db_blob(&q, 2, &n);
    if (out != NULL)
        buf_add(out, preview, n);
    return db_end(&q);
}

enum err linked_photo_preview(struct ctx *c, const char *form, int64_t id, struct buf *out)
{
    struct photo_in photo;
    enum err e = linked_photo_read(c, form, id, &photo, out);

    if (e == E_NOT_FOUND || (e == OK && out->len == 0))
        return ctx_fail(c, E_NOT_FOUND, NULL, T_LINKED_PHOTO_GONE, NULL);
    return domain_fault(c, e);
}

struct linked_removing { struct ctx *c; const char *form; int64_t id; struct photo_in photo; };

static void linked_file_drop(void *path)
{
    unlink(path);
}

static enum err linked_photo_remove_tx(struct db *db, void *arg)
{
    struct linked_removing *x = arg;
    enum err e = linked_photo_read(x->c, x->form, x->id, &x->photo, NULL);

    if (e == E_NOT_FOUND)
        return ctx_fail(x->c, E_NOT_FOUND, NULL, T_LINKED_PHOTO_GONE, NULL);
    if (e == OK)
        e = db_exec(db, NULL, &forget, x->id);
    if (e == OK)
        db_after_commit(db, linked_file_drop, arena_strdup(x->c->a, x->photo.path));
    return e;
}

enum err linked_photo_remove(struct ctx *c, const char *form, int64_t id)
{
    struct linked_removing x = { .c = c, .form = form, .id = id };

    return domain_write(c, linked_photo_remove_tx, &x);
}

enum err linked_photo_take_tx(struct ctx *c, const struct photo_in *wanted, struct photo_in *out)
{
    enum err e;

    *out = *wanted;
    e = linked_photo_read(c, wanted->form, wanted->linked, out, NULL);
    if (e == E_NOT_FOUND)
        return ctx_fail(c, E_INVALID, "photos", T_LINKED_PHOTO_GONE, NULL);
    return e != OK ? e : db_exec(c->db, NULL, &forget, wanted->linked);
}

/* ---- cleaning ---- */

enum err photo_links_sweep_tx(struct ctx *c)
{
    const int64_t before = c->now - LINKED_PHOTO_S;
    int64_t *ids = NULL;
    size_t n = 0;
    struct rows q;
    enum err e = db_query(c->db, &q, &old_photos, before);

    if (e != OK)
        return e;
    while (db_next(&q)) {
        ids = arena_more(c->a, ids, n, sizeof *ids);
        ids[n++] = db_int(&q, 0);
        db_after_commit(c->db, linked_file_drop, db_dup(&q, 1, c->a));
    }
    e = db_end(&q);
    for (size_t i = 0; e == OK && i < n; i++)
        e = db_exec(c->db, NULL, &forget, ids[i]);
    return e != OK ? e : db_exec(c->db, NULL, &old_links, before);
}
