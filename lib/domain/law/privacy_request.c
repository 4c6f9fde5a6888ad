#include "domain/law/privacy_request.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "domain/custody/anonymise.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/law/texts.h"
#include "domain/message/account.h"
#include "domain/message/notification.h"
#include "domain/message/texts.h"
#include "domain/parcel/texts.h"
#include "domain/people/customer.h"
#include "domain/people/privacy_link.h"
#include "domain/people/texts.h"
#include "json/json.h"
#include "local/business_day.h"
#include "local/name.h"
#include "local/name_told.h"
#include "local/normal.h"

#define HOUR_S 3600
#define NETWORK_HOUR 10          /* requests that one network may make */
#define ALL_DAY 200              /* that all networks together may make in a day … */
#define LETTERS_DAY 60           /* … and of how many the link is sent; the others come with their document */
#define EVENT "inquiry_answered" /* a request is a question of its own kind (domain.md §10) */
#define LIST_USUAL 50
#define LIST_MOST 200

#define COLUMNS "r.id, r.kind, r.at, r.name, r.phone, r.email, r.content, r.letter, r.link_until, r.link_at, r.seen_at,"      \
    " s.full_name, r.customer_id, k.full_name, r.due_day, r.extended_at, r.extended_why, r.closed_at, u.full_name, r.outcome," \
    " r.answer, r.done, r.done_audit, r.data_until FROM privacy_requests r LEFT JOIN users s ON s.id = r.seen_by"             \
    " LEFT JOIN customers k ON k.id = r.customer_id LEFT JOIN users u ON u.id = r.closed_by"
static const struct stmt by_id = STMT("privacy_by_id", "i", "SELECT " COLUMNS " WHERE r.id = $1");
static const struct stmt claim_of = STMT("privacy_claim_of", "i", "SELECT id FROM privacy_requests WHERE customer_id = $1"
    " AND closed_at IS NULL AND due_day IS NOT NULL AND kind <> 'CONSULTA' ORDER BY id LIMIT 1");
static const struct stmt insert = STMT("privacy_insert", "sissssibis",
    "INSERT INTO privacy_requests (kind, at, name, phone, email, content, link_salt, link_hash, link_until, letter)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id");
static const struct stmt link_set = STMT("privacy_link_set", "ib", "UPDATE privacy_requests SET link_hash = $2 WHERE id = $1");
static const struct stmt prove = STMT("privacy_prove", "iii",
    "UPDATE privacy_requests SET link_at = $2, link_until = NULL, due_day = coalesce(due_day, $3)"
    " WHERE id = $1 AND link_at IS NULL AND closed_at IS NULL");
static const struct stmt list_open = STMT("privacy_list_open", "ii",
    "SELECT " COLUMNS " WHERE r.closed_at IS NULL AND r.due_day IS NOT NULL AND (r.due_day, r.id) >"
    " (coalesce((SELECT a.due_day FROM privacy_requests a WHERE a.id = $1), 0), $1) ORDER BY r.due_day, r.id LIMIT $2");
static const struct stmt list_unproved = STMT("privacy_list_unproved", "ii",
    "SELECT " COLUMNS " WHERE r.closed_at IS NULL AND r.due_day IS NULL AND ($1 = 0 OR r.id < $1) ORDER BY r.id DESC LIMIT $2");
static const struct stmt list_closed = STMT("privacy_list_closed", "ii",
    "SELECT " COLUMNS " WHERE r.closed_at IS NOT NULL AND ($1 = 0 OR r.id < $1) ORDER BY r.id DESC LIMIT $2");
static const struct stmt counts = STMT("privacy_counts", "ii",
    "SELECT count(*) FILTER (WHERE due_day IS NOT NULL), count(*) FILTER (WHERE due_day IS NULL),"
    " count(*) FILTER (WHERE due_day < $1), count(*) FILTER (WHERE due_day BETWEEN $1 AND $2)"
    " FROM privacy_requests WHERE closed_at IS NULL");
#define NEVER_PROVED "SELECT id FROM privacy_requests WHERE closed_at IS NULL AND due_day IS NULL AND at < $1 ORDER BY id LIMIT $2"
static const struct stmt give_up = STMT("privacy_give_up", "ii", "DELETE FROM privacy_requests WHERE id IN (" NEVER_PROVED ")");
#define OVER "SELECT r.id FROM privacy_requests r WHERE r.closed_at IS NOT NULL AND r.name IS NOT NULL AND (r.closed_at < $1"     \
    " OR (r.link_until < $2 AND r.customer_id IN (SELECT customer_id FROM erasures))) ORDER BY r.id LIMIT $3"
#define FORGET_LETTERS "UPDATE notifications SET recipient = '', variables = '{}', said = NULL, error = NULL,"                  \
    " dedupe_key = 'privacy:' || id, state = iif(state IN ('queued', 'failed'), 'cancelled', state) WHERE dedupe_key IN"
static const struct stmt forget_asked = STMT("privacy_forget_asked", "ii",
    FORGET_LETTERS " (SELECT 'privacy:' || o.id || ':ask' FROM (" NEVER_PROVED ") o)");
static const struct stmt forget_letters = STMT("privacy_forget_letters", "iii",
    FORGET_LETTERS " (SELECT 'privacy:' || o.id || w.value"
    " FROM (" OVER ") o, json_each('[\":ask\",\":extend\",\":close\"]') w)");
static const struct stmt forget = STMT("privacy_forget", "iii",
    "UPDATE privacy_requests SET name = NULL, phone = NULL, email = NULL, content = NULL, answer = NULL, extended_why = NULL"
    " WHERE id IN (" OVER ")");
DB_REGISTER(&by_id, &claim_of, &insert, &link_set, &prove, &list_open, &list_unproved, &list_closed, &counts, &give_up, &forget_asked, &forget_letters, &forget)

const struct word privacy_kinds[] = {
    { "CONSULTA", "Saber qué datos míos tienen" }, { "RECTIFICACION", "Corregir mis datos" },
    { "SUPRESION", "Borrar mis datos" }, { "REVOCATORIA", "Retirar mi autorización" },
    { "RECLAMO", "Reclamar por el uso de mis datos" }, WORDS_END
};
const struct word privacy_states[] = {
    { "ABIERTA", "Por responder" }, { "SIN_PROBAR", "Sin identificar" }, { "CERRADA", "Cerradas" }, WORDS_END
};
const struct word privacy_outcomes[] = {
    { "ATENDIDA", "Se hizo lo que pide" }, { "NEGADA", "No procede" }, { "DESISTIDA", "Desistió" }, WORDS_END
};
const struct word privacy_deeds[] = {
    { "respuesta", "Solo se le respondió" }, { "datos", "Se le entregan sus datos" }, { "correccion", "Se corrigieron sus datos" },
    { "supresion", "Se borraron sus datos" }, { "revocatoria", "No se le escribe más" }, WORDS_END
};

#define P struct privacy_request
static const struct field column_rows[] = {
    FIELD(P, id, F_INT, "Número"),
    FIELD(P, kind, F_TEXT, "CONSULTA, RECTIFICACION, SUPRESION, REVOCATORIA o RECLAMO"),
    FIELD(P, at, F_INSTANT, "Cuándo se pidió"),
    FIELD(P, name, F_TEXT, "Quién lo pide, como se escribió"),
    FIELD(P, phone, F_PHONE, "Su celular, como lo escribió"),
    FIELD(P, email, F_TEXT, "Su correo, como lo escribió"),
    FIELD(P, content, F_TEXT, "Lo que pide"),
    FIELD(P, letter, F_TEXT, "Por dónde fue su enlace: sms o email"),
    FIELD(P, link_until, F_INSTANT, "Hasta cuándo sirve su enlace"),
    FIELD(P, link_at, F_INSTANT, "Cuándo confirmó con el enlace que es suya"),
    FIELD(P, seen_at, F_INSTANT, "Cuándo se vio su documento"),
    FIELD(P, seen_by, F_TEXT, "Quién lo vio"),
    FIELD(P, customer_id, F_ID, "De qué cliente son los datos"),
    FIELD(P, customer_name, F_TEXT, "Su nombre"),
    FIELD_SECRET(P, due_day, F_INT, "El último día del plazo"),
    FIELD(P, extended_at, F_INSTANT, "Cuándo se amplió el plazo"),
    FIELD(P, extended_why, F_TEXT, "Por qué"),
    FIELD(P, closed_at, F_INSTANT, "Cuándo se cerró"),
    FIELD(P, closed_by, F_TEXT, "Quién la cerró"),
    FIELD(P, outcome, F_TEXT, "ATENDIDA, NEGADA o DESISTIDA"),
    FIELD(P, answer, F_TEXT, "La respuesta"),
    FIELD(P, done, F_TEXT, "Qué se hizo"),
    FIELD(P, done_audit, F_ID, "En qué renglón de la auditoría consta"),
    FIELD(P, data_until, F_INSTANT, "Hasta cuándo puede bajar sus datos"),
};
FIELD_TABLE_HERE(P, privacy_columns, column_rows)
static const struct field row_rows[] = {
    FIELD_ALSO(P, privacy_columns),
    FIELD(P, state, F_TEXT, "ABIERTA, SIN_PROBAR o CERRADA"),
    FIELD(P, due_on, F_TEXT, "El último día del plazo"),
    FIELD(P, left, F_INT, "Días hábiles que quedan; negativo, si venció"),
    FIELD(P, late, F_BOOL, "El plazo venció"),
    FIELD(P, soon, F_BOOL, "Vence en tres días hábiles o menos"),
};
const struct fields privacy_request_fields = FIELDS(row_rows);
/* The answer to anybody who makes a request: nothing of it says whether the point knows the person. */
static const struct field received_rows[] = {
    FIELD(P, kind, F_TEXT, "Lo que se pide"),
    FIELD(P, at, F_INSTANT, "Cuándo se recibió"),
    FIELD(P, letter, F_TEXT, "Por dónde va el enlace para confirmar que es suya: sms o email; nada, si hay que venir al punto"),
};
const struct fields privacy_received_fields = FIELDS(received_rows);

/* ---- the term ---- */

static bool is_query(const char *kind)
{
    return streq(kind, "CONSULTA");
}

int64_t privacy_due(const char *kind, int64_t day, bool extended)
{
    return business_day_after(day, extended ? (is_query(kind) ? PRIVACY_QUERY_MORE : PRIVACY_CLAIM_MORE)
                              : is_query(kind) ? PRIVACY_QUERY_DAYS : PRIVACY_CLAIM_DAYS);
}

static void privacy_weigh(struct ctx *c, P *p)
{
    const int64_t today = clock_day(c->now);

    p->state = p->closed_at != 0 ? "CERRADA" : p->due_day != 0 ? "ABIERTA" : "SIN_PROBAR";
    p->due_on = p->due_day != 0 ? clock_day_iso(c->a, p->due_day) : NULL;
    p->left = p->due_day != 0 && p->closed_at == 0 ? business_days_until(today, p->due_day) : 0;
    p->late = p->due_day != 0 && p->closed_at == 0 && today > p->due_day;
    p->soon = p->due_day != 0 && p->closed_at == 0 && !p->late && p->left <= PRIVACY_SOON;
}

/* ---- asking ---- */

struct privacy_asking { struct ctx *c; struct privacy_in in; const char *letter; P *out; };

static enum err privacy_check(struct ctx *c, struct privacy_in *in)
{
    const char *name = is_blank(in->name) ? NULL : normal_name(c->a, in->name);

    c->fault = (struct fault){ 0 };
    in->content = is_blank(in->content) ? "" : utf8_visible(c->a, in->content);
    if (words_of(privacy_kinds, in->kind) == NULL)
        ctx_invalid(c, "kind", T_PRIVACY_KIND, NULL);
    if (is_blank(in->content) || utf8_length(in->content) < PRIVACY_LEAST)
        ctx_invalid(c, "content", T_PRIVACY_SHORT, NULL);
    if (name == NULL)
        ctx_invalid(c, "name", is_blank(in->name) ? T_REQUIRED : T_NAME_BAD, NULL);
    answer_address_check(c, &in->phone, &in->email, T_PRIVACY_REACH);
    if (!in->consent)
        ctx_invalid(c, "consent", T_CONSENT, NULL);
    in->name = name;
    return ctx_faults(c);
}

/* The way by which the link goes: the phone, else the e-mail; none when the point sends no messages there, or has sent
 * enough to strangers today. */
static enum err privacy_way_tx(struct privacy_asking *x)
{
    struct ctx *c = x->c;
    enum err e;

    x->letter = x->in.phone != NULL && phone_takes_sms(x->in.phone) && channel_is_on(c, "sms") ? "sms"
        : x->in.email != NULL && channel_is_on(c, "email") ? "email" : NULL;
    if (x->letter == NULL || throttle_exempt(c))
        return OK;
    e = throttle_spend_tx(c, "privacy:letters", 1, LETTERS_DAY, DAY_SECONDS);
    if (e != E_THROTTLED)
        return e;
    x->letter = NULL;
    c->fault = (struct fault){ 0 };
    return OK;
}

static enum err letter_send_tx(struct ctx *c, const P *p, const char *text, const char *what)
{
    const bool sms = text_is(p->letter, "sms");
    struct outgoing o = { .event = EVENT, .channel = p->letter, .recipient = sms ? p->phone : p->email, .not_before = c->now,
                          .stranger = true, .dedupe = arena_printf(c->a, "privacy:%lld:%s", (long long)p->id, what) };
    struct json_object *v = json_object_new_object();
    int64_t id = 0;
    enum err e;

    json_add_text(v, "nombre", sms ? "cliente" : name_of_stranger(c->a, p->name, "cliente"));
    json_add_text(v, "texto", text);
    json_add_int(v, "privacy_id", p->id);
    o.variables = json_text(c->a, v);
    json_object_put(v);
    e = outgoing_withheld_tx(c, &o);
    if (e == OK)
        e = outgoing_tx(c, &o, &id);
    if (e == OK && id == 0)
        log_warn("privacy.untold", "channel", p->letter, NULL);
    return e;
}

enum err privacy_letter_tx(struct ctx *c, const P *p, const char *text, const char *what)
{
    return p->letter == NULL || p->link_at == 0 ? OK : letter_send_tx(c, p, text, what);
}

static enum err privacy_insert_tx(struct privacy_asking *x)
{
    const struct privacy_in *in = &x->in;
    struct ctx *c = x->c;
    unsigned char hash[HASH_BYTES];
    uint64_t salt;
    int64_t id = 0;
    enum err e;

    random_bytes(&salt, sizeof salt);
    random_bytes(hash, sizeof hash);         /* until the row has its number */
    salt >>= 11;
    e = db_insert(c->db, &id, &insert, in->kind, c->now, in->name, in->phone, in->email, in->content, (int64_t)salt,
                  (const void *)hash, sizeof hash, c->now + PRIVACY_PROVE_DAYS * DAY_SECONDS, x->letter);
    if (e == OK)
        e = privacy_link_hash(c, id, (int64_t)salt, hash);
    if (e == OK)
        e = db_exec(c->db, NULL, &link_set, id, (const void *)hash, sizeof hash);
    return e != OK ? e : privacy_by_id(c, id, x->out);
}

static enum err privacy_audit_tx(struct ctx *c, const char *action, const P *p)
{
    struct json_object *details = json_object_new_object();

    json_add_text(details, "kind", p->kind);
    return audit_tx(c, action, "privacy_request", p->id, details);
}

static enum err privacy_ask_tx(struct db *db UNUSED, void *arg)
{
    struct privacy_asking *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    int64_t *ids;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL)
        return operation_ids_read(c->a, answer, &ids) == 1 ? privacy_by_id(c, ids[0], x->out) : E_INTERNAL;
    if (e == OK && !throttle_exempt(c))
        e = throttle_spend_tx(c, "privacy:all", 1, ALL_DAY, DAY_SECONDS);
    if (e == OK)
        e = privacy_way_tx(x);
    if (e == OK)
        e = privacy_insert_tx(x);
    if (e == OK && x->letter != NULL)
        e = letter_send_tx(c, x->out, "alguien pidió algo sobre sus datos personales y dejó este contacto. Si fue usted, "
                           "confírmelo aquí:", "ask");
    if (e == OK)
        e = privacy_audit_tx(c, "privacy_ask", x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->out->id, 1));
}

enum err privacy_ask(struct ctx *c, const struct privacy_in *in, P *out)
{
    struct privacy_asking x = { .c = c, .in = *in, .out = out };
    enum err e = privacy_check(c, &x.in);

    if (e == OK && (e = throttle_window(c, "privacy", NETWORK_HOUR, HOUR_S)) == OK)
        c->fault = (struct fault){ 0 };
    return e != OK ? e : domain_operation(c, "privacy_ask", privacy_ask_tx, &x);
}

/* ---- proving ---- */

struct privacy_proving { struct ctx *c; const char *secret; P *out; };

static enum err privacy_prove_tx(struct db *db, void *arg)
{
    struct privacy_proving *x = arg;
    struct ctx *c = x->c;
    int64_t changed = 0;
    enum err e = privacy_by_secret(c, x->secret, x->out);

    if (e == OK)
        e = db_exec(db, &changed, &prove, x->out->id, c->now, privacy_due(x->out->kind, clock_day(c->now), false));
    if (e != OK || changed == 0)
        return e;
    e = privacy_audit_tx(c, "privacy_prove", x->out);
    return e != OK ? e : privacy_by_id(c, x->out->id, x->out);
}

enum err privacy_prove(struct ctx *c, const char *secret, P *out)
{
    return domain_operation(c, "privacy_prove", privacy_prove_tx, &(struct privacy_proving){ c, secret, out });
}

/* ---- reading ---- */

enum err privacy_claim_of(struct ctx *c, int64_t customer_id, int64_t *id)
{
    const enum err e = db_value(c->db, id, &claim_of, customer_id);

    if (e != OK)
        *id = 0;
    return e == E_NOT_FOUND ? OK : e;
}

enum err privacy_by_id(struct ctx *c, int64_t id, P *out)
{
    const enum err e = db_get(c->db, privacy_columns, out, c->a, &by_id, id);

    if (e == OK)
        privacy_weigh(c, out);
    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_PRIVACY_NONE, NULL) : domain_fault(c, e);
}

enum err privacy_by_secret(struct ctx *c, const char *secret, P *out)
{
    int64_t id = 0;
    const enum err e = privacy_link_find(c, secret, &id);

    return e != OK ? e : privacy_by_id(c, id, out);
}

enum err privacy_list(struct ctx *c, const struct privacy_filter *f, struct privacy_requests *out)
{
    const struct stmt *s = f->state == NULL || streq(f->state, "ABIERTA") ? &list_open
        : streq(f->state, "CERRADA") ? &list_closed : &list_unproved;
    const int64_t limit = f->limit > 0 && f->limit <= LIST_MOST ? f->limit : LIST_USUAL;
    struct rows q;
    enum err e = db_query(c->db, &q, s, f->after, limit + 1);

    *out = (struct privacy_requests){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, privacy_columns, sizeof *out->v, &out->n);
    e = db_end(&q);
    if (out->n > (size_t)limit) {
        out->n = (size_t)limit;
        out->next = out->v[limit - 1].id;
    }
    for (size_t i = 0; i < out->n; i++)
        privacy_weigh(c, &out->v[i]);
    return domain_fault(c, e);
}

enum err privacy_count(struct ctx *c, struct privacy_counts *out)
{
    const int64_t today = clock_day(c->now);
    struct rows q;
    enum err e = db_one(c->db, &q, &counts, today, business_day_after(today, PRIVACY_SOON));

    *out = (struct privacy_counts){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    *out = (struct privacy_counts){ db_int(&q, 0), db_int(&q, 1), db_int(&q, 2), db_int(&q, 3) };
    return domain_fault(c, db_end(&q));
}

/* ---- forgetting ---- */

struct privacy_forgetting { struct ctx *c; int limit; int64_t done; };

static enum err privacy_give_up_tx(struct db *db, void *arg)
{
    struct privacy_forgetting *x = arg;

    const int64_t before = x->c->now - PRIVACY_PROVE_DAYS * DAY_SECONDS;
    enum err e = db_exec(db, NULL, &forget_asked, before, (int64_t)x->limit);

    return e != OK ? e : db_exec(db, &x->done, &give_up, before, (int64_t)x->limit);
}

enum err privacy_give_up(struct ctx *c, int limit, int *done)
{
    struct privacy_forgetting x = { c, limit, 0 };
    enum err e = domain_write(c, privacy_give_up_tx, &x);

    *done = e == OK ? (int)x.done : 0;
    return e;
}

static enum err privacy_forget_tx(struct db *db, void *arg)
{
    struct privacy_forgetting *x = arg;
    int64_t before;
    enum err e = anonymise_before(x->c, x->c->now, &before);

    if (e == OK)
        e = db_exec(db, NULL, &forget_letters, before, x->c->now, (int64_t)x->limit);
    return e != OK ? e : db_exec(db, &x->done, &forget, before, x->c->now, (int64_t)x->limit);
}

enum err privacy_forget(struct ctx *c, int limit, int *done)
{
    struct privacy_forgetting x = { c, limit, 0 };
    enum err e = domain_write(c, privacy_forget_tx, &x);

    *done = e == OK ? (int)x.done : 0;
    return e;
}
