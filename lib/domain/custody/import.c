#include "domain/custody/import.h"

#include "base/clock.h"
#include "base/csv.h"
#include "base/texts.h"
#include "domain/custody/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/people/customer_column.h"
#include "json/json.h"
#include "queue/job.h"

#define LISTED 20
#define LIST_USUAL 50
#define LIST_MAX 200
#define FATE_STEP ((int64_t)1 << 40)     /* a cursor is the fate times this, and the line */
#define BY "u.full_name"

#define COLUMNS "i.id, i.state, i.file_name, i.format, i.size, i.rows, i.errors, i.twins, i.changes, i.fresh, i.same, i.with_twins," \
    " i.written, i.skipped, i.error, i.at, i.ended_at, u.full_name," \
    " EXISTS (SELECT 1 FROM customer_import_rows r WHERE r.import_id = i.id), i.spool_path, i.titles, i.columns, i.title_line," \
    " i.job_id, i.by FROM customer_imports i LEFT JOIN users u ON u.id = i.by"
static const struct stmt by_id = STMT("import_by_id", "i", "SELECT " COLUMNS " WHERE i.id = $1");
static const struct stmt newest = STMT("import_newest", "i", "SELECT " COLUMNS " ORDER BY i.id DESC LIMIT $1");
static const struct stmt insert = STMT("import_insert", "sisiI",
    "INSERT INTO customer_imports (file_name, size, spool_path, at, by) VALUES ($1, $2, $3, $4, $5) RETURNING id");
static const struct stmt has_job = STMT("import_job", "ii", "UPDATE customer_imports SET job_id = $2 WHERE id = $1");
#define ROWS "r.line, r.fate, r.name, r.customer_id, r.field, r.words, r.done FROM customer_import_rows r"
static const struct stmt rows_all = STMT("import_rows_all", "iiii",
    "SELECT " ROWS " WHERE r.import_id = $1 AND (r.fate, r.line) > ($2, $3) ORDER BY r.fate, r.line LIMIT $4");
static const struct stmt rows_of = STMT("import_rows_of", "iiii",
    "SELECT " ROWS " WHERE r.import_id = $1 AND r.fate = $2 AND r.line > $3 ORDER BY r.line LIMIT $4");
static const struct stmt doubtful = STMT("import_rows_doubtful", "i",
    "SELECT r.line, r.fate, r.cells, r.words FROM customer_import_rows r WHERE r.import_id = $1 AND (r.fate IN (0, 1) OR r.done = 2)"
    " ORDER BY r.line");
static const struct stmt writing = STMT("import_writing", "ii",
    "UPDATE customer_imports SET state = 'writing', with_twins = $2, ended_at = NULL WHERE id = $1");
static const struct stmt cancelled = STMT("import_cancelled", "ii",
    "UPDATE customer_imports SET state = 'cancelled', ended_at = $2 WHERE id = $1 AND state IN ('reading', 'read', 'writing')");
static const struct stmt stopped = STMT("import_stopped", "i",
    "SELECT last_error FROM jobs WHERE id = $1 AND state IN ('dead', 'cancelled')");
DB_REGISTER(&by_id, &newest, &insert, &has_job, &rows_all, &rows_of, &doubtful, &writing, &cancelled, &stopped)

const struct word import_states[] = {
    { "reading", "Leyendo el archivo" }, { "read", "Lista para revisar" }, { "failed", "No se pudo leer" },
    { "writing", "Importando" }, { "done", "Importada" }, { "cancelled", "Detenida" }, WORDS_END
};
const struct word import_fates[] = {
    { "error", "Con error" }, { "posible", "Puede estar ya" }, { "cambia", "Cambia" }, { "nuevo", "Nuevo" },
    { "igual", "Igual" }, WORDS_END
};
const struct word import_row_states[] = {
    { "pendiente", "Pendiente" }, { "escrita", "Importada" }, { "omitida", "Omitida" }, WORDS_END
};

#define I struct import
static const struct field fields[] = {
    FIELD(I, id, F_INT, "Número de la importación"),
    FIELD(I, state, F_TEXT, "reading, read, failed, writing, done o cancelled"),
    FIELD(I, file_name, F_TEXT, "Nombre del archivo"),
    FIELD(I, format, F_TEXT, "Qué es el archivo"),
    FIELD(I, size, F_INT, "Bytes"),
    FIELD(I, rows, F_INT, "Filas que se han revisado"),
    FIELD(I, errors, F_INT, "Filas con error: no se importan"),
    FIELD(I, twins, F_INT, "Filas de quien puede estar ya: se importan solo con with_twins"),
    FIELD(I, changes, F_INT, "Filas que cambian a alguien que está"),
    FIELD(I, fresh, F_INT, "Filas de clientes nuevos"),
    FIELD(I, same, F_INT, "Filas de quien está y no cambia"),
    FIELD(I, with_twins, F_BOOL, "Si se importan también los que pueden estar ya"),
    FIELD(I, written, F_INT, "Filas que se han importado"),
    FIELD(I, skipped, F_INT, "Filas que se omitieron porque algo cambió mientras tanto"),
    FIELD(I, error, F_TEXT, "Por qué no se pudo leer el archivo"),
    FIELD(I, at, F_INSTANT, "Cuándo se subió"),
    FIELD(I, ended_at, F_INSTANT, "Cuándo terminó"),
    FIELD(I, by_name, F_TEXT, "Quién lo subió"),
};
const struct fields import_fields = FIELDS(fields);
/* The rest of the columns. */
static const struct field inner[] = {
    FIELD(I, kept, F_BOOL, ""), FIELD(I, spool_path, F_TEXT, ""), FIELD(I, titles, F_TEXT, ""), FIELD(I, columns, F_TEXT, ""),
    FIELD(I, title_line, F_INT, ""), FIELD(I, job_id, F_INT, ""), FIELD(I, by, F_INT, ""),
};
static const struct fields inner_fields = FIELDS(inner);

#define R struct import_row
static const struct field row_fields[] = {
    FIELD(R, line, F_INT, "Fila del archivo"),
    FIELD(R, fate, F_TEXT, "error, posible, cambia, nuevo o igual"),
    FIELD(R, name, F_TEXT, "Nombre"),
    FIELD(R, customer_id, F_ID, "Cliente que cambia, o que se creó"),
    FIELD(R, field, F_TEXT, "Columna que está mal"),
    FIELD(R, words, F_TEXT, "Por qué, o qué cambia"),
    FIELD(R, state, F_TEXT, "pendiente, escrita u omitida"),
};
const struct fields import_row_fields = FIELDS(row_fields);

static void import_fill(struct ctx *c, struct rows *q, I *out)
{
    *out = (I){ 0 };
    db_fill(q, 0, import_fields, out, c->a);
    db_fill(q, (int)import_fields.count, inner_fields, out, c->a);
}

enum err import_by_id(struct ctx *c, int64_t id, I *out)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &by_id, id);

    if (e == E_NOT_FOUND)
        return ctx_fail(c, e, NULL, T_IMPORT_NONE, NULL);
    if (e != OK)
        return domain_fault(c, e);
    import_fill(c, &q, out);
    return domain_fault(c, db_end(&q));
}

enum err import_list(struct ctx *c, struct imports *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &newest, (int64_t)LISTED);

    *out = (struct imports){ .v = arena_alloc(c->a, LISTED * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while (db_next(&q))
        import_fill(c, &q, &out->v[out->n++]);
    return domain_fault(c, db_end(&q));
}

/* ---- its rows ---- */

static size_t fate_of(const char *word)
{
    size_t i = 0;

    while (import_fates[i].value != NULL && !text_is(word, import_fates[i].value))
        i++;
    return i;
}

static void row_fill(struct ctx *c, struct rows *q, R *out)
{
    *out = (R){ .line = db_int(q, 0), .fate = import_fates[db_int(q, 1)].value, .name = db_dup(q, 2, c->a),
                .customer_id = db_int(q, 3), .field = db_dup(q, 4, c->a), .words = db_dup(q, 5, c->a),
                .state = import_row_states[db_int(q, 6)].value };
}

enum err import_rows(struct ctx *c, const struct import_filter *f, struct import_rows *out, int64_t *next)
{
    const int64_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : f->limit;
    const int64_t fate = f->after > 0 ? f->after / FATE_STEP : 0, line = f->after > 0 ? f->after % FATE_STEP : 0;
    int64_t last = 0;
    struct rows q;
    enum err e = is_blank(f->fate) ? db_query(c->db, &q, &rows_all, f->id, fate, line, limit + 1)
        : db_query(c->db, &q, &rows_of, f->id, (int64_t)fate_of(f->fate), line, limit + 1);

    *out = (struct import_rows){ .v = arena_alloc(c->a, (size_t)limit * sizeof *out->v) };
    *next = 0;
    if (e != OK)
        return domain_fault(c, e);
    while (db_next(&q)) {
        if ((int64_t)out->n == limit) {
            *next = last;
            break;
        }
        row_fill(c, &q, &out->v[out->n++]);
        last = db_int(&q, 1) * FATE_STEP + db_int(&q, 0);
    }
    return domain_fault(c, db_end(&q));
}

/* A line of the file as it came, with its number, what becomes of it, and why. */
static void doubtful_line(struct ctx *c, struct buf *out, const char *line, const char *cells, const char *fate, const char *why)
{
    size_t n;
    const char **v = cells_split(c->a, cells, &n);

    csv_cell(out, line, true);
    for (size_t i = 0; i < n; i++)
        csv_cell(out, v[i], false);
    csv_cell(out, fate, false);
    csv_cell(out, why, false);
    csv_end(out);
}

enum err import_errors_sheet(struct ctx *c, int64_t id, struct buf *out)
{
    struct ctx one = *c;
    struct rows q;
    I im;
    enum err e = import_by_id(c, id, &im);

    if (e == OK)
        e = domain_fault(c, db_query(c->db, &q, &doubtful, id));
    if (e != OK)
        return e;
    csv_begin(out);
    doubtful_line(c, out, "Fila", im.titles != NULL ? im.titles : "", "Qué pasa", "Por qué");
    one.a = arena_new();
    while (db_next(&q)) {
        char number[DIGITS_SIZE];

        doubtful_line(&one, out, digits(number, db_int(&q, 0)), db_text(&q, 2), import_fates[db_int(&q, 1)].words,
                      db_text(&q, 3) != NULL ? db_text(&q, 3) : "");
        arena_reset(one.a);
    }
    arena_free(one.a);
    return domain_fault(c, db_end(&q));
}

/* ---- acts ---- */

struct importing { struct ctx *c; const char *path, *name; int64_t size, id; bool with_twins; I *out; };

static enum err import_queue_tx(struct ctx *c, const char *kind, int64_t id)
{
    int64_t job;
    enum err e = job_add_tx(c, &(struct job_new){ .kind = kind, .about = id }, &job);

    return e != OK ? e : db_exec(c->db, NULL, &has_job, id, job);
}

static enum err import_note_tx(struct ctx *c, const char *action, const I *im)
{
    struct json_object *details = json_object_new_object();

    json_add_int(details, "rows", im->rows);
    json_add_int(details, "written", im->written);
    json_add_int(details, "skipped", im->skipped);
    json_add_int(details, "errors", im->errors);
    json_add_int(details, "twins", im->twins);
    return audit_tx(c, action, "customer_import", im->id, details);
}

/* Gives the import of an earlier request with the same key. */
static enum err import_before(struct ctx *c, const char *answer, I *out)
{
    int64_t *ids;

    return operation_ids_read(c->a, answer, &ids) == 1 ? import_by_id(c, ids[0], out) : E_INTERNAL;
}

static enum err begin_write(struct db *db UNUSED, void *arg)
{
    struct importing *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    int64_t id = 0;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : import_before(c, answer, x->out);
    e = db_insert(c->db, &id, &insert, x->name, x->size, x->path, c->now, c->user_id);
    if (e == OK)
        e = import_queue_tx(c, "customers.check", id);
    if (e == OK)
        e = import_by_id(c, id, x->out);
    if (e == OK)
        e = audit_tx(c, "customer_import_read", "customer_import", id, NULL);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

enum err import_begin(struct ctx *c, const char *path, const char *file_name, int64_t size, I *out)
{
    return domain_operation(c, "customer_import_read", begin_write,
                            &(struct importing){ .c = c, .path = path, .name = file_name, .size = size, .out = out });
}

int64_t import_open(const I *im, bool with_twins)
{
    return im->changes + im->fresh + (with_twins ? im->twins : 0) - im->written - im->skipped;
}

bool import_has_stopped(struct ctx *c, const I *im, const char **why)
{
    struct rows q;

    *why = NULL;
    if ((!streq(im->state, "reading") && !streq(im->state, "writing")) || im->job_id == 0
        || db_one(c->db, &q, &stopped, im->job_id) != OK)
        return false;
    *why = db_dup(&q, 0, c->a);
    return db_end(&q) == OK;
}

static enum err start_write(struct db *db UNUSED, void *arg)
{
    struct importing *x = arg;
    struct ctx *c = x->c;
    const char *answer, *why;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : import_before(c, answer, x->out);
    c->fault = (struct fault){ 0 };
    e = import_by_id(c, x->id, x->out);
    if (e != OK)
        return e;
    if (!streq(x->out->state, "read") && !(streq(x->out->state, "writing") && import_has_stopped(c, x->out, &why)))
        return ctx_fail(c, E_CONFLICT, NULL, T_IMPORT_STATE, words_of(import_states, x->out->state), NULL);
    if (import_open(x->out, x->with_twins) <= 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_IMPORT_NOTHING, NULL);
    e = db_exec(c->db, NULL, &writing, x->id, (int64_t)x->with_twins);
    if (e == OK)
        e = import_queue_tx(c, "customers.import", x->id);
    if (e == OK)
        e = import_note_tx(c, "customer_import_start", x->out);
    if (e == OK)
        e = import_by_id(c, x->id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->id, 1));
}

enum err import_start(struct ctx *c, const struct import_start *in, I *out)
{
    return domain_operation(c, "customer_import_start", start_write,
                            &(struct importing){ .c = c, .id = in->id, .with_twins = in->with_twins, .out = out });
}

static enum err cancel_write(struct db *db, void *arg)
{
    struct importing *x = arg;
    struct ctx *c = x->c;
    int64_t changed = 0;
    enum err e;

    c->fault = (struct fault){ 0 };
    e = import_by_id(c, x->id, x->out);
    if (e == OK)
        e = db_exec(db, &changed, &cancelled, x->id, c->now);
    if (e == OK && changed == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_IMPORT_STATE, words_of(import_states, x->out->state), NULL);
    if (e == OK)
        e = import_note_tx(c, "customer_import_cancel", x->out);
    return e != OK ? e : import_by_id(c, x->id, x->out);
}

enum err import_cancel(struct ctx *c, int64_t id, I *out)
{
    return domain_operation(c, "customer_import_cancel", cancel_write, &(struct importing){ .c = c, .id = id, .out = out });
}
