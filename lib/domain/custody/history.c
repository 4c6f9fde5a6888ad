#include "domain/custody/history.h"

#include "json/json.h"
#include "crypto/crypto.h"
#include "domain/custody/kinds.h"
#include "domain/ground/tx.h"

#define LIST_USUAL 50
#define LIST_MAX 200

#define SELECT                                                                                  \
    "SELECT e.id, e.package_id, e.kind, e.at, e.actor, e.user_id, u.full_name, e.state_before," \
    " e.state_after, e.details, e.undoes, e.hash, v.value,"                                     \
    " (SELECT json_group_object(w.name, w.value) FROM event_values w WHERE w.event_id = e.id)"  \
    " FROM package_events e LEFT JOIN users u ON u.id = e.user_id"                              \
    " LEFT JOIN event_values v ON v.event_id = e.id AND v.name = 'note'"
static const struct stmt of_package = STMT("events_of_package", "i", SELECT " WHERE e.package_id = $1 ORDER BY e.id");
/* A page of events, and before it those of earlier pages that it undoes, since its texts name them. */
static const struct stmt page_of = STMT("events_page", "iii",
    "WITH page AS (SELECT id, undoes FROM package_events WHERE package_id = $1 AND id > $2 ORDER BY id LIMIT $3) "
    SELECT " WHERE e.id IN (SELECT id FROM page UNION SELECT undoes FROM page) ORDER BY e.id");
DB_REGISTER(&of_package, &page_of)
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
    const char *note = e->note;
    const char *more = row != NULL && row->words != NULL && details != NULL ? row->words(c, details, values) : NULL;

    if (name == NULL)
        name = row == NULL ? e->kind : row->name;
    if (note == NULL && json_object_object_get_ex(details, "note", NULL))
        note = "texto borrado";
    json_object_put(details);
    return words_join(c, words_join(c, name, more), note);
}

static enum err events_read(struct ctx *c, enum err e, struct rows *q, struct package_events *out)
{
    *out = (struct package_events){ 0 };
    while (e == OK && db_next(q)) {
        struct package_event ev = { 0 };
        const void *hash;
        size_t n;

        db_fill(q, 0, package_event_fields, &ev, c->a);
        hash = db_blob(q, COLUMN_HASH, &n);
        ev.hash = hex_text(c->a, hash, n);
        ev.note = db_dup(q, COLUMN_NOTE, c->a);
        ev.text = event_text(c, &ev, out, db_text(q, COLUMN_VALUES));
        out->v = arena_more(c->a, out->v, out->n, sizeof *out->v);
        out->v[out->n++] = ev;
    }
    return domain_fault(c, e != OK ? e : db_end(q));
}

enum err package_events(struct ctx *c, int64_t id, struct package_events *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &of_package, id);

    return events_read(c, e, &q, out);
}

enum err event_list(struct ctx *c, const struct event_filter *f, struct package_events *out)
{
    const size_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : (size_t)f->limit;
    struct rows q;
    enum err e = db_query(c->db, &q, &page_of, f->id, f->after, (int64_t)limit + 1);

    e = events_read(c, e, &q, out);
    while (e == OK && out->n > 0 && out->v[0].id <= f->after) {      /* the event stands on an earlier page */
        out->v++;
        out->n--;
    }
    if (out->n > limit)
        out->next = out->v[--out->n - 1].id;
    return e;
}
