#include "domain/custody/history.h"

#include "json/json.h"
#include "crypto/crypto.h"
#include "domain/custody/kinds.h"
#include "domain/ground/tx.h"

static const struct stmt of_package = STMT("events_of_package", "i",
    "SELECT e.id, e.package_id, e.kind, e.at, e.actor, e.user_id, u.full_name, e.state_before,"
    " e.state_after, e.details, e.undoes, e.hash, v.value,"
    " (SELECT json_group_object(w.name, w.value) FROM event_values w WHERE w.event_id = e.id)"
    " FROM package_events e LEFT JOIN users u ON u.id = e.user_id"
    " LEFT JOIN event_values v ON v.event_id = e.id AND v.name = 'note'"
    " WHERE e.package_id = $1 ORDER BY e.id");
DB_REGISTER(&of_package)
enum { COLUMN_HASH = 11, COLUMN_NOTE, COLUMN_VALUES };       /* after package_event_fields */

static const char *words_join(struct ctx *c, const char *a, const char *b)
{
    return a == NULL ? b : b == NULL ? a : arena_printf(c->a, "%s · %s", a, b);
}

/* The name of an event whose row has one, else its whole line. */
static const char *event_name(const struct package_event *e)
{
    const struct text *why;
    struct json_object *details = json_parse(e->details, strlen(e->details), &why);
    const struct event_kind *row = event_kind_of(e->kind, details);
    const char *name = row != NULL && row->name != NULL ? row->name : e->text;

    json_object_put(details);
    return name;
}

static const char *undone_words(struct ctx *c, const struct package_events *before, int64_t id)
{
    for (size_t i = 0; i < before->n; i++)
        if (before->v[i].id == id)
            return arena_printf(c->a, "Se deshizo: %s", event_name(&before->v[i]));
    return NULL;
}

static const char *event_text(struct ctx *c, const struct package_event *e,
                              const struct package_events *before, const char *values)
{
    const struct text *why;
    struct json_object *details = json_parse(e->details, strlen(e->details), &why);
    const struct event_kind *row = event_kind_of(e->kind, details);
    const char *name = e->undoes != 0 ? undone_words(c, before, e->undoes) : NULL;
    const char *more = row != NULL && row->words != NULL && details != NULL ? row->words(c, details, values) : NULL;

    if (name == NULL)
        name = row == NULL ? e->kind : row->name;
    json_object_put(details);
    return words_join(c, words_join(c, name, more), e->note);
}

enum err package_events(struct ctx *c, int64_t id, struct package_events *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &of_package, id);

    *out = (struct package_events){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    while (db_next(&q)) {
        struct package_event ev = { 0 };
        const void *hash;
        size_t n;

        db_fill(&q, 0, package_event_fields, &ev, c->a);
        hash = db_blob(&q, COLUMN_HASH, &n);
        ev.hash = hex_text(c->a, hash, n);
        ev.note = db_dup(&q, COLUMN_NOTE, c->a);
        ev.text = event_text(c, &ev, out, db_text(&q, COLUMN_VALUES));
        out->v = arena_more(c->a, out->v, out->n, sizeof *out->v);
        out->v[out->n++] = ev;
    }
    return domain_fault(c, db_end(&q));
}
