#include "domain/outbox/notification_bulk.h"

#include "base/clock.h"
#include "base/random.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/message/account.h"
#include "domain/message/hours.h"
#include "domain/message/notification.h"
#include "domain/message/template.h"
#include "domain/message/texts.h"
#include "domain/message/wording.h"
#include "domain/outbox/notification_log.h"
#include "domain/outbox/texts.h"
#include "domain/people/opt_out.h"
#include "json/json.h"
#include "local/gsm7.h"
#include "local/money.h"
#include "local/normal.h"

#define EVENT "custom_message"
#define ANSWER 7                 /* numbers of struct bulk, as an operation keeps them */

/* Parcels that are here and nobody's but their customer's, with the address where messages about them go. */
static const struct stmt waiting = STMT("bulk_waiting", "is",
    "SELECT p.id, p.customer_id, CASE WHEN $2 = 'sms' THEN coalesce(p.announced_phone, c.phone)"
    " WHEN c.email_confirmed_at > 0 THEN c.email END, CASE WHEN $2 = 'sms' THEN c.sms_opt_out ELSE c.email_opt_out END"
    " FROM packages p JOIN customers c ON c.id = p.customer_id"
    " WHERE p.state = 'RECIBIDO' AND p.received_at <= $1 AND NOT p.disputed ORDER BY p.customer_id, p.id");
DB_REGISTER(&waiting)

#define B struct bulk
static const struct field rows[] = {
    FIELD(B, people, F_INT, "A cuántas personas"),
    FIELD(B, opted_out, F_INT, "Cuántas no quieren mensajes por ese medio"),
    FIELD(B, unreachable, F_INT, "Cuántas no tienen a dónde enviarlo por ese medio"),
    FIELD(B, parts, F_INT, "Partes de cada SMS; 0 si es correo"),
    FIELD(B, cost, F_MONEY, "Lo que cuestan todos"),
    FIELD(B, left, F_MONEY, "Lo que queda por gastar en SMS hoy y este mes"),
    FIELD(B, from, F_INSTANT, "Cuándo sale el primero, dentro de las horas de ley"),
};
const struct fields bulk_fields = FIELDS(rows);

/* A parcel, and the message that will speak of it: the first of the parcels with the same address has it. */
struct bulk_parcel { int64_t id, customer_id; const char *to; bool refuses, told; size_t first; };
struct bulking {
    struct ctx *c;
    const struct bulk_in *in;
    struct bulk *out;
    struct bulk_parcel *v;
    size_t n;
};

static enum err parcels_read(struct bulking *x)
{
    struct ctx *c = x->c;
    struct rows q;
    enum err e = db_query(c->db, &q, &waiting, c->now - x->in->days * DAY_SECONDS, x->in->channel);

    x->v = NULL;
    if (e != OK)
        return e;
    for (x->n = 0; db_next(&q); x->n++) {
        x->v = arena_more(c->a, x->v, x->n, sizeof *x->v);
        x->v[x->n] = (struct bulk_parcel){ db_int(&q, 0), db_int(&q, 1), db_dup(&q, 2, c->a), db_int(&q, 3) != 0,
                                            false, x->n };
    }
    return db_end(&q);
}

/* Finds who is met for the first time, counts them, and says what becomes of their message. */
static enum err parcel_count(struct bulking *x, size_t at)
{
    struct bulk_parcel *p = &x->v[at];
    const bool sms = streq(x->in->channel, "sms");
    enum err e = OK;

    for (size_t i = at; i > 0 && p->first == at; i--)
        if (text_equal(x->v[i - 1].to, p->to) && (p->to != NULL || x->v[i - 1].customer_id == p->customer_id))
            p->first = x->v[i - 1].first;
    if (p->first != at)
        return OK;
    if (is_blank(p->to) || (sms && !phone_takes_sms(p->to))) {
        x->out->unreachable++;
        return OK;
    }
    if (!p->refuses)
        e = opt_out_of_address(x->c, x->in->channel, p->to, &p->refuses);
    p->told = !p->refuses;
    x->out->opted_out += p->refuses;
    x->out->people += p->told;
    return e;
}

/* The parts and the price of one message, worded as it will leave. */
static enum err bulk_measure(struct bulking *x)
{
    struct ctx *c = x->c;
    struct message_template t;
    struct sms_budget b;
    struct wording w = { { NULL } };
    const char *missing = NULL;
    int64_t characters, price = 0;
    enum err e = message_template_get(c, EVENT, x->in->channel, &t);

    if (e == E_NOT_FOUND)
        return ctx_fail(c, E_CONFLICT, NULL, T_TEMPLATE_NONE, NULL);
    if (e == OK)
        e = notification_budget(c, &b);
    if (e != OK)
        return e;
    x->out->left = b.day_budget - b.day < b.month_budget - b.month ? b.day_budget - b.day : b.month_budget - b.month;
    /* News for strangers at night may be about their parcel; what the point wants to say waits for the day. */
    x->out->from = hours_from("publicidad", c->now);
    if (!streq(x->in->channel, "sms"))
        return OK;
    wording_site(c, &w);
    w.v[W_TEXTO] = x->in->text;
    e = sms_measure(c, gsm7_plain(c->a, wording_fill(c->a, t.body, &w, &missing)), &characters, &x->out->parts, &price);
    x->out->cost = price * x->out->people;
    return e;
}

static enum err bulk_look(struct bulking *x)
{
    enum err e = parcels_read(x);

    *x->out = (struct bulk){ 0 };
    for (size_t i = 0; i < x->n && e == OK; i++)
        e = parcel_count(x, i);
    return e != OK ? e : bulk_measure(x);
}

static enum err bulk_check(struct ctx *c, const struct bulk_in *in)
{
    c->fault = (struct fault){ 0 };
    if (!channel_is_on(c, in->channel))
        ctx_invalid(c, "channel", streq(in->channel, "sms") ? T_SMS_OFF : T_MAIL_OFF, NULL);
    notify_text_faults(c, in->text);
    return ctx_faults(c);
}

enum err notify_bulk_preview(struct ctx *c, const struct bulk_in *in, struct bulk *out)
{
    struct bulking x = { .c = c, .in = in, .out = out };
    enum err e = bulk_check(c, in);

    return e != OK ? e : domain_fault(c, bulk_look(&x));
}

static enum err bulk_refuse(const struct bulking *x)
{
    struct ctx *c = x->c;
    const struct bulk *b = x->out;

    if (b->people != x->in->people)
        return ctx_fail(c, E_CONFLICT, "people", T_BULK_OTHER, arena_printf(c->a, "%lld", (long long)b->people),
                        arena_printf(c->a, "%lld", (long long)x->in->people), NULL);
    if (b->people == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_BULK_NOBODY, NULL);
    if (b->people > BULK_MOST)
        return ctx_fail(c, E_CONFLICT, "days", T_BULK_MANY, arena_printf(c->a, "%lld", (long long)b->people),
                        arena_printf(c->a, "%d", BULK_MOST), NULL);
    if (b->cost > b->left)
        return ctx_fail(c, E_CONFLICT, NULL, T_BULK_DEAR, money_text(c->a, b->cost),
                        money_text(c->a, b->left > 0 ? b->left : 0), NULL);
    return OK;
}

/* Queues the message of the parcel `first`, and says of which parcels it speaks. */
static enum err bulk_one_tx(struct bulking *x, size_t first, const char *variables)
{
    struct ctx *c = x->c;
    const struct bulk_parcel *p = &x->v[first];
    struct outgoing o = { .event = EVENT, .channel = x->in->channel, .recipient = p->to, .variables = variables,
                          .customer_id = p->customer_id, .not_before = x->out->from, .reserve = true,
                          .dedupe = arena_printf(c->a, "bulk:%s", random_text(c->a, ALPHABET_BASE62, 16)) };
    int64_t id;
    enum err e = outgoing_tx(c, &o, &id);

    if (e == OK && id == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_TEMPLATE_NONE, NULL);
    for (size_t i = first; i < x->n && e == OK; i++)
        if (x->v[i].first == first)
            e = outgoing_link_tx(c, id, EVENT, o.channel, (struct message_about){ x->v[i].id, id, 0 });
    return e;
}

/* The audit log says how many were written to, and what. */
static enum err bulk_audit_tx(const struct bulking *x)
{
    struct json_object *details = json_object_new_object();

    json_add_text(details, "channel", x->in->channel);
    json_add_int(details, "people", x->out->people);
    json_add_text(details, "text", x->in->text);
    return audit_tx(x->c, "notification_bulk", "notification", 0, details);
}

static enum err bulk_all_tx(struct bulking *x)
{
    struct json_object *o = json_object_new_object();
    const char *variables;
    enum err e = bulk_look(x);

    json_add_text(o, "texto", x->in->text);
    variables = json_text(x->c->a, o);
    json_object_put(o);
    if (e == OK)
        e = bulk_refuse(x);
    for (size_t i = 0; i < x->n && e == OK; i++)
        if (x->v[i].told)
            e = bulk_one_tx(x, i, variables);
    return e != OK ? e : bulk_audit_tx(x);
}

static enum err bulk_tx(struct db *db UNUSED, void *arg)
{
    struct bulking *x = arg;
    struct bulk *b = x->out;
    struct ctx *c = x->c;
    const char *answer;
    int64_t *was;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK)
        return e;
    if (answer != NULL) {
        if (operation_ids_read(c->a, answer, &was) != ANSWER)
            return E_INTERNAL;
        *b = (struct bulk){ was[0], was[1], was[2], was[3], was[4], was[5], was[6] };
        return OK;
    }
    e = bulk_all_tx(x);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, (const int64_t[ANSWER]){ b->people, b->opted_out,
        b->unreachable, b->parts, b->cost, b->left, b->from }, ANSWER));
}

enum err notify_bulk(struct ctx *c, const struct bulk_in *in, struct bulk *out)
{
    struct bulking x = { .c = c, .in = in, .out = out };
    enum err e = bulk_check(c, in);

    return e != OK ? e : domain_operation(c, "notification_bulk", bulk_tx, &x);
}
