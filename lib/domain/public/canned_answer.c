#include "domain/public/canned_answer.h"

#include "base/texts.h"
#include "base/utf8.h"
#include "domain/ground/audit.h"
#include "domain/ground/tx.h"
#include "domain/message/message_kind.h"
#include "domain/message/texts.h"
#include "domain/message/wording.h"
#include "domain/parcel/package_fee.h"
#include "domain/public/texts.h"
#include "local/money.h"

/* The groups of variables of which a question about a package knows the values; of none is a code. */
#define GROUPS (WORDS_ANY | WORDS_PACKAGE | WORDS_COST | WORDS_DISPUTE)

#define SELECT "SELECT n.id, n.title, n.body, n.changed_at, u.full_name FROM canned_answers n LEFT JOIN users u ON u.id = n.changed_by"
static const struct stmt all = STMT("canned_answers", "", SELECT " ORDER BY n.title COLLATE NOCASE");
static const struct stmt count = STMT("canned_answers_count", "", "SELECT count(*) FROM canned_answers");
static const struct stmt insert = STMT("canned_answer_insert", "ssii",
    "INSERT INTO canned_answers (title, body, changed_at, changed_by) VALUES ($1, $2, $3, $4) RETURNING id");
static const struct stmt update = STMT("canned_answer_update", "issii",
    "UPDATE canned_answers SET title = $2, body = $3, changed_at = $4, changed_by = $5 WHERE id = $1");
static const struct stmt remove_one = STMT("canned_answer_remove", "i", "DELETE FROM canned_answers WHERE id = $1");
DB_REGISTER(&all, &count, &insert, &update, &remove_one)

#define A struct canned_answer
static const struct field rows[] = {
    FIELD(A, id, F_INT, "Número"),
    FIELD(A, title, F_TEXT, "Título, como se elige"),
    FIELD(A, body, F_TEXT, "Lo que dice"),
    FIELD(A, changed_at, F_INSTANT, "Cuándo se cambió"),
    FIELD(A, changed_by_name, F_TEXT, "Quién la cambió"),
};
const struct fields canned_answer_fields = FIELDS(rows);

enum err canned_answer_list(struct ctx *c, struct canned_answers *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &all);

    *out = (struct canned_answers){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, canned_answer_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

/* ---- filled in ---- */

static const struct word package_words[] = {
    { "ANUNCIADO", "Todavía no ha llegado." }, { "RECIBIDO", "Ya está en el punto." }, { "ENTREGADO", "Ya se entregó." },
    { "CANCELADO", "Se canceló." }, WORDS_END
};

static enum err package_wording(struct ctx *c, const struct inquiry *i, struct wording *w)
{
    struct package p;
    struct fee fee;
    enum err e = package_by_id(c, i->package_id, &p);

    if (e != OK)
        return e;
    w->v[W_CODIGO] = p.tracking_code;
    w->v[W_ESTADO] = words_of(package_words, p.state);
    if (!streq(p.state, "RECIBIDO"))
        return OK;
    e = fee_of(c, &p, &fee);
    w->v[W_COSTO] = e == OK ? money_text(c->a, fee.total) : NULL;
    return e;
}

enum err canned_answers_for(struct ctx *c, const struct inquiry *i, struct canned_answers *out)
{
    struct wording w = { { NULL } };
    struct canned_answers list;
    enum err e = canned_answer_list(c, &list);

    *out = (struct canned_answers){ .v = arena_alloc(c->a, (list.n + 1) * sizeof *out->v) };
    wording_site(c, &w);
    w.v[W_HORARIO] = is_blank(w.v[W_HORARIO]) ? NULL : w.v[W_HORARIO];
    w.v[W_DIRECCION] = is_blank(w.v[W_DIRECCION]) ? NULL : w.v[W_DIRECCION];
    w.v[W_NOMBRE] = i->customer_name;
    w.v[W_GUIA] = i->guide_number;
    if (e == OK && i->package_id != 0)
        e = package_wording(c, i, &w);
    for (size_t k = 0; e == OK && k < list.n; k++) {
        const char *missing = NULL;

        list.v[k].body = wording_fill(c->a, list.v[k].body, &w, &missing);
        if (missing == NULL)
            out->v[out->n++] = list.v[k];
    }
    return e;
}

const char *canned_answer_names(struct ctx *c)
{
    return wording_group_names(c->a, GROUPS);
}

/* ---- written ---- */

struct canning { struct ctx *c; const struct canned_answer_in *in; int64_t id; };

static enum err canned_answer_check(struct ctx *c, const struct canned_answer_in *in)
{
    const char *unknown;

    c->fault = (struct fault){ 0 };
    if (is_blank(in->title))
        ctx_invalid(c, "title", T_REQUIRED, NULL);
    else if (utf8_length(in->title) > CANNED_TITLE)
        ctx_invalid(c, "title", T_TOO_LONG, count_text(c->a, CANNED_TITLE), NULL);
    if (is_blank(in->body))
        ctx_invalid(c, "body", T_REQUIRED, NULL);
    else if (utf8_length(in->body) > CANNED_BODY)
        ctx_invalid(c, "body", T_TOO_LONG, count_text(c->a, CANNED_BODY), NULL);
    else if ((unknown = wording_unknown(c->a, GROUPS, in->body)) != NULL)
        ctx_invalid(c, "body", T_WORD_UNKNOWN, unknown, canned_answer_names(c), NULL);
    return ctx_faults(c);
}

/* The answer as it is stored; its texts are NULL when there is none. */
static enum err canned_answer_read(struct ctx *c, int64_t id, struct canned_answer *out)
{
    struct canned_answers list;
    enum err e = canned_answer_list(c, &list);

    *out = (struct canned_answer){ 0 };
    for (size_t i = 0; e == OK && i < list.n; i++)
        if (list.v[i].id == id)
            *out = list.v[i];
    return e;
}

/* after: NULL of an answer that is taken away. */
static enum err canned_answer_audit_tx(struct canning *x, const char *action, const struct canned_answer *before,
                                       const struct canned_answer_in *after)
{
    const char *was = before->title == NULL ? "nada" : arena_printf(x->c->a, "%s: %s", before->title, before->body);
    const char *is = after == NULL ? "nada" : arena_printf(x->c->a, "%s: %s", after->title, after->body);

    return audit_note_tx(x->c, action, "canned_answer", x->id, NULL, arena_printf(x->c->a, "%s → %s", was, is));
}

static enum err canned_answer_save_tx(struct db *db, void *arg)
{
    struct canning *x = arg;
    struct ctx *c = x->c;
    struct canned_answer before;
    int64_t changed = 1;
    enum err e = canned_answer_read(c, x->in->id, &before);

    x->id = x->in->id;
    if (e != OK)
        return e;
    if (x->id == 0 && db_scalar(db, 0, &count) >= CANNED_MOST)
        return ctx_fail(c, E_CONFLICT, NULL, T_CANNED_MANY, count_text(c->a, CANNED_MOST), NULL);
    e = x->id == 0 ? db_insert(db, &x->id, &insert, x->in->title, x->in->body, c->now, c->user_id)
        : db_exec(db, &changed, &update, x->id, x->in->title, x->in->body, c->now, c->user_id);
    if (e == E_CONFLICT)
        return ctx_fail(c, E_INVALID, "title", T_CANNED_TWICE, NULL);
    if (e == OK && changed == 0)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_CANNED_NONE, NULL);
    return e != OK ? e : canned_answer_audit_tx(x, "canned_answer", &before, x->in);
}

enum err canned_answer_save(struct ctx *c, const struct canned_answer_in *in, int64_t *id)
{
    struct canning x = { .c = c, .in = in };
    enum err e = canned_answer_check(c, in);

    if (e == OK)
        e = domain_write(c, canned_answer_save_tx, &x);
    *id = e == OK ? x.id : 0;
    return e;
}

static enum err canned_answer_remove_tx(struct db *db, void *arg)
{
    struct canning *x = arg;
    struct canned_answer before;
    int64_t changed = 0;
    enum err e = canned_answer_read(x->c, x->id, &before);

    if (e == OK)
        e = db_exec(db, &changed, &remove_one, x->id);
    if (e == OK && changed == 0)
        return ctx_fail(x->c, E_NOT_FOUND, NULL, T_CANNED_NONE, NULL);
    return e != OK ? e : canned_answer_audit_tx(x, "canned_answer_remove", &before, NULL);
}

enum err canned_answer_remove(struct ctx *c, int64_t id)
{
    struct canning x = { .c = c, .id = id };

    return domain_write(c, canned_answer_remove_tx, &x);
}
