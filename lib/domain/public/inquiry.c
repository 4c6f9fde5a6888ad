#include "domain/public/inquiry.h"

#include "base/clock.h"
#include "base/csv.h"
#include "base/utf8.h"
#include "domain/ground/operation.h"
#include "domain/ground/setting.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/parcel/link.h"
#include "domain/price/open_hours.h"
#include "domain/public/texts.h"
#include "local/money.h"

#define HOUR_S 3600
#define PER_HOUR 20              /* questions that one network may ask */
#define ALL_PER_HOUR 60          /* questions that all networks together may ask, lest one who has many fills the list */
#define LIST_USUAL 50
#define LIST_MAX 200

/* SQLite counts days from noon of a day long ago: 2440587.5 of them until 1970. */
#define SINCE "CASE WHEN i.state IN ('ABIERTO', 'LEIDO') THEN coalesce(i.again_at, i.at) END"
#define SELECT "SELECT i.id, i.kind, i.state, i.package_id, i.at, " SINCE ", i.content, i.assigned_to, a.full_name,"       \
    " i.closed_at, u.full_name, i.outcome, coalesce(p.guide_number, i.guide_number), coalesce(p.carrier, i.carrier),"    \
    " date(i.said_day + 2440587.5),"                                                                            \
    " coalesce(i.name, CASE WHEN p.customer_id IS i.customer_id THEN p.announced_name END, c.full_name),"                \
    " coalesce(i.phone, CASE WHEN p.customer_id IS i.customer_id THEN p.announced_phone END, c.phone), coalesce(i.email, c.email), coalesce(p.guide_key, i.guide_key), i.customer_id, p.customer_id," \
    " (SELECT t.content FROM inquiry_texts t WHERE t.inquiry_id = i.id AND t.user_id IS NULL ORDER BY t.id DESC LIMIT 1)," \
    " i.priority, i.category"                                                                                   \
    " FROM inquiries i LEFT JOIN packages p ON p.id = i.package_id LEFT JOIN customers c ON c.id = i.customer_id"          \
    " LEFT JOIN users u ON u.id = i.closed_by LEFT JOIN users a ON a.id = i.assigned_to"
#define WAITS "i.state IN ('ABIERTO', 'LEIDO')"
static const struct stmt by_id = STMT("inquiry_by_id", "i", SELECT " WHERE i.id = $1");
#define THEIRS "i.package_id = $1 AND i.customer_id IS $2 AND i.kind = 'PREGUNTA'"
static const struct stmt theirs = STMT("inquiries_of", "iIi",
    SELECT " WHERE " THEIRS " ORDER BY i.id DESC LIMIT $3");
/* The page of a link is asked for most often, and most have no question: it reads little. */
static const struct stmt public_of = STMT("inquiries_public_of", "iIi",
    "SELECT i.id, i.at, i.content, i.closed_at, " SINCE " FROM inquiries i WHERE " THEIRS " ORDER BY i.id DESC LIMIT $3");
/* Lists, by which of the filter's columns leads: the index of that column is walked, and the rest of the filter holds of
 * what is found there.  $1: the clerk, $2: the last one seen, $3: how many, $4: the category, $5: the priority, $6: the
 * state.  Of the two states that wait, the first so many of each, and of these the first: of a condition that names both
 * all rows would be sorted. */
#define FITS "($1 IS NULL OR assigned_to = $1) AND ($4 IS NULL OR category = $4) AND ($5 IS NULL OR priority = $5)"
#define FIRST_OF(lead, state)                                                                                             \
    "SELECT id FROM (SELECT id FROM inquiries WHERE " lead "state = '" state "' AND id > $2 AND " FITS " ORDER BY id LIMIT $3)"
#define LIST_WAITING(lead)                                                                                                 \
    SELECT " WHERE i.id IN (" FIRST_OF(lead, "ABIERTO") " UNION ALL " FIRST_OF(lead, "LEIDO") ") ORDER BY i.id LIMIT $3"
#define LIST_STATE(lead)                                                                                                   \
    SELECT " WHERE i.id IN (SELECT id FROM inquiries WHERE " lead "state = $6 AND id > $2 AND " FITS " ORDER BY id LIMIT $3)" \
    " ORDER BY i.id LIMIT $3"
#define LIST_PAST(lead)                                                                                                    \
    SELECT " WHERE i.id IN (SELECT id FROM inquiries WHERE " lead "state = $6 AND id < $2 AND " FITS                        \
    " ORDER BY id DESC LIMIT $3) ORDER BY i.id DESC LIMIT $3"
#define CLERK "assigned_to = $1 AND "
#define CATEGORY "category = $4 AND "
#define PRIORITY "priority = $5 AND priority <> 'MEDIA' AND "
static const struct stmt waiting_all = STMT("inquiries_waiting", "Iiiss", LIST_WAITING(""));
static const struct stmt waiting_clerk = STMT("inquiries_waiting_clerk", "Iiiss", LIST_WAITING(CLERK));
static const struct stmt waiting_category = STMT("inquiries_waiting_category", "Iiiss", LIST_WAITING(CATEGORY));
static const struct stmt waiting_priority = STMT("inquiries_waiting_priority", "Iiiss", LIST_WAITING(PRIORITY));
static const struct stmt state_all = STMT("inquiries_state", "Iiisss", LIST_STATE(""));
static const struct stmt state_clerk = STMT("inquiries_state_clerk", "Iiisss", LIST_STATE(CLERK));
static const struct stmt state_category = STMT("inquiries_state_category", "Iiisss", LIST_STATE(CATEGORY));
static const struct stmt state_priority = STMT("inquiries_state_priority", "Iiisss", LIST_STATE(PRIORITY));
static const struct stmt past_all = STMT("inquiries_past", "Iiisss", LIST_PAST(""));
static const struct stmt past_clerk = STMT("inquiries_past_clerk", "Iiisss", LIST_PAST(CLERK));
static const struct stmt past_category = STMT("inquiries_past_category", "Iiisss", LIST_PAST(CATEGORY));
static const struct stmt past_priority = STMT("inquiries_past_priority", "Iiisss", LIST_PAST(PRIORITY));
#define TEXTS "SELECT t.id, t.inquiry_id, t.at, t.user_id, u.full_name, t.content, t.user_id IS NOT NULL,"                  \
    " (SELECT n.state FROM notifications n WHERE n.dedupe_key = 'inquiry:' || t.id || ':sms'),"                            \
    " (SELECT n.state FROM notifications n WHERE n.dedupe_key = 'inquiry:' || t.id || ':email')"                           \
    " FROM inquiry_texts t LEFT JOIN users u ON u.id = t.user_id"
static const struct stmt texts_of = STMT("inquiry_texts_of", "i", TEXTS " WHERE t.inquiry_id = $1 ORDER BY t.id");
static const struct stmt texts_theirs = STMT("inquiry_texts_theirs", "iI",
    TEXTS " WHERE t.inquiry_id IN (SELECT i.id FROM inquiries i WHERE " THEIRS ") ORDER BY t.id");
static const struct stmt texts_public = STMT("inquiry_texts_public", "iI",
    "SELECT t.inquiry_id, t.at, t.content, t.user_id IS NOT NULL FROM inquiry_texts t WHERE t.inquiry_id IN"
    " (SELECT i.id FROM inquiries i WHERE " THEIRS ") ORDER BY t.id");
static const struct stmt asked_count = STMT("inquiries_asked", "ii",
    "SELECT (SELECT count(*) FROM inquiries WHERE package_id = $1 AND at > $2) + (SELECT count(*) FROM inquiry_texts t"
    " JOIN inquiries i ON i.id = t.inquiry_id WHERE i.package_id = $1 AND t.user_id IS NULL AND t.at > $2)");
static const struct stmt open_one = STMT("inquiry_open", "iI",
    "SELECT i.id FROM inquiries i WHERE " THEIRS " AND i.state <> 'CERRADO' ORDER BY i.id DESC LIMIT 1");
static const struct stmt insert = STMT("inquiry_insert", "iIsi",
    "INSERT INTO inquiries (package_id, customer_id, content, at) VALUES ($1, $2, $3, $4) RETURNING id");
static const struct stmt insert_text = STMT("inquiry_text_insert", "iiIs",
    "INSERT INTO inquiry_texts (inquiry_id, at, user_id, content) VALUES ($1, $2, $3, $4) RETURNING id");
static const struct stmt wait_again = STMT("inquiry_wait_again", "ii",
    "UPDATE inquiries SET state = 'ABIERTO', again_at = CASE WHEN state = 'RESPONDIDO' THEN $2 ELSE again_at END"
    " WHERE id = $1 AND state <> 'CERRADO'");
/* Counts stop at $1: there may be a million of old ones. */
#define COUNTED(where) "(SELECT count(*) FROM (SELECT 1 FROM inquiries i WHERE " where " LIMIT $1))"
static const struct stmt counts = STMT("inquiry_counts", "iii",
    "SELECT " COUNTED("i.state = 'ABIERTO'") ", " COUNTED("i.state = 'LEIDO'") ", " COUNTED(WAITS) ", "
    COUNTED("i.state = 'RESPONDIDO'") ", " COUNTED("i.assigned_to = $2 AND " WAITS) ", "
    COUNTED(WAITS " AND coalesce(i.again_at, i.at) < $3") ", "
    COUNTED("i.priority = 'URGENTE' AND i.priority <> 'MEDIA' AND " WAITS) ", 0,"
    " (SELECT min(since) FROM (SELECT coalesce(i.again_at, i.at) AS since FROM inquiries i WHERE " WAITS
    " ORDER BY i.id LIMIT $1))");
static const struct stmt waiting = STMT("inquiries_waiting_count", "i", "SELECT " COUNTED(WAITS));
DB_REGISTER(&by_id, &theirs, &public_of, &waiting_all, &waiting_clerk, &waiting_category, &waiting_priority, &state_all,
            &state_clerk, &state_category, &state_priority, &past_all, &past_clerk, &past_category, &past_priority, &texts_of,
            &texts_theirs, &texts_public, &asked_count, &open_one, &insert, &insert_text, &wait_again, &counts, &waiting)

const struct word inquiry_states[] = {
    { "ABIERTO", "Sin leer" }, { "LEIDO", "En curso" }, { "RESPONDIDO", "Respondidas" }, { "CERRADO", "Cerradas" }, WORDS_END
};
const struct word inquiry_priorities[] = {
    { "URGENTE", "Urgente" }, { "ALTA", "Alta" }, { "MEDIA", "Media" }, { "BAJA", "Baja" }, WORDS_END
};
const struct word inquiry_categories[] = {
    { "RETIRO", "Retirar el paquete" }, { "COBRO", "Lo que cuesta" }, { "DANO", "Un daño, o algo que falta" },
    { "MENSAJES", "Mensajes y códigos" }, { "DATOS", "Sus datos" }, { "OTRO", "Otra cosa" }, WORDS_END
};
const struct word inquiry_kinds[] = { { "PREGUNTA", "Pregunta" }, { "NO_LLEGO", "Dicen que lo dejaron aquí" }, WORDS_END };
const struct word inquiry_outcomes[] = { { "ENCONTRADO", "Encontrado" }, { "NO_ENCONTRADO", "No está en el punto" }, WORDS_END };

#define T struct inquiry_text
static const struct field text_rows[] = {
    FIELD(T, id, F_INT, "Número"),
    FIELD_SECRET(T, inquiry_id, F_INT, "De qué pregunta es"),
    FIELD(T, at, F_INSTANT, "Cuándo se escribió"),
    FIELD(T, user_id, F_ID, "Quién respondió; nada si lo agregó quien preguntó"),
    FIELD(T, by_name, F_TEXT, "Su nombre"),
    FIELD(T, content, F_TEXT, "Lo escrito"),
    FIELD(T, ours, F_BOOL, "Es una respuesta del punto"),
    FIELD(T, sms, F_TEXT, "Qué fue de su SMS, si se escribió"),
    FIELD(T, email, F_TEXT, "Qué fue de su correo, si se escribió"),
};
const struct fields inquiry_text_fields = FIELDS(text_rows);
static const struct field text_public_rows[] = {
    FIELD_SECRET(T, inquiry_id, F_INT, "De qué pregunta es"),
    FIELD(T, at, F_INSTANT, "Cuándo se escribió"),
    FIELD(T, content, F_TEXT, "Lo escrito"),
    FIELD(T, ours, F_BOOL, "Es una respuesta del punto"),
};
const struct fields inquiry_text_public_fields = FIELDS(text_public_rows);

#define I struct inquiry
static const struct field column_rows[] = {
    FIELD(I, id, F_INT, "Número"),
    FIELD(I, kind, F_TEXT, "PREGUNTA, o NO_LLEGO: la transportadora dice que dejó el paquete en el punto"),
    FIELD(I, state, F_TEXT, "ABIERTO, LEIDO, RESPONDIDO o CERRADO"),
    FIELD(I, package_id, F_ID, "Paquete"),
    FIELD(I, at, F_INSTANT, "Cuándo se preguntó"),
    FIELD(I, since, F_INSTANT, "Desde cuándo espera una respuesta"),
    FIELD(I, content, F_TEXT, "La pregunta"),
    FIELD(I, assigned_to, F_ID, "Quién se encarga"),
    FIELD(I, assigned_name, F_TEXT, "Su nombre"),
    FIELD(I, closed_at, F_INSTANT, "Cuándo se cerró"),
    FIELD(I, closed_by_name, F_TEXT, "Quién la cerró"),
    FIELD(I, outcome, F_TEXT, "De NO_LLEGO: ENCONTRADO o NO_ENCONTRADO"),
    FIELD(I, guide_number, F_TEXT, "Guía del paquete"),
    FIELD(I, carrier, F_TEXT, "Transportadora"),
    FIELD(I, said_on, F_TEXT, "De NO_LLEGO: el día en que la transportadora dice que lo dejó"),
    FIELD(I, customer_name, F_TEXT, "Quién preguntó"),
    FIELD(I, customer_phone, F_PHONE, "Su celular"),
    FIELD(I, customer_email, F_TEXT, "Su correo"),
    FIELD_SECRET(I, guide_key, F_TEXT, "Guía sin separadores"),
    FIELD_SECRET(I, customer_id, F_ID, "Quién preguntó"),
    FIELD_SECRET(I, package_customer, F_ID, "De quién es ahora el paquete"),
    FIELD(I, added, F_TEXT, "Lo último que agregó quien preguntó"),
    FIELD(I, priority, F_TEXT, "Qué tan pronto: URGENTE, ALTA, MEDIA o BAJA"),
    FIELD(I, category, F_TEXT, "De qué trata: RETIRO, COBRO, DANO, MENSAJES, DATOS u OTRO; nada si nadie lo dijo"),
};
FIELD_TABLE_HERE(I, inquiry_columns, column_rows)
static const struct field row_rows[] = {
    FIELD_ALSO(I, inquiry_columns),
    FIELD(I, waited, F_INT, "Segundos que ha esperado, con el punto abierto"),
    FIELD(I, late, F_BOOL, "Espera más de lo que dice el ajuste inquiries.target_hours"),
};
const struct fields inquiry_fields = FIELDS(row_rows);
static const struct field public_column_rows[] = {
    FIELD(I, id, F_INT, "Número"),
    FIELD(I, at, F_INSTANT, "Cuándo se preguntó"),
    FIELD(I, content, F_TEXT, "La pregunta"),
    FIELD(I, closed_at, F_INSTANT, "Cuándo se cerró"),
    FIELD(I, since, F_INSTANT, "Desde cuándo espera una respuesta"),
};
static const struct fields public_columns = FIELDS(public_column_rows);
static const struct field public_rows[] = {
    FIELD(I, at, F_INSTANT, "Cuándo se preguntó"),
    FIELD(I, content, F_TEXT, "La pregunta"),
    FIELD(I, closed_at, F_INSTANT, "Cuándo se cerró"),
    FIELD_LIST(I, texts, inquiry_text_public_fields, "Lo que siguió, en su orden"),
};
const struct fields inquiry_public_fields = FIELDS(public_rows);

#define S struct inquiry_stats
static const struct field stats_rows[] = {
    FIELD(S, unread, F_INT, "Sin leer"),
    FIELD(S, reading, F_INT, "En curso"),
    FIELD(S, waiting, F_INT, "Por responder: las dos anteriores"),
    FIELD(S, answered, F_INT, "Respondidas y sin cerrar"),
    FIELD(S, mine, F_INT, "Por responder, de quien pregunta"),
    FIELD(S, late, F_INT, "Por responder desde hace más de lo debido"),
    FIELD(S, urgent, F_INT, "Por responder, y urgentes"),
    FIELD(S, target_hours, F_INT, "En cuántas horas, con el punto abierto, se debe responder"),
    FIELD(S, oldest_at, F_INSTANT, "Desde cuándo espera quien más espera"),
};
const struct fields inquiry_stats_fields = FIELDS(stats_rows);

/* ---- asking ---- */

struct asking { struct ctx *c; const char *token, *content; struct inquiry *out; };

enum err inquiry_network_check(struct ctx *c)
{
    const enum err e = throttle_window(c, "inquiry", PER_HOUR, HOUR_S);

    if (e == OK)
        c->fault = (struct fault){ 0 };
    return e;
}

enum err inquiry_all_check_tx(struct ctx *c)
{
    return throttle_exempt(c) ? OK : throttle_spend_tx(c, "inquiry:all", 1, ALL_PER_HOUR, HOUR_S);
}

static enum err text_insert_tx(struct ctx *c, int64_t id, int64_t user_id, const char *content, int64_t *text)
{
    return db_insert(c->db, text, &insert_text, id, c->now, user_id, content);
}

enum err inquiry_add_tx(struct ctx *c, int64_t id, const char *content)
{
    int64_t text;
    enum err e = text_insert_tx(c, id, 0, content, &text);

    return e != OK ? e : db_exec(c->db, NULL, &wait_again, id, c->now);
}

enum err inquiry_text_add_tx(struct ctx *c, int64_t id, const char *content, int64_t *text)
{
    return text_insert_tx(c, id, c->user_id, content, text);
}

static enum err inquiry_ask_tx(struct db *db, void *arg)
{
    struct asking *x = arg;
    struct ctx *c = x->c;
    struct package p;
    const char *answer;
    int64_t *ids, id = 0;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL)
        return operation_ids_read(c->a, answer, &ids) == 1 ? inquiry_by_id(c, ids[0], x->out) : E_INTERNAL;
    if (e == OK)
        e = package_by_token(c, x->token, &p);
    if (e == OK && db_scalar(db, 0, &asked_count, p.id, c->now - DAY_SECONDS) >= INQUIRIES_A_DAY)
        e = ctx_fail(c, E_CONFLICT, "content", T_INQUIRY_OFTEN, NULL);
    if (e == OK)
        e = inquiry_all_check_tx(c);
    if (e != OK)
        return e;
    id = db_scalar(db, 0, &open_one, p.id, p.customer_id);
    e = id != 0 ? inquiry_add_tx(c, id, x->content)
        : db_insert(db, &id, &insert, p.id, p.customer_id, x->content, c->now);
    if (e == OK)
        e = inquiry_by_id(c, id, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

enum err inquiry_ask(struct ctx *c, const struct inquiry_in *in, struct inquiry *out)
{
    const char *seen = is_blank(in->content) ? "" : utf8_visible(c->a, in->content), *folded = utf8_fold(c->a, seen);
    struct asking x = { c, in->token, seen, out };
    enum err e;

    if (is_blank(folded) || utf8_length(seen) < INQUIRY_LEAST)
        return ctx_fail(c, E_INVALID, "content", T_INQUIRY_SHORT, NULL);
    e = inquiry_network_check(c);
    return e != OK ? e : package_fault(c, domain_operation(c, "inquiry", inquiry_ask_tx, &x));
}

/* ---- reading ---- */

static enum err texts_collect(struct ctx *c, enum err e, struct rows *q, struct fields f, struct inquiry_texts *out)
{
    *out = (struct inquiry_texts){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(q, c->a, f, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(q));
}

/* Says of each how long it has waited while the point was open. */
static enum err inquiries_weigh(struct ctx *c, struct inquiry *v, size_t n)
{
    struct open_hours hours;
    int64_t target;
    enum err e = open_hours_read(c, &hours);

    if (e != OK)
        return e;
    target = setting_int(c, S_INQUIRY_HOURS) * HOUR_S;
    for (size_t i = 0; i < n; i++) {
        v[i].waited = v[i].since != 0 ? open_since(&hours, v[i].since) : 0;
        v[i].late = v[i].waited > target;
    }
    return OK;
}

enum err inquiry_by_id(struct ctx *c, int64_t id, struct inquiry *out)
{
    struct rows q;
    enum err e;

    *out = (struct inquiry){ 0 };
    e = db_get(c->db, inquiry_columns, out, c->a, &by_id, id);
    if (e != OK)
        return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_INQUIRY_NONE, NULL) : domain_fault(c, e);
    e = texts_collect(c, db_query(c->db, &q, &texts_of, id), &q, inquiry_text_fields, &out->texts);
    return e != OK ? e : inquiries_weigh(c, out, 1);
}

static enum err inquiries_collect(struct ctx *c, enum err e, struct rows *q, struct fields f, struct inquiries *out)
{
    *out = (struct inquiries){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(q, c->a, f, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(q));
}

/* Gives each question its own of the texts. */
static void texts_deal(struct ctx *c, const struct inquiry_texts *all, struct inquiries *out)
{
    for (size_t i = 0; i < out->n; i++) {
        struct inquiry_texts *texts = &out->v[i].texts;

        texts->v = arena_alloc(c->a, (all->n + 1) * sizeof *texts->v);
        for (size_t k = 0; k < all->n; k++)
            if (all->v[k].inquiry_id == out->v[i].id)
                texts->v[texts->n++] = all->v[k];
    }
}

/* Two statements and the tables of their columns: questions of a person about a package, and their texts. */
struct inquiry_reading { const struct stmt *questions, *texts; struct fields question_fields, text_fields; };

static enum err inquiries_read(struct ctx *c, const struct inquiry_reading *how, const struct package *p, struct inquiries *out)
{
    struct inquiry_texts all;
    struct rows q;
    enum err e = inquiries_collect(c, db_query(c->db, &q, how->questions, p->id, p->customer_id, (int64_t)LIST_USUAL), &q,
                                   how->question_fields, out);

    if (e != OK || out->n == 0)
        return e;
    e = texts_collect(c, db_query(c->db, &q, how->texts, p->id, p->customer_id), &q, how->text_fields, &all);
    if (e == OK)
        texts_deal(c, &all, out);
    return e;
}

enum err inquiries_of(struct ctx *c, const struct package *p, struct inquiries *out)
{
    return inquiries_read(c, &(struct inquiry_reading){ &theirs, &texts_theirs, inquiry_columns, inquiry_text_fields }, p, out);
}

enum err inquiries_public_of(struct ctx *c, const struct package *p, struct inquiries *out)
{
    return inquiries_read(c, &(struct inquiry_reading){ &public_of, &texts_public, public_columns, inquiry_text_public_fields },
                          p, out);
}

/* The statement whose index finds the fewest: by state (waiting, one that waits, one that is over) and by what leads. */
static const struct stmt *list_statement(const struct inquiry_filter *f, bool past, int64_t clerk)
{
    static const struct stmt *const all[3][4] = {
        { &waiting_all, &waiting_clerk, &waiting_category, &waiting_priority },
        { &state_all, &state_clerk, &state_category, &state_priority },
        { &past_all, &past_clerk, &past_category, &past_priority },
    };
    const bool rare = !is_blank(f->priority) && !streq(f->priority, "MEDIA");

    return all[is_blank(f->state) ? 0 : past ? 2 : 1][clerk != 0 ? 1 : !is_blank(f->category) ? 2 : rare ? 3 : 0];
}

static enum err list_query(struct ctx *c, struct rows *q, const struct inquiry_filter *f, int64_t limit)
{
    const bool past = text_is(f->state, "RESPONDIDO") || text_is(f->state, "CERRADO");
    const int64_t after = past && f->after == 0 ? INT64_MAX : f->after, clerk = f->mine ? c->user_id : f->assigned_to;
    const char *category = is_blank(f->category) ? NULL : f->category, *priority = is_blank(f->priority) ? NULL : f->priority;
    const struct stmt *s = list_statement(f, past, clerk);

    return is_blank(f->state) ? db_query(c->db, q, s, clerk, after, limit, category, priority)
        : db_query(c->db, q, s, clerk, after, limit, category, priority, f->state);
}

enum err inquiry_list(struct ctx *c, const struct inquiry_filter *f, struct inquiries *out)
{
    const int64_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : f->limit;
    struct rows q;
    enum err e = inquiries_collect(c, list_query(c, &q, f, limit + 1), &q, inquiry_columns, out);

    if (e == OK && (int64_t)out->n > limit) {
        out->n = (size_t)limit;
        out->next = out->v[limit - 1].id;
    }
    return e != OK ? e : inquiries_weigh(c, out->v, out->n);
}

enum err inquiry_sheet(struct ctx *c, const struct inquiry_filter *f, struct buf *out)
{
    struct inquiry_filter page = *f;
    int64_t n = 0;

    page.limit = LIST_MAX;
    csv_titles(out, inquiry_fields);
    do {
        struct inquiries all;
        enum err e = inquiry_list(c, &page, &all);

        if (e != OK)
            return e;
        for (size_t i = 0; i < all.n; i++, n++)
            csv_line(out, inquiry_fields, &all.v[i]);
        page.after = all.next;
    } while (page.after != 0 && n < INQUIRY_SHEET_MAX);
    if (page.after != 0)
        csv_note(out, arena_printf(c->a, "Hay más: esta hoja llega hasta %s filas. Para ver las demás, filtre la lista.",
                                   count_text(c->a, INQUIRY_SHEET_MAX)));
    return OK;
}

/* ---- counting ---- */

enum err inquiry_stats(struct ctx *c, struct inquiry_stats *out)
{
    const int64_t target = setting_int(c, S_INQUIRY_HOURS);
    struct open_hours hours;
    enum err e = open_hours_read(c, &hours);

    if (e == OK)
        e = db_get(c->db, inquiry_stats_fields, out, c->a, &counts, (int64_t)INQUIRY_COUNTED, c->user_id,
                   open_ago(&hours, target * HOUR_S));
    out->target_hours = target;
    return domain_fault(c, e);
}

int64_t inquiry_waiting(struct ctx *c)
{
    return db_scalar(c->db, 0, &waiting, (int64_t)INQUIRY_COUNTED);
}
