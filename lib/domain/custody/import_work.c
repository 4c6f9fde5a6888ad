/* The work of an import's jobs: rows are looked at, and written. */
#include "base/clock.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "domain/custody/customer_change.h"
#include "domain/custody/import_row.h"
#include "domain/custody/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/tx.h"
#include "domain/people/customer_twin.h"
#include "domain/people/user.h"
#include "json/json.h"
#include "local/name.h"

#define FATES 5
#define COMPARED 50              /* rows of one phone that are compared */

static const struct stmt is_state = STMT("import_is", "is", "SELECT 1 FROM customer_imports WHERE id = $1 AND state = $2");
static const struct stmt last_line = STMT("import_last_line", "i",
    "SELECT coalesce(max(line), 0) FROM customer_import_rows WHERE import_id = $1");
static const struct stmt titles = STMT("import_titles", "ississ",
    "UPDATE customer_imports SET titles = $2, columns = $3, title_line = $4, format = $5 WHERE id = $1 AND state = $6");
/* The statements name their indexes: SQLite takes another one for the order of the lines, and then compares a row with the
 * whole file. */
static const struct stmt same_person = STMT("import_same_person", "isi",
    "SELECT line, name FROM customer_import_rows INDEXED BY customer_import_rows_person WHERE import_id = $1 AND person_key = $2 AND fate = 3 ORDER BY line LIMIT $3");
static const struct stmt same_document = STMT("import_same_document", "is",
    "SELECT line FROM customer_import_rows INDEXED BY customer_import_rows_document WHERE import_id = $1 AND document_key = $2 AND fate = 3 ORDER BY line LIMIT 1");
static const struct stmt row_add = STMT("import_row_add", "iiissssIiss",
    "INSERT INTO customer_import_rows (import_id, line, fate, person_key, document_key, name, cells, customer_id, version, field, words)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
static const struct stmt count_add = STMT("import_count", "iiiiiii",
    "UPDATE customer_imports SET rows = rows + $2, errors = errors + $3, twins = twins + $4, changes = changes + $5,"
    " fresh = fresh + $6, same = same + $7 WHERE id = $1");
static const struct stmt read_end = STMT("import_read", "is",
    "UPDATE customer_imports SET state = iif($2 IS NULL, 'read', 'failed'), error = $2, spool_path = NULL WHERE id = $1 AND state = 'reading'");
static const struct stmt open_rows = STMT("import_open_rows", "iii",
    "SELECT line, fate, cells, customer_id, version FROM customer_import_rows INDEXED BY customer_import_rows_open WHERE import_id = $1 AND done = 0"
    " AND fate BETWEEN 1 AND 3 AND (fate <> 1 OR $2 = 1) ORDER BY line LIMIT $3");
static const struct stmt row_done = STMT("import_row_done", "iiIis",
    "UPDATE customer_import_rows SET done = $4, customer_id = coalesce($3, customer_id), words = coalesce($5, words)"
    " WHERE import_id = $1 AND line = $2");
static const struct stmt done_add = STMT("import_done", "iii",
    "UPDATE customer_imports SET written = written + $2, skipped = skipped + $3 WHERE id = $1");
static const struct stmt write_end = STMT("import_end", "ii",
    "UPDATE customer_imports SET state = 'done', ended_at = $2 WHERE id = $1 AND state = 'writing'");
static const struct stmt left_alone = STMT("import_left", "ii",
    "UPDATE customer_imports SET state = 'cancelled', ended_at = $2, spool_path = NULL"
    " WHERE at < $1 AND state IN ('reading', 'read', 'writing')");
static const struct stmt forget = STMT("import_forget", "ii",
    "DELETE FROM customer_import_rows WHERE (import_id, line) IN (SELECT r.import_id, r.line FROM customer_imports i"
    " CROSS JOIN customer_import_rows r ON r.import_id = i.id WHERE i.at < $1 LIMIT $2)");
DB_REGISTER(&is_state, &last_line, &titles, &same_person, &same_document, &row_add, &count_add, &read_end, &open_rows, &row_done,
            &done_add, &write_end, &left_alone, &forget)

static bool import_is(struct ctx *c, int64_t id, const char *state)
{
    return db_scalar(c->db, 0, &is_state, id, state) != 0;
}

enum err import_act(struct ctx *c, const struct import *im)
{
    struct user u;
    enum err e = user_by_id(c, im->by, &u);

    if (e != OK)
        return e;
    c->actor = ACTOR_USER;
    c->user_id = im->by;
    c->user_name = u.full_name;
    c->role = role_parse(u.role);
    return OK;
}

/* ---- looking ---- */

int64_t import_last_line(struct ctx *c, int64_t id)
{
    return db_scalar(c->db, 0, &last_line, id);
}

enum err import_titles_tx(struct ctx *c, int64_t id, const char *text, const char *columns, int64_t line, const char *format)
{
    return db_exec(c->db, NULL, &titles, id, text, columns, line, format, "reading");
}

struct looking {
    struct ctx *c;               /* its arena is that of one write */
    const struct import *im;
    const struct import_line *line;
    struct import_said said;
    struct import_fate_of fate;
    const char *person_key, *document_key;
};

/* Rows of the same file that may be the same person. */
static enum err look_before(struct looking *x)
{
    struct ctx *c = x->c;
    const struct customer *who = &x->said.who;
    const int64_t line = x->document_key != NULL ? db_scalar(c->db, 0, &same_document, x->im->id, x->document_key) : 0;
    struct rows q;
    enum err e;

    if (line != 0) {
        char number[DIGITS_SIZE];

        ctx_invalid(c, "document_number", T_IMPORT_REPEATED, arena_strdup(c->a, digits(number, line)), NULL);
        return E_INVALID;
    }
    e = db_query(c->db, &q, &same_person, x->im->id, x->person_key, (int64_t)COMPARED);
    if (e != OK)
        return e;
    while (db_next(&q))
        if (x->fate.fate == FATE_NEW && names_look_alike(c->a, db_text(&q, 1), who->full_name)) {
            x->fate.fate = FATE_TWIN;
            x->fate.words = arena_printf(c->a, "Parece la misma persona de la fila %lld, %s.", (long long)db_int(&q, 0), db_text(&q, 1));
        }
    return db_end(&q);
}

static enum err look_row(struct looking *x)
{
    struct ctx *c = x->c;
    const struct customer *who = &x->said.who;
    enum err e;

    c->fault = (struct fault){ 0 };
    x->fate = (struct import_fate_of){ .fate = FATE_ERROR };
    x->person_key = x->document_key = NULL;
    if (x->line->fault != NULL) {
        x->said = (struct import_said){ 0 };
        x->fate.words = x->line->fault;
        return OK;
    }
    e = import_said(c, x->im->columns, x->line->cells, &x->said);
    if (e == OK) {
        x->person_key = who->phone != NULL ? who->phone : arena_printf(c->a, "=%s", utf8_fold(c->a, who->full_name));
        x->document_key = who->document_number == NULL ? NULL : arena_printf(c->a, "%s %s", who->document_type, who->document_number);
        e = import_match(c, &x->said, &x->fate);
    }
    if (e == OK && x->fate.fate == FATE_NEW)
        e = look_before(x);
    if (e == E_INVALID || e == E_CONFLICT) {
        x->fate = (struct import_fate_of){ .fate = FATE_ERROR };
        x->fate.words = import_faults(c, &x->fate.field);
        e = OK;
    }
    return e;
}

enum err import_look_tx(struct ctx *c, const struct import *im, const struct import_line *v, size_t n)
{
    int64_t counts[FATES] = { 0 };
    enum err e = import_is(c, im->id, "reading") ? OK : E_CONFLICT;

    for (size_t i = 0; i < n && e == OK; i++) {
        struct looking x = { .c = c, .im = im, .line = &v[i] };

        e = look_row(&x);
        if (e == OK)
            e = db_exec(c->db, NULL, &row_add, im->id, v[i].line, (int64_t)x.fate.fate, x.person_key, x.document_key,
                        x.said.who.full_name != NULL ? x.said.who.full_name : x.said.in.name, v[i].cells, x.fate.customer_id,
                        x.fate.version, x.fate.field, x.fate.words);
        counts[x.fate.fate]++;
    }
    return e != OK ? e : db_exec(c->db, NULL, &count_add, im->id, (int64_t)n, counts[FATE_ERROR], counts[FATE_TWIN],
                                 counts[FATE_CHANGE], counts[FATE_NEW], counts[FATE_SAME]);
}

enum err import_read_tx(struct ctx *c, int64_t id, const char *why)
{
    return db_exec(c->db, NULL, &read_end, id, why);
}

/* ---- writing ---- */

struct open_row { int64_t line, fate, customer_id, version; const char *cells; };

static enum err open_rows_read(struct ctx *c, const struct import *im, int limit, struct open_row *v, int *n)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &open_rows, im->id, im->with_twins, (int64_t)limit);

    *n = 0;
    if (e != OK)
        return e;
    while (db_next(&q))
        v[(*n)++] = (struct open_row){ db_int(&q, 0), db_int(&q, 1), db_int(&q, 3), db_int(&q, 4), db_dup(&q, 2, c->a) };
    return db_end(&q);
}

/* Writes a new person, unless somebody who is the same has come meanwhile. */
static enum err row_new(struct ctx *c, const struct open_row *r, const struct import_said *said, int64_t *id, const char **skipped)
{
    struct import_fate_of now = { .fate = FATE_NEW };
    enum err e = r->fate == FATE_TWIN ? OK : import_match(c, said, &now);

    if (e == OK && now.fate != FATE_NEW && now.fate != FATE_TWIN) {
        *skipped = "Mientras tanto esta persona llegó por otro camino: no se creó otra vez.";
        return OK;
    }
    if (e == OK)
        e = customer_list_add_tx(c, &said->who, id);
    if (e != E_CONFLICT && e != E_INVALID)
        return e;
    *skipped = import_faults(c, &(const char *){ NULL });
    return OK;
}

static enum err row_change(struct ctx *c, const struct open_row *r, const struct import_said *said, const char **skipped)
{
    struct customer before, after;
    struct customer_edit in;
    enum err e = customer_by_id(c, r->customer_id, &before);

    if (e == E_NOT_FOUND || (e == OK && (!before.is_active || before.version != r->version))) {
        *skipped = "La ficha cambió después de revisar el archivo: mírela y súbalo otra vez.";
        return OK;
    }
    if (e == OK) {
        (void)import_edit(c, said, &before, &in);
        e = customer_change_tx(c, &in, &after);
    }
    if (e != E_CONFLICT && e != E_INVALID && e != E_PRECONDITION && e != E_FORBIDDEN)
        return e;
    *skipped = import_faults(c, &(const char *){ NULL });
    return OK;
}

enum err import_write_tx(struct ctx *c, const struct import *im, int limit, int *n)
{
    struct open_row *v = arena_alloc(c->a, (size_t)limit * sizeof *v);
    int64_t written = 0, skipped = 0;
    enum err e = import_is(c, im->id, "writing") ? open_rows_read(c, im, limit, v, n) : E_CONFLICT;

    for (int i = 0; e == OK && i < *n; i++) {
        struct import_said said;
        const char *why = NULL;
        int64_t id = 0;

        c->fault = (struct fault){ 0 };
        e = import_said(c, im->columns, v[i].cells, &said);
        if (e == E_INVALID) {
            why = import_faults(c, &(const char *){ NULL });
            e = OK;
        } else if (e == OK)
            e = v[i].fate == FATE_CHANGE ? row_change(c, &v[i], &said, &why) : row_new(c, &v[i], &said, &id, &why);
        if (e == OK)
            e = db_exec(c->db, NULL, &row_done, im->id, v[i].line, id, (int64_t)(why != NULL ? 2 : 1), why);
        written += why == NULL;
        skipped += why != NULL;
    }
    return e != OK ? e : db_exec(c->db, NULL, &done_add, im->id, written, skipped);
}

enum err import_end_tx(struct ctx *c, int64_t id)
{
    struct json_object *details = json_object_new_object();
    struct ctx one = *c;
    struct import im;
    enum err e = import_by_id(c, id, &im);

    if (e == OK)
        e = db_exec(c->db, NULL, &write_end, id, clock_now());
    if (e == OK)
        e = import_act(&one, &im);
    if (e != OK) {
        json_object_put(details);
        return e;
    }
    json_add_int(details, "rows", im.rows);
    json_add_int(details, "written", im.written);
    json_add_int(details, "skipped", im.skipped);
    json_add_int(details, "errors", im.errors);
    json_add_int(details, "twins", im.twins);
    return audit_tx(&one, "customer_import", "customer_import", id, details);
}

/* ---- forgetting ---- */

struct forgetting { struct ctx *c; int limit; int64_t count; };

static enum err forget_write(struct db *db, void *arg)
{
    struct forgetting *x = arg;
    const int64_t before = x->c->now - IMPORT_DAYS * DAY_SECONDS;
    enum err e = db_exec(db, NULL, &left_alone, before, x->c->now);

    x->count = 0;
    return e != OK ? e : db_exec(db, &x->count, &forget, before, (int64_t)x->limit);
}

enum err import_forget(struct ctx *c, int limit, int *done)
{
    struct forgetting x = { c, limit, 0 };
    enum err e = domain_write(c, forget_write, &x);

    *done = (int)x.count;
    return e;
}
