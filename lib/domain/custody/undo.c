#include "domain/custody/undo.h"

#include "domain/custody/history.h"
#include "domain/custody/kinds.h"
#include "domain/custody/texts.h"
#include "domain/custody/undo_step.h"
#include "domain/message/notification.h"
#include "domain/parcel/batch.h"
#include "domain/parcel/package_write.h"
#include "domain/parcel/texts.h"
#include "json/json.h"
#include "base/log.h"

static const struct stmt latest = STMT("undo_latest", "i",
    "SELECT id, kind, at, user_id, state_before, details, undoes FROM package_events WHERE package_id = $1"
    " ORDER BY id DESC");
DB_REGISTER(&latest)

struct choosing {
    struct undo u;
    int64_t meant;               /* the event to undo, or 0: the latest that can be undone */
    const struct event_kind *kind;       /* the found event's; NULL: none was found */
    int64_t later;               /* an event that came after it and is no trifle, or 0 */
    int64_t *undone;             /* events met on the way back that were undone */
    size_t undone_count;
};

static void event_take(struct undo *u, struct rows *q, struct json_object *details)
{
    const char *text;

    u->event = db_int(q, 0);
    u->at = db_int(q, 2);
    u->user = db_int(q, 3);
    u->before = db_dup(q, 4, u->c->a);
    if (json_get_text(details, "position", &text))
        u->position = arena_strdup(u->c->a, text);
    if (json_get_text(details, "from", &text))
        u->from = arena_strdup(u->c->a, text);
    json_get_int(details, "authorization", &u->authorization);
    u->unannounced = json_object_get_boolean(json_object_object_get(details, "unannounced"));
    u->named = json_object_get_boolean(json_object_object_get(details, "named"));
}

static bool was_undone(const struct choosing *x, int64_t id)
{
    for (size_t i = 0; i < x->undone_count; i++)
        if (x->undone[i] == id)
            return true;
    return false;
}

/* Looks at an event, from the newest on; true ends the search: this is the event to undo, or there is
 * none.  An event that was undone, and the event that undid it, count for nothing; but when no event
 * is meant, an undoing that is met ends the search. */
static bool event_look_at(struct choosing *x, struct rows *q, struct json_object *details)
{
    const int64_t id = db_int(q, 0), undoes = db_int(q, 6);
    const struct event_kind *kind = event_kind_of(db_text(q, 1), details);

    if (undoes != 0) {
        x->undone = arena_more(x->u.c->a, x->undone, x->undone_count, sizeof *x->undone);
        x->undone[x->undone_count++] = undoes;
        return x->meant == 0 || undoes == x->meant;
    }
    if ((x->meant == 0 || id == x->meant) && kind != NULL && kind->undo != NULL) {
        x->kind = kind;
        event_take(&x->u, q, details);
    } else if (!was_undone(x, id) && (kind == NULL || !kind->trifle))
        x->later = id;
    return x->kind != NULL || id == x->meant;
}

static enum err event_choose(struct choosing *x)
{
    struct ctx *c = x->u.c;
    bool found = false;
    struct rows q;
    enum err e = db_query(c->db, &q, &latest, x->u.id);

    if (e != OK)
        return e;
    while (!found && db_next(&q)) {
        const char *text = db_text(&q, 5);
        const struct text *why;
        struct json_object *details = json_parse(text, strlen(text), &why);

        found = event_look_at(x, &q, details);
        json_object_put(details);
    }
    e = db_end(&q);
    return e == OK && x->kind == NULL ? ctx_fail(c, E_CONFLICT, NULL, T_UNDO_NOTHING, NULL) : e;
}

static enum err refuse_later(struct ctx *c, int64_t package, int64_t later)
{
    struct package_events all;
    enum err e = package_events(c, package, &all);

    for (size_t i = 0; e == OK && i < all.n; i++)
        if (all.v[i].id == later)
            return ctx_fail(c, E_CONFLICT, NULL, T_UNDO_LATER, all.v[i].text, NULL);
    return e != OK ? e : E_INTERNAL;
}

static enum err undo_check(const struct choosing *x)
{
    struct ctx *c = x->u.c;

    if (x->u.user == 0 || x->u.user != c->user_id)
        return ctx_fail(c, E_FORBIDDEN, NULL, T_UNDO_OTHER, NULL);
    if (c->now - x->u.at > c->conf->undo_s)
        return ctx_fail(c, E_CONFLICT, NULL, T_UNDO_LATE, arena_printf(c->a, "%lld",
                        (long long)c->conf->undo_s), NULL);
    return x->later != 0 ? refuse_later(c, x->u.id, x->later) : OK;
}

static enum err undo_one_tx(struct choosing *x)
{
    struct undo *u = &x->u;
    struct ctx *c = u->c;
    enum err e = package_by_id(c, u->id, u->p);
    const char *state;

    if (e == OK)
        e = event_choose(x);
    if (e != OK)
        return e;
    state = u->p->state;
    if ((e = undo_check(x)) != OK || (e = x->kind->undo(u)) != OK
        || (e = package_by_id(c, u->id, u->p)) != OK
        || (e = event_add_tx(c, u->p, (struct event_new){ .kind = "ANULACION", .before = state,
                .after = u->p->state, .undoes = u->event })) != OK
        || (e = notify_withdraw_tx(c, u->id, u->event)) != OK
        || (e = notify_withdraw_untrue_tx(c, u->id, u->p->state)) != OK
        || (e = notify_restore_tx(c, u->id, u->p->state, (int)c->conf->undo_s)) != OK
        || (e = batch_follow_tx(c, u->id)) != OK)
        return e;
    return package_by_id(c, u->id, u->p);
}

enum err package_undo_tx(struct ctx *c, int64_t id, struct package *out)
{
    struct choosing x = { .u = { .c = c, .id = id, .p = out } };

    return undo_one_tx(&x);
}

static enum err undo_tx(void *arg)
{
    struct choosing run = *(const struct choosing *)arg;     /* each run of the write searches anew */

    return undo_one_tx(&run);
}

enum err package_undo_event(struct ctx *c, int64_t id, int64_t event, struct package *out)
{
    struct choosing x = { .u = { .c = c, .id = id, .p = out }, .meant = event };

    return package_write(c, "undo", id, out, undo_tx, &x);
}

enum err package_undo(struct ctx *c, int64_t id, struct package *out)
{
    return package_undo_event(c, id, 0, out);
}
