#include "base/clock.h"
#include "base/texts.h"
#include "domain/custody/attempt.h"
#include "domain/custody/texts.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/event.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/package_write.h"
#include "domain/parcel/texts.h"
#include "json/json.h"
#include "base/log.h"
#include "local/money.h"

#define KIND "CONTACTO"
#define ABANDONED "cliente_no_reclama"
#define LIST_USUAL 50
#define LIST_MAX 200

#define SELECT "SELECT e.id, e.package_id, e.at, u.full_name, v.value, e.details"
#define JOINS " LEFT JOIN users u ON u.id = e.user_id LEFT JOIN event_values v ON v.event_id = e.id AND v.name = 'note'"
static const struct stmt of_package = STMT("contacts_of_package", "i",
    SELECT " FROM package_events e" JOINS " WHERE e.package_id = $1 AND " CONTACT_ATTEMPT " ORDER BY e.id");
static const struct stmt page_of = STMT("contacts_page", "iii",
    SELECT " FROM package_events e" JOINS " WHERE e.package_id = $1 AND e.id < $2 AND " CONTACT_ATTEMPT
    " ORDER BY e.id DESC LIMIT $3");
/* Contacts of an earlier stay do not count; an undone hand-over makes no new stay. */
static const struct stmt of_customers = STMT("contacts_of_customers", "s",
    SELECT " FROM packages p JOIN package_events e ON e.package_id = p.id" JOINS
    " WHERE p.customer_id IN (SELECT value FROM json_each($1)) AND p.state = 'RECIBIDO' AND " CONTACT_ATTEMPT
    " AND e.at >= p.received_at ORDER BY e.id");
static const struct stmt of_customer = STMT("contacts_of_customer", "ii",
    SELECT " FROM packages p JOIN package_events e ON e.package_id = p.id" JOINS
    " WHERE p.customer_id = $1 AND " CONTACT_ATTEMPT " ORDER BY e.id DESC LIMIT $2");
static const struct stmt next_waiting = STMT("contact_next_waiting", "ii",
    "SELECT id FROM packages WHERE customer_id = $1 AND state = 'RECIBIDO' AND id > $2 ORDER BY id LIMIT 1");
DB_REGISTER(&of_package, &page_of, &of_customers, &of_customer, &next_waiting)

static const struct field contact_rows[] = {
    FIELD(struct contact, id, F_INT, "Número del evento"),
    FIELD(struct contact, package_id, F_INT, "Paquete"),
    FIELD(struct contact, at, F_INSTANT, "Cuándo"),
    FIELD(struct contact, user_name, F_TEXT, "Quién lo hizo"),
    FIELD(struct contact, outcome, F_TEXT, "Qué pasó"),
    FIELD(struct contact, channel, F_TEXT, "llamada, whatsapp o en_persona"),
    FIELD(struct contact, promised_at, F_INSTANT, "Para cuándo dijo que viene"),
    FIELD(struct contact, note, F_TEXT, "Nota"),
};
const struct fields contact_fields = FIELDS(contact_rows);

static const struct field policy_rows[] = {
    FIELD(struct ageing_policy, days, F_INT, "Días en el punto"),
    FIELD(struct ageing_policy, call_from, F_INSTANT, "Desde cuándo hay que avisar"),
    FIELD(struct ageing_policy, called_at, F_INSTANT, "El primer contacto desde entonces"),
    FIELD(struct ageing_policy, abandon_from, F_INSTANT, "Desde cuándo se puede declarar abandonado"),
    FIELD(struct ageing_policy, attempts, F_INT, "Intentos de contacto desde que llegó"),
    FIELD(struct ageing_policy, attempt_days, F_INT, "En cuántos días distintos"),
    FIELD(struct ageing_policy, must_call, F_BOOL, "Hay que avisar"),
    FIELD(struct ageing_policy, may_abandon, F_BOOL, "Se puede declarar abandonado"),
};
const struct fields ageing_policy_fields = FIELDS(policy_rows);

/* ---- words ---- */

const struct word contact_outcomes[] = {
    { "contesto", "contestó" }, { "no_contesto", "no contestó" }, { "buzon", "se dejó mensaje en el buzón" },
    { "numero_equivocado", "número equivocado" }, { "vendra", "dijo que viene" },
    { "no_lo_quiere", "no lo quiere" }, { "otro", "otro resultado" }, WORDS_END
};
const struct word contact_channels[] = {
    { "llamada", "llamada" }, { "whatsapp", "WhatsApp" }, { "en_persona", "en persona" }, WORDS_END
};

const char *contact_details_words(struct ctx *c, struct json_object *details, const char *values UNUSED)
{
    const char *outcome = NULL, *channel = NULL, *promised = NULL, *words;
    int64_t day;

    json_get_text(details, "outcome", &outcome);
    json_get_text(details, "channel", &channel);
    if (words_of(contact_outcomes, outcome) == NULL || words_of(contact_channels, channel) == NULL)
        return NULL;
    words = arena_printf(c->a, "%s: %s", words_of(contact_channels, channel), words_of(contact_outcomes, outcome));
    if (!json_get_text(details, "promised", &promised) || !clock_parse_day(promised, &day))
        return words;
    return arena_printf(c->a, "%s, para el %s", words, clock_day_exact(c->a, day));
}

/* ---- reading ---- */

static void contact_parse(struct ctx *c, struct contact *k, const char *text)
{
    const char *value = NULL;
    const struct text *why;
    struct json_object *o = json_parse(text, strlen(text), &why);
    int64_t day;

    if (o == NULL)
        return;
    if (json_get_text(o, "outcome", &value))
        k->outcome = arena_strdup(c->a, value);
    if (json_get_text(o, "channel", &value))
        k->channel = arena_strdup(c->a, value);
    if (json_get_text(o, "promised", &value) && clock_parse_day(value, &day))
        k->promised_at = clock_day_start(day);
    json_object_put(o);
}

static enum err contacts_read(struct ctx *c, enum err e, struct rows *q, struct contacts *out)
{
    *out = (struct contacts){ 0 };
    while (e == OK && db_next(q)) {
        struct contact *k;

        out->v = arena_more(c->a, out->v, out->n, sizeof *out->v);
        k = &out->v[out->n++];
        *k = (struct contact){ .id = db_int(q, 0), .package_id = db_int(q, 1), .at = db_int(q, 2),
                               .user_name = db_dup(q, 3, c->a), .note = db_dup(q, 4, c->a) };
        contact_parse(c, k, db_text(q, 5));
    }
    return domain_fault(c, e != OK ? e : db_end(q));
}

enum err contacts_of_package(struct ctx *c, int64_t package_id, struct contacts *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &of_package, package_id);

    return contacts_read(c, e, &q, out);
}

enum err contact_list(struct ctx *c, const struct contact_filter *f, struct contacts *out)
{
    const size_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : (size_t)f->limit;
    struct rows q;
    enum err e = db_query(c->db, &q, &page_of, f->id, f->before > 0 ? f->before : INT64_MAX, (int64_t)limit + 1);

    e = contacts_read(c, e, &q, out);
    if (out->n > limit)
        out->next = out->v[--out->n - 1].id;
    return e;
}

enum err contacts_of_customers(struct ctx *c, const int64_t *customers, size_t n, struct contacts *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &of_customers,
                          arena_printf(c->a, "[%s]", operation_ids(c->a, customers, n)));

    return contacts_read(c, e, &q, out);
}

enum err contacts_of_customer(struct ctx *c, int64_t customer_id, int64_t limit, struct contacts *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &of_customer, customer_id, limit);

    return contacts_read(c, e, &q, out);
}

/* ---- writing a contact ---- */

struct contacting {
    struct ctx *c;
    const struct contact_in *in;
    struct package *out;
};

static enum err contact_one_tx(struct contacting *x, struct package *p)
{
    struct ctx *c = x->c;
    const struct contact_in *in = x->in;
    struct json_object *details = json_object_new_object();

    json_add_text(details, "outcome", in->outcome);
    json_add_text(details, "channel", in->channel);
    if (in->promised_day != 0)
        json_add_text(details, "promised", clock_day_iso(c->a, in->promised_day));
    return event_add_tx(c, p, (struct event_new){ .kind = KIND, .before = p->state, .after = p->state,
                                                  .details = details, .note = in->note });
}

static enum err contact_others_tx(struct contacting *x)
{
    struct ctx *c = x->c;
    struct package p = { 0 };
    struct rows q;
    enum err e;

    while ((e = db_one(c->db, &q, &next_waiting, x->out->customer_id, p.id)) == OK) {
        int64_t id = db_int(&q, 0);

        e = db_end(&q);
        if (e == OK)
            e = package_by_id(c, id, &p);
        if (e == OK && id != x->out->id)
            e = contact_one_tx(x, &p);
        if (e != OK)
            return e;
    }
    return e == E_NOT_FOUND ? OK : e;
}

static enum err contact_tx(void *arg)
{
    struct contacting *x = arg;
    struct package *p = x->out;
    enum err e = package_by_id(x->c, x->in->id, p);

    if (e == OK && !streq(p->state, "RECIBIDO"))
        return ctx_fail(x->c, E_CONFLICT, NULL, T_NOT_ON_SHELF, p->guide_number, p->state, NULL);
    if (e == OK && p->customer_id == 0)
        return ctx_fail(x->c, E_CONFLICT, NULL, T_CONTACT_NOBODY, NULL);
    if (e == OK)
        e = contact_one_tx(x, p);
    return e == OK && x->in->all ? contact_others_tx(x) : e;
}

enum err package_contact(struct ctx *c, const struct contact_in *in, struct package *out)
{
    const int64_t today = clock_day(c->now), last = today + CONTACT_PROMISE_DAYS;
    struct contacting x = { c, in, out };

    c->fault = (struct fault){ 0 };
    if (words_of(contact_outcomes, in->outcome) == NULL)
        ctx_invalid(c, "outcome", T_REQUIRED, NULL);
    if (words_of(contact_channels, in->channel) == NULL)
        ctx_invalid(c, "channel", T_REQUIRED, NULL);
    if (in->promised_day != 0 && (in->promised_day < today || in->promised_day > last))
        ctx_invalid(c, "promised_day", T_CONTACT_DAY, clock_day_exact(c->a, today),
                    clock_day_exact(c->a, last), NULL);
    if (ctx_faults(c) != OK)
        return E_INVALID;
    return package_write(c, "contact", in->id, out, contact_tx, &x);
}

/* ---- the policy ---- */

struct ageing_policy ageing_policy(const struct package *p, const struct contacts *all, int64_t now)
{
    struct ageing_policy o = { .days = (now - p->received_at) / DAY_SECONDS,
                               .call_from = p->received_at + AGEING_CALL_DAYS * DAY_SECONDS,
                               .abandon_from = p->received_at + AGEING_ABANDON_DAYS * DAY_SECONDS };
    int64_t last_day = -1;

    for (size_t i = 0; i < all->n; i++) {
        const struct contact *k = &all->v[i];

        if (k->package_id != p->id || k->at < p->received_at)
            continue;
        o.attempts++;
        o.attempt_days += clock_day(k->at) != last_day;
        last_day = clock_day(k->at);
        if (o.called_at == 0 && k->at >= o.call_from)
            o.called_at = k->at;
    }
    o.must_call = streq(p->state, "RECIBIDO") && o.days >= AGEING_CALL_DAYS && o.called_at == 0;
    o.may_abandon = streq(p->state, "RECIBIDO") && o.days >= AGEING_ABANDON_DAYS
        && o.attempt_days >= AGEING_ATTEMPTS;
    return o;
}

/* The facts of the dossier, which the cancelled row keeps for good. */
static const char *ageing_abandon_text(struct ctx *c, const struct package *p, const struct ageing_policy *o,
                                const struct contacts *all, const struct fee *fee)
{
    return arena_printf(c->a, "Abandonado: %lld días en el punto, desde el %s; %lld intentos de contacto en %lld"
                        " días, el último el %s; debía %s", (long long)o->days,
                        clock_exact(c->a, p->received_at), (long long)o->attempts, (long long)o->attempt_days,
                        clock_exact(c->a, all->v[all->n - 1].at), money_text(c->a, fee->total));
}

struct abandoning { struct ctx *c; const struct abandon_in *in; struct package *out; struct approval_asked asked; };

static enum err ageing_abandon_tx(void *arg)
{
    struct abandoning *x = arg;
    struct ctx *c = x->c;
    struct ageing_policy o = { 0 };
    struct contacts all;
    struct fee fee;
    enum err e = package_by_id(c, x->in->id, x->out);

    if (e == OK && !streq(x->out->state, "RECIBIDO"))
        return ctx_fail(c, E_CONFLICT, NULL, T_NOT_ON_SHELF, x->out->guide_number, x->out->state, NULL);
    if (e == OK)
        e = contacts_of_package(c, x->in->id, &all);
    if (e == OK)
        e = fee_of(c, x->out, &fee);
    if (e != OK)
        return e;
    o = ageing_policy(x->out, &all, c->now);
    if (o.days < AGEING_ABANDON_DAYS)
        return ctx_fail(c, E_CONFLICT, NULL, T_ABANDON_EARLY, arena_strdup(c->a, NUM(AGEING_ABANDON_DAYS)),
                        clock_exact(c->a, o.abandon_from), NULL);
    if (!o.may_abandon)
        return ctx_fail(c, E_CONFLICT, NULL, T_ABANDON_ATTEMPTS, arena_strdup(c->a, NUM(AGEING_ATTEMPTS)),
                        arena_strdup(c->a, NUM(o.attempt_days)), NULL);
    e = approval_tx(c, x->in->approval, &x->asked, approval_needed(c, APPROVE_ABANDON, 0), x->in->id);
    if (e != OK)
        return e;
    return package_cancel_tx(c, x->in->id, ABANDONED, ageing_abandon_text(c, x->out, &o, &all, &fee), x->out);
}

enum err ageing_abandon(struct ctx *c, const struct abandon_in *in, struct package *out)
{
    struct abandoning x = { .c = c, .in = in, .out = out };
    struct package p;
    enum err e = package_by_id(c, in->id, &p);

    if (e == OK && approval_needed(c, APPROVE_ABANDON, 0)) {
        x.asked = (struct approval_asked){ .v = { { .kind = APPROVE_ABANDON } }, .n = 1,
                                           .about = arena_printf(c->a, "guía %s", p.guide_number) };
        e = approval_check(c, in->approval, &x.asked);
    }
    return e != OK ? domain_fault(c, e) : package_write(c, "abandon", in->id, out, ageing_abandon_tx, &x);
}
