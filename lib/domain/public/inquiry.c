#include "domain/public/inquiry.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "domain/ground/operation.h"
#include "domain/ground/setting.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/parcel/link.h"
#include "domain/price/open_hours.h"
#include "domain/public/texts.h"

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
    " (SELECT t.content FROM inquiry_texts t WHERE t.inquiry_id = i.id AND t.user_id IS NULL ORDER BY t.id DESC LIMIT 1)" \
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
/* The first so many of each of two states, in the order of an index, and of these the first: of a condition that
 * names both states all rows would be sorted. */
#define FIRST_OF(state, mine, after, limit)                                                                               \
    "SELECT id FROM (SELECT id FROM inquiries WHERE " mine "state = '" state "' AND id > " after " ORDER BY id LIMIT " limit ")"
#define FIRST_WAITING(mine, after, limit)                                                                                  \
    " WHERE i.id IN (" FIRST_OF("ABIERTO", mine, after, limit) " UNION ALL " FIRST_OF("LEIDO", mine, after, limit)          \
    ") ORDER BY i.id LIMIT " limit
static const struct stmt list_waiting = STMT("inquiries_waiting", "ii", SELECT FIRST_WAITING("", "$1", "$2"));
static const struct stmt list_state = STMT("inquiries_in_state", "sii",
    SELECT " WHERE i.state = $1 AND i.id > $2 ORDER BY i.id LIMIT $3");
static const struct stmt list_past = STMT("inquiries_past", "sii",
    SELECT " WHERE i.state = $1 AND i.id < $2 ORDER BY i.id DESC LIMIT $3");
static const struct stmt list_mine = STMT("inquiries_mine", "iii", SELECT FIRST_WAITING("assigned_to = $1 AND ", "$2", "$3"));
static const struct stmt list_my_state = STMT("inquiries_my_state", "isii",
    SELECT " WHERE i.assigned_to = $1 AND i.state = $2 AND i.id > $3 ORDER BY i.id LIMIT $4");
static const struct stmt list_my_past = STMT("inquiries_my_past", "isii",
    SELECT " WHERE i.assigned_to = $1 AND i.state = $2 AND i.id < $3 ORDER BY i.id DESC LIMIT $4");
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
    COUNTED(WAITS " AND coalesce(i.again_at, i.at) < $3") ", 0,"
    " (SELECT min(since) FROM (SELECT coalesce(i.again_at, i.at) AS since FROM inquiries i WHERE " WAITS
    " ORDER BY i.id LIMIT $1))");
static const struct stmt waiting = STMT("inquiries_waiting_count", "i", "SELECT " COUNTED(WAITS));
DB_REGISTER(&by_id, &theirs, &public_of, &list_waiting, &list_state, &list_past, &list_mine, &list_my_state, &list_my_past, &texts_of,
            &texts_theirs, &texts_public, &asked_count, &open_one, &insert, &insert_text, &wait_again, &counts, &waiting)

const struct word inquiry_states[] = {
    { "ABIERTO", "Sin leer" }, { "LEIDO", "En curso" }, { "RESPONDIDO", "Respondidas" }, { "CERRADO", "Cerradas" }, WORDS_END
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

static enum err list_query(struct ctx *c, struct rows *q, const struct inquiry_filter *f, int64_t limit)
{
    const bool past = text_is(f->state, "RESPONDIDO") || text_is(f->state, "CERRADO");
    const int64_t after = past && f->after == 0 ? INT64_MAX : f->after;

    if (is_blank(f->state))
        return f->mine ? db_query(c->db, q, &list_mine, c->user_id, after, limit)
            : db_query(c->db, q, &list_waiting, after, limit);
    return f->mine ? db_query(c->db, q, past ? &list_my_past : &list_my_state, c->user_id, f->state, after, limit)
        : db_query(c->db, q, past ? &list_past : &list_state, f->state, after, limit);
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
