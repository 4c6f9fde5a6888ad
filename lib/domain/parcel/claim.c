#include "domain/parcel/claim.h"

#include "json/json.h"
#include "base/clock.h"
#include "domain/ground/personal.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/message/notification.h"
#include "domain/parcel/event.h"
#include "domain/people/consent.h"
#include "local/name.h"
#include "local/normal.h"

#define EVENT "package_disputed"
#define NOTES_A_DAY 3

#define SELECT "SELECT k.id, k.package_id, k.name, k.phone, k.at, k.settled_at, u.full_name, k.outcome, k.compared," \
    " k.email, k.network, k.proved_email, NULL, NULL, NULL, 0 FROM claims k LEFT JOIN users u ON u.id = k.settled_by "
static const struct stmt of_package = STMT("claims_of_package", "i",
    SELECT "WHERE k.package_id = $1 ORDER BY k.settled_at IS NOT NULL, k.at, k.id");
static const struct stmt by_id = STMT("claim_by_id", "i", SELECT "WHERE k.id = $1");
static const struct stmt first_of = STMT("claim_first", "i",
    "SELECT 0, p.id, coalesce(p.announced_name, c.full_name), coalesce(p.announced_phone, c.phone), p.announced_at, NULL, NULL, NULL, NULL,"
    " coalesce(p.announced_email, c.email), NULL, NULL, NULL, NULL, NULL, 0"
    " FROM packages p JOIN customers c ON c.id = p.customer_id WHERE p.id = $1");
/* The people of phones, in JSON, whom a clerk knows (people/customer.h), the first one first; and, without a name,
 * when a parcel was first collected with a code that came to the phone. */
static const struct stmt known_by = STMT("claims_known_by", "s",
    "SELECT f.phone, k.full_name, f.known_at, k.id FROM json_each($1) v CROSS JOIN phone_people f ON f.phone = v.value"
    " CROSS JOIN customers k ON k.id = f.customer_id"
    " UNION ALL SELECT c.phone, NULL, min(p.delivered_at), NULL FROM customers c JOIN packages p ON p.customer_id = c.id"
    " WHERE c.phone IN (SELECT value FROM json_each($1)) AND p.state = 'ENTREGADO' AND p.proof = 'codigo'"
    " AND coalesce(p.announced_phone, c.phone) = c.phone"
    " GROUP BY c.phone ORDER BY 3, 4");
static const struct stmt insert = STMT("claim_insert", "issssi",
    "INSERT INTO claims (package_id, name, phone, email, network, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id");
static const struct stmt insert_lost = STMT("claim_insert_lost", "isssiiiss",
    "INSERT INTO claims (package_id, name, phone, email, at, settled_at, settled_by, outcome, compared, proved_email)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, 'ajeno', $8, $9)");
static const struct stmt set_email = STMT("claim_set_email", "is", "UPDATE claims SET email = $2 WHERE id = $1");
DB_REGISTER(&of_package, &by_id, &first_of, &known_by, &insert, &insert_lost, &set_email)

#define K struct claim
static const struct field rows[] = {
    FIELD(K, id, F_INT, "Número"),
    FIELD(K, package_id, F_INT, "Paquete"),
    FIELD(K, name, F_TEXT, "Quién más lo anunció"),
    FIELD(K, phone, F_PHONE, "Su celular"),
    FIELD(K, at, F_INSTANT, "Cuándo"),
    FIELD(K, settled_at, F_INSTANT, "Cuándo se aclaró"),
    FIELD(K, settled_by_name, F_TEXT, "Quién lo aclaró"),
    FIELD(K, outcome, F_TEXT, "suyo o ajeno; nada: sin aclarar"),
    FIELD(K, compared, F_TEXT, "etiqueta o documento: con qué se comparó el nombre; correccion: un administrador dijo de quién es"),
    FIELD(K, email, F_TEXT, "Su correo, sin confirmar"),
    FIELD_SECRET(K, network, F_TEXT, "La red desde la que lo anunció"),
    FIELD_SECRET(K, proved_email, F_TEXT, "Su correo, probado"),
    FIELD(K, known_at, F_INSTANT, "Desde cuándo se conoce en el punto a alguien con ese celular"),
    FIELD(K, known_name, F_TEXT, "A quién se conoce con ese celular"),
    FIELD(K, reached_at, F_INSTANT, "Desde cuándo se recogen paquetes con códigos que llegaron a ese celular"),
    FIELD(K, phone_shared, F_BOOL, "Se conoce con ese celular a alguien de otro nombre"),
};
const struct fields claim_fields = FIELDS(rows);

const struct word claim_compared[] = {
    { "etiqueta", "La etiqueta de la caja" }, { "documento", "El documento de la persona" }, WORDS_END
};

/* Takes one row of known_by about the claimant's phone. */
static void claim_take_known(struct ctx *c, struct claim *k, const char *name, int64_t at)
{
    const bool alike = name != NULL && names_alike(c->a, name, k->name);

    if (name == NULL) {
        k->reached_at = at;
        return;
    }
    if (k->known_at == 0 || (alike && !names_alike(c->a, k->known_name, k->name))) {
        k->known_at = at;
        k->known_name = arena_strdup(c->a, name);
    }
    k->phone_shared |= !alike;
}

/* Sets whom a clerk knows by the phone of each of n claims. */
static enum err claims_know(struct ctx *c, struct claim *v, size_t n)
{
    struct json_object *phones = json_object_new_array();
    const char *list;
    struct rows q;
    enum err e;

    for (size_t i = 0; i < n; i++)
        if (v[i].phone != NULL)
            json_object_array_add(phones, json_object_new_string(v[i].phone));
    list = json_text(c->a, phones);
    json_object_put(phones);
    e = db_query(c->db, &q, &known_by, list);
    if (e != OK)
        return domain_fault(c, e);
    while (db_next(&q)) {
        const char *phone = db_dup(&q, 0, c->a), *name = db_null(&q, 1) ? NULL : db_dup(&q, 1, c->a);

        for (size_t i = 0; i < n; i++)
            if (text_is(v[i].phone, phone))
                claim_take_known(c, &v[i], name, db_int(&q, 2));
    }
    return domain_fault(c, db_end(&q));
}

enum err claims_of(struct ctx *c, int64_t package_id, struct claims *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &of_package, package_id);

    *out = (struct claims){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, claim_fields, sizeof *out->v, &out->n);
    e = domain_fault(c, db_end(&q));
    return e != OK || out->n == 0 ? e : claims_know(c, out->v, out->n);
}

enum err claim_by_id(struct ctx *c, int64_t id, struct claim *out)
{
    const enum err e = db_get(c->db, claim_fields, out, c->a, &by_id, id);

    return e != OK ? e : claims_know(c, out, 1);
}

enum err claim_first(struct ctx *c, int64_t package_id, struct claim *out)
{
    const enum err e = db_get(c->db, claim_fields, out, c->a, &first_of, package_id);

    return e != OK ? e : claims_know(c, out, 1);
}

/* True when the claim is open and that person made it.  The same name and phone are the same person; but where no SMS
 * reaches the phone, another e-mail may be another person's. */
static bool claim_is_of(struct ctx *c, const struct claim *k, const struct customer_in *who)
{
    return k->settled_at == 0 && text_equal(k->phone, who->phone)
        && names_same_typed(c->a, who->name, k->name)
        && (who->email == NULL || text_is(k->email, who->email) || (k->phone != NULL && phone_takes_sms(k->phone)));
}

struct claim_telling {
    const char *event;
    const char *key;             /* the variable of which the text is made (outbox/notification_render.c) */
    int64_t occurrence;
    int delay;
    bool reserve;                /* staff cause it, who have or had the package on the shelf */
    bool ends;                   /* the claim is over: a stranger chose phone and guide, whoever acts now */
};

/* The text for who claims a package is made of the claim: the package is not theirs. */
static enum err claim_send_tx(struct ctx *c, const struct claim *k, const struct claim_telling *t)
{
    const bool by_sms = k->phone != NULL && phone_takes_sms(k->phone);
    struct outgoing o = { .event = t->event, .channel = by_sms ? "sms" : "email",
        .recipient = by_sms ? k->phone : k->proved_email, .not_before = c->now + t->delay,
        .reserve = t->reserve, .stranger = t->ends || !t->reserve,
        .dedupe = arena_printf(c->a, "%s:claim:%lld:%lld", t->event, (long long)k->id, (long long)t->occurrence) };
    struct json_object *variables;
    int64_t id = 0;
    enum err e;

    if (o.recipient == NULL)
        return OK;               /* the page tells them */
    variables = json_object_new_object();
    json_add_int(variables, t->key, k->id);
    o.variables = json_text(c->a, variables);
    json_object_put(variables);
    e = outgoing_withheld_tx(c, &o);
    if (e == OK)
        e = outgoing_tx(c, &o, &id);
    return e != OK || id == 0 ? e
        : outgoing_link_tx(c, id, t->event, o.channel, (struct message_about){ k->package_id, t->occurrence, k->id });
}

static enum err claim_tell_tx(struct ctx *c, const struct claim *k, int64_t occurrence, int delay, bool reserve)
{
    return claim_send_tx(c, k, &(struct claim_telling){ EVENT, "claim_id", occurrence, delay, reserve, .ends = false });
}

enum err claim_tell_end_tx(struct ctx *c, const struct claim *k, int64_t occurrence, int delay, bool reserve)
{
    return claim_send_tx(c, k, &(struct claim_telling){ "claim_ended", "claim_ended", occurrence, delay, reserve,
                                                        .ends = true });
}

static enum err claim_tell_first_tx(struct ctx *c, const struct package *p, int64_t occurrence, int delay)
{
    const struct addressee to = { .customer_id = p->customer_id, .phone = p->customer_phone, .email = package_email(c, p),
                                  .reserve = p->received_at != 0, .stranger = p->received_at == 0 };

    return notify_addressee_tx(c, EVENT, &to, &(struct message_about){ p->id, occurrence, 0 }, 1, delay);
}

enum err claims_tell_tx(struct ctx *c, const struct package *p, int64_t occurrence, int delay)
{
    struct claims all;
    enum err e = claims_of(c, p->id, &all);

    if (e == OK)
        e = claim_tell_first_tx(c, p, occurrence, delay);
    for (size_t i = 0; i < all.n && e == OK; i++)
        if (all.v[i].settled_at == 0)
            e = claim_tell_tx(c, &all.v[i], occurrence, delay, p->received_at != 0);
    return e;
}

/* Writes who announced the package as well into its history, where `key` tells the kind of event (custody/kinds.c). */
static enum err claim_event_tx(struct ctx *c, struct package *p, const struct claim *k, const char *key)
{
    struct json_object *details = json_object_new_object();
    struct personal personal = { 0 };
    enum err e;

    json_add_int(details, key, k->id);
    personal_add(c, &personal, details, "name", k->name);
    personal_add(c, &personal, details, "phone", k->phone);
    personal_add(c, &personal, details, "email", k->email);
    e = event_add_tx(c, p, (struct event_new){ .kind = "MODIFICACION", .before = p->state, .after = p->state,
                                               .details = details });
    return e != OK ? e : event_personal_tx(c, p->last_event_id, &personal);
}

/* How the claims of a package stand to an announcement of it. */
struct claims_standing {
    size_t open;                 /* claims that are open … */
    size_t by_phone, by_network; /* … and of those the ones of the same phone, of the same network */
    const struct claim *own;     /* the open claim of the same person; NULL: none */
    bool proved;                 /* a document has shown whose the package is */
};

static void claims_weigh(struct ctx *c, const struct claims *all, const struct claim *fresh,
                         const struct customer_in *who, struct claims_standing *s)
{
    *s = (struct claims_standing){ 0 };
    for (size_t i = 0; i < all->n; i++) {
        const struct claim *k = &all->v[i];
        const bool phone = text_is(k->phone, fresh->phone), network = text_is(k->network, fresh->network);

        if (k->settled_at == 0) {
            s->open++;
            s->by_phone += phone;
            s->by_network += network;
            s->own = s->own == NULL && claim_is_of(c, k, who) ? k : s->own;
        } else {
            s->proved = s->proved || text_is(k->compared, "documento");
        }
    }
}

/* Staff see at the package who announced it, so many times a day from one network. */
static enum err claim_note_tx(struct ctx *c, struct package *p, const struct claim *k)
{
    enum err e = throttle_spend_tx(c, arena_printf(c->a, "claim:%lld:%s", (long long)p->id, throttle_network(c)), 1,
                                   NOTES_A_DAY, DAY_SECONDS);

    if (e == E_THROTTLED) {
        c->fault = (struct fault){ 0 };
        return OK;
    }
    if (e == OK)
        e = claim_event_tx(c, p, k, "claim_noted");
    return e != OK ? e : consent_add_tx(c, (struct consent_of){ p->id, 0, 0 });
}

/* first: who announced the package is told as well. */
static enum err claim_open_tx(struct ctx *c, struct package *p, struct claim *k, bool first, int delay)
{
    enum err e = db_insert(c->db, &k->id, &insert, p->id, k->name, k->phone, k->email, k->network, k->at);

    if (e == OK)
        e = claim_event_tx(c, p, k, "claim");
    if (e != OK || p->customer_id == 0)      /* nobody announced it before: who claims it was told by the page */
        return e;
    if (first)                   /* whoever announced the package first is told once, not of each further claim */
        e = claim_tell_first_tx(c, p, p->last_event_id, delay);
    return e != OK ? e : claim_tell_tx(c, k, p->last_event_id, delay, false);
}

enum err claim_add_tx(struct ctx *c, struct package *p, const struct customer_in *who, enum claim_answer *answer)
{
    struct claim k = { .package_id = p->id, .name = who->name, .phone = who->phone, .email = who->email, .at = c->now,
        .network = c->actor == ACTOR_USER || throttle_exempt(c) ? NULL : throttle_network(c) };
    struct claims_standing s;
    struct claims all;
    enum err e = claims_of(c, p->id, &all);

    if (e != OK)
        return e;
    claims_weigh(c, &all, &k, who, &s);
    *answer = streq(p->state, "ENTREGADO") ? CLAIM_HANDED_OVER : s.proved && s.open == 0 ? CLAIM_SETTLED : CLAIM_DISPUTED;
    if (*answer == CLAIM_DISPUTED && s.own != NULL)
        return who->email == NULL ? OK : db_exec(c->db, NULL, &set_email, s.own->id, who->email);
    if (*answer != CLAIM_DISPUTED || s.by_phone >= CLAIMS_MAX || s.by_network >= CLAIMS_MAX)
        return claim_note_tx(c, p, &k);
    e = claim_open_tx(c, p, &k, s.open == 0, 0);
    return e != OK ? e : consent_add_tx(c, (struct consent_of){ p->id, 0, k.id });
}

enum err claim_pass_tx(struct ctx *c, const struct package *ended, struct package *p, int delay)
{
    struct claim k;
    enum err e = claim_first(c, ended->id, &k);

    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    k.package_id = p->id;
    e = claim_open_tx(c, p, &k, true, delay);
    return e != OK ? e : consent_pass_tx(c, ended->id, (struct consent_of){ p->id, ended->customer_id, k.id });
}

enum err claim_lose_tx(struct ctx *c, const struct package *p, const char *with)
{
    const char *name = p->announced_name != NULL ? p->announced_name : p->customer_name;

    if (p->customer_id == 0 || name == NULL)
        return OK;
    return db_exec(c->db, NULL, &insert_lost, p->id, name, p->customer_phone, p->announced_email, p->announced_at, c->now,
                   c->user_id, with, package_email(c, p));
}
