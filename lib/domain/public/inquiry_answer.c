#include "domain/public/inquiry_answer.h"

#include "base/utf8.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/people/user.h"
#include "domain/public/inquiry_tell.h"
#include "domain/public/texts.h"
#include "json/json.h"

static const struct stmt read_one = STMT("inquiry_read", "i",
    "UPDATE inquiries SET state = 'LEIDO' WHERE id = $1 AND state = 'ABIERTO'");
static const struct stmt assign_one = STMT("inquiry_assign", "iIi",
    "UPDATE inquiries SET assigned_to = $2, state = CASE WHEN $2 = $3 AND state = 'ABIERTO' THEN 'LEIDO' ELSE state END"
    " WHERE id = $1 AND state <> 'CERRADO'");
static const struct stmt answer_one = STMT("inquiry_answer", "ii",
    "UPDATE inquiries SET state = 'RESPONDIDO', again_at = NULL, assigned_to = coalesce(assigned_to, $2)"
    " WHERE id = $1 AND state <> 'CERRADO'");
static const struct stmt close_one = STMT("inquiry_close", "iiis",
    "UPDATE inquiries SET state = 'CERRADO', closed_at = $2, closed_by = $3, outcome = $4 WHERE id = $1 AND state <> 'CERRADO'"
    " AND (kind <> 'NO_LLEGO' OR $4 IS NOT NULL OR state = 'RESPONDIDO')");
static const struct stmt reopen_one = STMT("inquiry_reopen", "iii",
    "UPDATE inquiries SET state = 'LEIDO', again_at = $2, assigned_to = $3, closed_at = NULL, closed_by = NULL, outcome = NULL"
    " WHERE id = $1 AND state IN ('RESPONDIDO', 'CERRADO')");
static const struct stmt sort_one = STMT("inquiry_sort", "iss", "UPDATE inquiries SET priority = $2, category = $3 WHERE id = $1");
DB_REGISTER(&read_one, &assign_one, &answer_one, &close_one, &reopen_one, &sort_one)

struct acting {
    struct ctx *c;
    int64_t id, user_id;
    const struct inquiry_answer_in *in;
    const struct inquiry_sort_in *sort;
    const char *content;
    struct inquiry *out;
};

/* Ends an act: it is in the audit log, and *x->out is as it is now. */
static enum err acting_end_tx(struct acting *x, const char *action)
{
    const enum err e = audit_tx(x->c, action, "inquiry", x->id, NULL);

    return e != OK ? e : inquiry_by_id(x->c, x->id, x->out);
}

/* Runs an act once for a key; *x->out is then as it is now. */
static enum err acting_once(struct acting *x, const char *op, enum err (*fn)(struct db *db, void *arg))
{
    const enum err e = operation_once(x->c, op, fn, x, NULL);

    return e == OK && x->c->replayed ? inquiry_by_id(x->c, x->id, x->out) : e;
}

static enum err inquiry_read_tx(struct db *db, void *arg)
{
    struct acting *x = arg;
    int64_t changed = 0;
    enum err e = inquiry_by_id(x->c, x->id, x->out);

    if (e == OK)
        e = db_exec(db, &changed, &read_one, x->id);
    return e != OK || changed == 0 ? e : acting_end_tx(x, "inquiry_read");
}

enum err inquiry_read(struct ctx *c, int64_t id, struct inquiry *out)
{
    struct acting x = { .c = c, .id = id, .out = out };

    return acting_once(&x, "inquiry_read", inquiry_read_tx);
}

static bool answers_questions(const struct user *u)
{
    return u->is_active != 0 && role_parse(u->role) >= ROLE_OPERADOR;
}

enum err inquiry_clerks(struct ctx *c, struct users *out)
{
    struct users all;
    enum err e = user_list(c, &all);

    *out = (struct users){ 0 };
    if (e != OK)
        return e;
    out->v = arena_alloc(c->a, (all.n + 1) * sizeof *out->v);
    for (size_t i = 0; i < all.n; i++)
        if (answers_questions(&all.v[i]))
            out->v[out->n++] = all.v[i];
    return OK;
}

/* E_INVALID for somebody who answers no questions. */
static enum err clerk_check(struct ctx *c, int64_t user_id)
{
    struct user u;
    const enum err e = user_by_id(c, user_id, &u);

    if (e != OK && e != E_NOT_FOUND)
        return e;
    return e == E_NOT_FOUND || !answers_questions(&u) ? ctx_fail(c, E_INVALID, "user_id", T_INQUIRY_CLERK, NULL) : OK;
}

/* The audit log says whose it was and whose it is. */
static enum err assigned_audit_tx(struct acting *x, const char *before)
{
    struct json_object *details = json_object_new_object();

    json_add_text(details, "before", before);
    json_add_text(details, "after", x->out->assigned_name);
    return audit_tx(x->c, "inquiry_assign", "inquiry", x->id, details);
}

static enum err inquiry_assign_tx(struct db *db, void *arg)
{
    struct acting *x = arg;
    struct ctx *c = x->c;
    const char *before = NULL;
    int64_t changed = 0;
    enum err e = inquiry_by_id(c, x->id, x->out);

    if (e == OK)
        before = x->out->assigned_name;
    if (e == OK && x->user_id != 0)
        e = clerk_check(c, x->user_id);
    if (e == OK)
        e = db_exec(db, &changed, &assign_one, x->id, x->user_id, c->user_id);
    if (e == OK && changed == 0)
        e = ctx_fail(c, E_CONFLICT, NULL, T_INQUIRY_OVER, NULL);
    if (e == OK)
        e = inquiry_by_id(c, x->id, x->out);
    return e != OK ? e : assigned_audit_tx(x, before);
}

enum err inquiry_assign(struct ctx *c, const struct inquiry_assign_in *in, struct inquiry *out)
{
    struct acting x = { .c = c, .id = in->id, .user_id = in->user_id, .out = out };

    return acting_once(&x, "inquiry_assign", inquiry_assign_tx);
}

/* "Alta, Lo que cuesta", as the audit log says it. */
static const char *sorted_words(struct ctx *c, const struct inquiry *i)
{
    const char *category = words_of(inquiry_categories, i->category);

    return arena_printf(c->a, "%s%s%s", words_or_value(inquiry_priorities, i->priority), category != NULL ? ", " : "",
                        category != NULL ? category : "");
}

static enum err inquiry_sort_tx(struct db *db, void *arg)
{
    struct acting *x = arg;
    struct ctx *c = x->c;
    struct json_object *details;
    const char *before;
    enum err e = inquiry_by_id(c, x->id, x->out);

    if (e != OK)
        return e;
    before = sorted_words(c, x->out);
    e = db_exec(db, NULL, &sort_one, x->id, is_blank(x->sort->priority) ? x->out->priority : x->sort->priority,
                is_blank(x->sort->category) ? x->out->category : x->sort->category);
    if (e == OK)
        e = inquiry_by_id(c, x->id, x->out);
    if (e != OK || streq(before, sorted_words(c, x->out)))
        return e;
    details = json_object_new_object();
    json_add_text(details, "before", before);
    json_add_text(details, "after", sorted_words(c, x->out));
    return audit_tx(c, "inquiry_sort", "inquiry", x->id, details);
}

enum err inquiry_sort(struct ctx *c, const struct inquiry_sort_in *in, struct inquiry *out)
{
    struct acting x = { .c = c, .id = in->id, .sort = in, .out = out };

    return acting_once(&x, "inquiry_sort", inquiry_sort_tx);
}

/* The number of what who asked added last; 0: nothing. */
static int64_t text_newest(const struct inquiry *i)
{
    int64_t newest = 0;

    for (size_t k = 0; k < i->texts.n; k++)
        if (i->texts.v[k].user_id == 0)
            newest = i->texts.v[k].id;
    return newest;
}

static enum err answer_one_tx(struct acting *x)
{
    struct ctx *c = x->c;
    int64_t changed = 0, text = 0;
    enum err e;

    if (x->in->seen != NULL && text_newest(x->out) > *x->in->seen)
        return ctx_fail(c, E_CONFLICT, "answer", T_INQUIRY_MORE, NULL);
    e = db_exec(c->db, &changed, &answer_one, x->id, c->user_id);
    if (e == OK && changed == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_INQUIRY_OVER, NULL);
    if (e == OK)
        e = inquiry_text_add_tx(c, x->id, x->content, &text);
    if (e == OK)
        e = inquiry_tell_tx(c, x->out, text, x->content);
    if (e == OK && x->in->close)
        e = inquiry_close_tx(c, x->id, NULL);
    return e != OK ? e : acting_end_tx(x, "inquiry_answer");
}

static enum err inquiry_answer_tx(struct db *db UNUSED, void *arg)
{
    struct acting *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK)
        e = inquiry_by_id(c, x->id, x->out);
    if (e != OK || answer != NULL)
        return e;
    e = answer_one_tx(x);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->id, 1));
}

enum err inquiry_answer(struct ctx *c, const struct inquiry_answer_in *in, struct inquiry *out)
{
    struct acting x = { .c = c, .id = in->id, .in = in, .out = out };

    x.content = is_blank(in->answer) ? "" : utf8_visible(c->a, in->answer);
    if (is_blank(x.content) || utf8_length(x.content) < ANSWER_LEAST)
        return ctx_fail(c, E_INVALID, "answer", T_INQUIRY_ANSWER_SHORT, NULL);
    return domain_operation(c, "inquiry_answer", inquiry_answer_tx, &x);
}

enum err inquiry_close_tx(struct ctx *c, int64_t id, const char *outcome)
{
    struct inquiry i;
    int64_t changed = 0;
    enum err e = db_exec(c->db, &changed, &close_one, id, c->now, c->user_id, outcome);

    if (e == OK && changed == 0 && (e = inquiry_by_id(c, id, &i)) == OK)
        e = ctx_fail(c, E_CONFLICT, NULL, i.closed_at != 0 ? T_INQUIRY_CLOSED : T_MISSING_OPEN, NULL);
    return e != OK ? e : audit_tx(c, "inquiry_close", "inquiry", id, NULL);
}

static enum err inquiry_closing_tx(struct db *db UNUSED, void *arg)
{
    struct acting *x = arg;
    enum err e = inquiry_by_id(x->c, x->id, x->out);

    if (e == OK)
        e = inquiry_close_tx(x->c, x->id, NULL);
    return e != OK ? e : inquiry_by_id(x->c, x->id, x->out);
}

enum err inquiry_close(struct ctx *c, int64_t id, struct inquiry *out)
{
    struct acting x = { .c = c, .id = id, .out = out };

    return acting_once(&x, "inquiry_close", inquiry_closing_tx);
}

struct closing_many { struct ctx *c; const int64_t *ids; size_t n; int64_t *closed; };

static enum err inquiries_close_tx(struct db *db UNUSED, void *arg)
{
    struct closing_many *x = arg;
    enum err e = OK;

    *x->closed = 0;
    for (size_t i = 0; i < x->n && e == OK; i++) {
        e = inquiry_close_tx(x->c, x->ids[i], NULL);
        *x->closed += e == OK;
        if (e == E_CONFLICT) {   /* somebody else was quicker, or the box is still looked for */
            e = OK;
            x->c->fault = (struct fault){ 0 };
        }
    }
    return e == OK && *x->closed == 0 ? ctx_fail(x->c, E_CONFLICT, "ids", T_INQUIRIES_NONE, NULL) : e;
}

enum err inquiries_close(struct ctx *c, const int64_t *ids, size_t n, int64_t *closed)
{
    struct closing_many x = { c, ids, n, closed };

    if (n == 0)
        return ctx_fail(c, E_INVALID, "ids", T_INQUIRIES_PICK, NULL);
    return domain_write(c, inquiries_close_tx, &x);
}

static enum err inquiry_reopen_tx(struct db *db, void *arg)
{
    struct acting *x = arg;
    int64_t changed = 0;
    enum err e = inquiry_by_id(x->c, x->id, x->out);

    if (e == OK)
        e = db_exec(db, &changed, &reopen_one, x->id, x->c->now, x->c->user_id);
    if (e == OK && changed == 0)
        return ctx_fail(x->c, E_CONFLICT, NULL, T_INQUIRY_WAITS, NULL);
    return e != OK ? e : acting_end_tx(x, "inquiry_reopen");
}

enum err inquiry_reopen(struct ctx *c, int64_t id, struct inquiry *out)
{
    struct acting x = { .c = c, .id = id, .out = out };

    return acting_once(&x, "inquiry_reopen", inquiry_reopen_tx);
}
