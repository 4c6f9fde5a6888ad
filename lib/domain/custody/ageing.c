/* The shelf by age, and the people to be called about what waits. */
#include "domain/custody/ageing.h"
#include "domain/custody/attempt.h"

#include "base/clock.h"
#include "domain/ground/operation.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/package_list.h"

#define BATCH 500                /* parcels in memory at once */
#define LIST_USUAL 50
#define LIST_MAX 200
#define CALL_WAIT ((int64_t)AGEING_CALL_DAYS * DAY_SECONDS)

/* The policy (attempt.h) as conditions on the packages of that name; the instants are
 * those of 30 and 45 days ago.  Contacts on more than one date are on at least two. */
#define TO_CALL(p, instant, wait)                                                               \
    p ".state = 'RECIBIDO' AND " p ".customer_id IS NOT NULL AND " p ".received_at <= " instant     \
    " AND NOT EXISTS (SELECT 1 FROM package_events e WHERE e.package_id = " p ".id"                 \
    " AND " CONTACT_ATTEMPT " AND e.at >= " p ".received_at + " wait ")"
#define TO_ABANDON(p, instant, zone, day)                                                       \
    p ".state = 'RECIBIDO' AND " p ".received_at <= " instant                                       \
    " AND (SELECT max((e.at + " zone ") / " day ") > min((e.at + " zone ") / " day ")"              \
    " FROM package_events e WHERE e.package_id = " p ".id AND " CONTACT_ATTEMPT                     \
    " AND e.at >= " p ".received_at)"

#define OWING "SELECT id, customer_id, state, declared_value, base_fee, storage_per_day, free_hours, received_at"
static const struct stmt shelf = STMT("ageing_shelf", "ii",
    OWING " FROM packages WHERE state = 'RECIBIDO' AND id > $1 ORDER BY id LIMIT $2");
static const struct stmt waiting = STMT("ageing_waiting", "s",
    OWING " FROM packages WHERE customer_id IN (SELECT value FROM json_each($1)) AND state = 'RECIBIDO'");
/* A person stands in the list once, by the parcel that has waited longest: $1 and $2 are the last row
 * seen, $3 and $4 the bounds of a band.  The cost is that of sorting the shelf, whatever was handed
 * over before. */
static const struct stmt people = STMT("ageing_people", "iiiiiiiisii",
    "SELECT c.id, coalesce(p.announced_name, c.full_name), coalesce(p.announced_phone, c.phone), p.id, p.received_at FROM packages p"
    " JOIN customers c ON c.id = p.customer_id"
    " WHERE p.state = 'RECIBIDO' AND p.received_at >= $1 AND (p.received_at, p.id) > ($1, $2)"
    " AND p.received_at > $3 AND p.received_at <= $4"
    " AND NOT EXISTS (SELECT 1 FROM packages o WHERE o.customer_id = p.customer_id AND o.state = 'RECIBIDO'"
    " AND (o.received_at, o.id) < (p.received_at, p.id))"
    " AND ($9 <> 'avisar' OR EXISTS (SELECT 1 FROM packages d WHERE d.customer_id = p.customer_id AND "
    TO_CALL("d", "$6", "$10") ")) AND ($9 <> 'abandonar' OR EXISTS (SELECT 1 FROM packages d"
    " WHERE d.customer_id = p.customer_id AND " TO_ABANDON("d", "$7", "$8", "$11") "))"
    " ORDER BY p.received_at, p.id LIMIT $5");
static const struct stmt received_at = STMT("ageing_received_at", "i",
    "SELECT received_at FROM packages WHERE id = $1");
static const struct stmt to_call = STMT("ageing_to_call", "ii",
    "SELECT count(*) FROM packages p WHERE " TO_CALL("p", "$1", "$2"));
static const struct stmt to_abandon = STMT("ageing_to_abandon", "iii",
    "SELECT count(*) FROM packages p WHERE " TO_ABANDON("p", "$1", "$2", "$3"));
static const struct stmt arrived = STMT("ageing_arrived", "ii",
    "SELECT count(*) FROM packages WHERE state = 'RECIBIDO' AND received_at > $1 AND received_at <= $2");
DB_REGISTER(&shelf, &waiting, &people, &received_at, &to_call, &to_abandon, &arrived)

const struct word ageing_steps[] = { { "avisar", "Por avisar" }, { "abandonar", "Por abandonar" }, WORDS_END };

#define P struct package
static const struct field owing_rows[] = {
    FIELD(P, id, F_INT, "Número interno"),
    FIELD(P, customer_id, F_ID, "Cliente"),
    FIELD(P, state, F_TEXT, "RECIBIDO"),
    FIELD(P, declared_value, F_MONEY, "Valor declarado"),
    FIELD(P, base_fee, F_MONEY, "Tarifa base"),
    FIELD(P, storage_per_day, F_MONEY, "Bodegaje por día"),
    FIELD(P, free_hours, F_INT, "Horas sin bodegaje"),
    FIELD(P, received_at, F_INSTANT, "Recibido"),
};
static const struct fields owing_fields = FIELDS(owing_rows);

#define B struct ageing_band
static const struct field band_rows[] = {
    FIELD(B, band, F_TEXT, "Días en el punto"),
    FIELD(B, packages, F_INT, "Paquetes"),
    FIELD(B, due, F_MONEY, "Lo que deben hoy"),
    FIELD(B, declared_value, F_MONEY, "Valor declarado de los que lo tienen"),
};
const struct fields ageing_band_fields = FIELDS(band_rows);

#define L struct callee
static const struct field callee_rows[] = {
    FIELD(L, customer_id, F_ID, "Cliente"),
    FIELD(L, name, F_TEXT, "Nombre"),
    FIELD(L, phone, F_PHONE, "Celular"),
    FIELD(L, package_id, F_ID, "El paquete que más lleva"),
    FIELD(L, since, F_INSTANT, "Desde cuándo está"),
    FIELD(L, parcels, F_INT, "Cuántos paquetes lo esperan"),
    FIELD(L, days, F_INT, "Días del que más lleva"),
    FIELD(L, due, F_MONEY, "Lo que debe hoy por todos"),
    FIELD(L, contacted_at, F_INSTANT, "Último contacto"),
    FIELD(L, contacted_by, F_TEXT, "Quién lo hizo"),
    FIELD(L, outcome, F_TEXT, "Qué pasó"),
    FIELD(L, promised_at, F_INSTANT, "Para cuándo dijo que viene"),
    FIELD(L, must_call, F_BOOL, "Hay que avisarle: 30 días sin contacto desde entonces"),
    FIELD(L, may_abandon, F_BOOL, "Alguno se puede declarar abandonado"),
};
const struct fields callee_fields = FIELDS(callee_rows);

static enum err owing_read(struct ctx *c, struct rows *q, struct packages *out)
{
    out->n = 0;
    while (out->n < BATCH && db_next(q)) {
        out->v[out->n] = (struct package){ 0 };
        db_fill(q, 0, owing_fields, &out->v[out->n++], c->a);
    }
    return db_end(q);
}

/* ---- the shelf by age ---- */

static void band_add(struct ageing_band *b, const struct package *p, const struct fee *fee)
{
    b->packages++;
    b->due += fee->total;
    b->declared_value += p->declared_value;
}

static enum err bands_add(struct ctx *c, const struct packages *some, struct ageing *out)
{
    struct fee *fees;
    enum err e = fees_of(c, some, &fees);

    for (size_t i = 0; e == OK && i < some->n; i++) {
        const struct package *p = &some->v[i];

        band_add(&out->bands.v[age_band_of(p, c->now) - age_bands], p, &fees[i]);
        band_add(&out->total, p, &fees[i]);
        out->unidentified += p->customer_id == 0;
        out->without_value += p->declared_value == 0;
    }
    return e;
}

struct ageing_reading { struct ctx *c; struct ageing *out; };

static enum err ageing_read_all(struct db *db, void *arg)
{
    struct ageing_reading *x = arg;
    struct packages some = { .v = arena_alloc(x->c->a, BATCH * sizeof *some.v) };
    int64_t last = 0;
    struct rows q;
    enum err e;

    do {
        e = db_query(db, &q, &shelf, last, (int64_t)BATCH);
        if (e == OK)
            e = owing_read(x->c, &q, &some);
        if (e == OK)
            e = bands_add(x->c, &some, x->out);
        last = some.n > 0 ? some.v[some.n - 1].id : last;
    } while (e == OK && some.n == BATCH);
    return e;
}

enum err ageing_read(struct ctx *c, struct ageing *out)
{
    struct ageing_reading x = { c, out };
    size_t n = 0;

    while (age_band_names[n].value != NULL)
        n++;
    *out = (struct ageing){ .bands = { arena_alloc(c->a, n * sizeof *out->bands.v), n } };
    for (size_t i = 0; i < n; i++)
        out->bands.v[i].band = age_band_names[i].value;
    return domain_fault(c, db_read(c->db, ageing_read_all, &x));
}

/* ---- whom to call ---- */

/* The waiting parcels of the people of one page, and the contacts with them about those. */
struct waiting { struct packages parcels; struct fee *fees; struct contacts contacts; };

static enum err waiting_read(struct ctx *c, const struct callees *callees, struct waiting *out)
{
    int64_t *ids = arena_alloc(c->a, (callees->n + 1) * sizeof *ids);
    struct rows q;
    enum err e;

    for (size_t i = 0; i < callees->n; i++)
        ids[i] = callees->v[i].customer_id;
    e = contacts_of_customers(c, ids, callees->n, &out->contacts);
    if (e == OK)
        e = db_query(c->db, &q, &waiting, arena_printf(c->a, "[%s]", operation_ids(c->a, ids, callees->n)));
    if (e != OK)
        return e;
    out->parcels.v = db_all(&q, c->a, owing_fields, sizeof *out->parcels.v, &out->parcels.n);
    e = db_end(&q);
    return e != OK ? e : fees_of(c, &out->parcels, &out->fees);
}

/* The newest contact about any of a person's parcels counts, and replaces an older one about another
 * parcel. */
static const struct contact *contact_newest(const struct contacts *all, int64_t package_id, const struct contact *known)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].package_id == package_id && (known == NULL || all->v[i].id > known->id))
            known = &all->v[i];
    return known;
}

static void callee_fill(struct ctx *c, const struct waiting *all, struct callee *callee)
{
    const struct contact *newest = NULL;

    callee->days = (c->now - callee->since) / DAY_SECONDS;
    for (size_t i = 0; i < all->parcels.n; i++) {
        const struct package *p = &all->parcels.v[i];
        struct ageing_policy policy;

        if (p->customer_id != callee->customer_id)
            continue;
        policy = ageing_policy(p, &all->contacts, c->now);
        newest = contact_newest(&all->contacts, p->id, newest);
        callee->parcels++;
        callee->due += all->fees[i].total;
        callee->must_call |= policy.must_call;
        callee->may_abandon |= policy.may_abandon;
    }
    if (newest == NULL)
        return;
    callee->contacted_at = newest->at;
    callee->contacted_by = newest->user_name;
    callee->outcome = newest->outcome;
    callee->promised_at = newest->promised_at;
}

struct callee_listing { struct ctx *c; const struct callee_filter *f; struct callees *out; };

static enum err callee_list_people(struct callee_listing *x, int64_t limit)
{
    struct ctx *c = x->c;
    const struct age_band *band = age_band_named(x->f->band);
    const int64_t from = band != NULL ? band->from : is_blank(x->f->step) ? setting_int(c, S_CALL_FROM) : 0;
    int64_t since = x->f->after != 0 ? db_scalar(c->db, 0, &received_at, x->f->after) : 0;
    struct rows q;
    enum err e = db_query(c->db, &q, &people, since, x->f->after,
                          band ? c->now - (band->to + 1) * DAY_SECONDS : 0,
                          c->now - from * DAY_SECONDS, limit + 1,
                          c->now - CALL_WAIT, c->now - AGEING_ABANDON_DAYS * DAY_SECONDS,
                          (int64_t)BOGOTA_OFFSET, is_blank(x->f->step) ? "" : x->f->step, CALL_WAIT,
                          (int64_t)DAY_SECONDS);

    x->out->v = arena_alloc(c->a, (size_t)(limit + 1) * sizeof *x->out->v);
    while (e == OK && db_next(&q)) {
        struct callee *callee = &x->out->v[x->out->n++];

        *callee = (struct callee){ .customer_id = db_int(&q, 0), .name = db_dup(&q, 1, c->a),
                                 .phone = db_dup(&q, 2, c->a), .package_id = db_int(&q, 3),
                                 .since = db_int(&q, 4) };
    }
    return e != OK ? e : db_end(&q);
}

static enum err callee_list_read(struct db *db UNUSED, void *arg)
{
    struct callee_listing *x = arg;
    int64_t limit = x->f->limit < 1 || x->f->limit > LIST_MAX ? LIST_USUAL : x->f->limit;
    struct waiting all = { 0 };
    enum err e = callee_list_people(x, limit);

    if (e == OK && (int64_t)x->out->n > limit) {
        x->out->n = (size_t)limit;
        x->out->next = x->out->v[limit - 1].package_id;
    }
    if (e == OK)
        e = waiting_read(x->c, x->out, &all);
    for (size_t i = 0; e == OK && i < x->out->n; i++)
        callee_fill(x->c, &all, &x->out->v[i]);
    return e;
}

enum err callee_list(struct ctx *c, const struct callee_filter *f, struct callees *out)
{
    struct callee_listing x = { c, f, out };

    *out = (struct callees){ 0 };
    return domain_fault(c, db_read(c->db, callee_list_read, &x));
}

/* ---- the steps of the policy ---- */

static enum err ageing_arrived(struct ctx *c, int64_t days, int64_t *out)
{
    int64_t end = clock_day_start(clock_day(c->now)) + AGEING_HOUR * 3600 - days * DAY_SECONDS;

    return db_value(c->db, out, &arrived, end - DAY_SECONDS, end);
}

enum err ageing_due(struct ctx *c, struct ageing_due *out)
{
    enum err e = db_value(c->db, &out->to_call, &to_call, c->now - CALL_WAIT, CALL_WAIT);

    if (e == OK)
        e = db_value(c->db, &out->to_abandon, &to_abandon, c->now - AGEING_ABANDON_DAYS * DAY_SECONDS,
                     (int64_t)BOGOTA_OFFSET, (int64_t)DAY_SECONDS);
    if (e == OK)
        e = ageing_arrived(c, AGEING_CALL_DAYS, &out->days_30);
    return e != OK ? e : ageing_arrived(c, AGEING_ABANDON_DAYS, &out->days_45);
}
