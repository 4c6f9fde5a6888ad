/* Hand-overs of the demo.  A customer proves the right to a parcel by the code of the message, by an
 * authorisation, or by a document alone, and pays in one of several ways. */
#include "bin/demo/shop.h"

#include "base/clock.h"
#include "domain/handover/authorization.h"
#include "domain/handover/deliver.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/pickup.h"
#include "store/db.h"

#define COMES_WITHIN_DAYS 9      /* a parcel that lay longer is not collected, unless with a younger one */
#define OVERRIDE_EACH 17         /* every 17th hand-over is by override; the numbers below mean the same */
#define AUTHORIZED_EACH 13
#define SIGNED_EACH 11
#define SPLIT_EACH 7
#define DISCOUNT_EACH 80

static const struct stmt waiting = STMT("demo_waiting", "ii",
    "SELECT min(id) FROM packages p WHERE state = 'RECIBIDO' AND customer_id IS NOT NULL AND received_at < $1"
    " AND received_at > $2 AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.package_id = p.id AND i.resolved_at IS NULL)"
    " GROUP BY customer_id ORDER BY 1");
static const struct stmt of_customer = STMT("demo_of_customer", "i",
    "SELECT id FROM packages p WHERE state = 'RECIBIDO' AND customer_id = $1"
    " AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.package_id = p.id AND i.resolved_at IS NULL) ORDER BY id");
DB_REGISTER(&waiting, &of_customer)

struct visit {
    struct deliver_in in;
    struct ids ids;
    struct package first;
    int64_t due;
    struct payment_in other;
    struct photo_in photo;
};

static enum err visit_begin(struct shop *s, int64_t id, struct visit *v)
{
    struct ctx *c = s->c;
    enum err e = package_by_id(c, id, &v->first);

    if (e == OK)
        e = shop_ids(s, &of_customer, v->first.customer_id, &v->ids);
    for (size_t i = 0; i < v->ids.n && e == OK; i++) {
        struct package p;
        struct fee f;

        e = package_by_id(c, v->ids.v[i], &p);
        if (e == OK)
            e = fee_of(c, &p, &f);
        if (e == OK)
            v->due += f.total;
    }
    v->in.ids = v->ids.v;
    v->in.count = v->ids.n;
    v->in.customer = v->first.customer_id;
    return e;
}

static enum err visit_proof(struct shop *s, struct visit *v)
{
    static const char *const reasons[] = { "sin_telefono", "mensaje_no_llego", "codigo_olvidado" };
    struct ctx *c = s->c;
    struct authorization by;
    struct announce_in third = person_announce(s, false);
    enum err e;

    if (s->handovers % OVERRIDE_EACH == 4) {
        v->in.override_reason = SHOP_PICK(s, reasons);
        v->in.identity_checked = true;
        v->in.receiver_name = v->first.customer_name;
        v->in.receiver_document_type = "CC";
        v->in.receiver_document_last4 = arena_printf(c->a, "%04u", shop_chance(s, 10000));
        return OK;
    }
    if (s->handovers % AUTHORIZED_EACH != 6) {
        v->in.code = package_pickup_code(c, &v->first);
        return OK;
    }
    shop_customer(s);
    c->now -= 600;
    e = authorization_create(c, &(struct authorize_in){ .token = link_token(c, &v->first), .name = third.name,
        .document_type = "CC", .document_number = arena_printf(c->a, "52%06u", shop_chance(s, 1000000)) }, &by);
    c->now += 600;
    shop_staff(s, STAFF_COUNTER);
    v->in.code = by.code;
    v->in.authorized = by.id;
    return e;
}

static void visit_money(struct shop *s, struct visit *v)
{
    static const char *const methods[] = { "efectivo", "efectivo", "efectivo", "nequi", "daviplata", "bre_b" };
    struct arena *a = s->c->a;

    v->in.method = SHOP_PICK(s, methods);
    v->in.amount = v->due;
    if (s->handovers % DISCOUNT_EACH == 41) {
        v->in.discount = v->due > 1000 ? 1000 : v->due;
        v->in.discount_reason = "Esperó mientras buscábamos la caja.";
        v->in.method = "nequi";
        v->in.amount = v->due - v->in.discount;
        shop_staff(s, STAFF_CHIEF);
    } else if (s->handovers % SPLIT_EACH == 2 && v->due > 2000) {
        v->in.method = "efectivo";
        v->in.amount = 1000;
        v->other = (struct payment_in){ "nequi", v->due - 1000, arena_printf(a, "M%07u", shop_chance(s, 9999999)) };
        v->in.others = &v->other;
        v->in.others_count = 1;
    }
    if (!streq(v->in.method, "efectivo"))
        v->in.reference = arena_printf(a, "M%07u", shop_chance(s, 9999999));
}

static enum err visit_evidence(struct shop *s, struct visit *v)
{
    if (s->handovers % SIGNED_EACH != 3)
        return OK;
    v->in.signature = person_signature(s);
    v->in.photos = &v->photo;
    v->in.photo_count = 1;
    return photo_take(s, SUBJECT_HANDED, false, &v->photo);
}

static enum err customer_comes(struct shop *s, int64_t id)
{
    struct visit v = { .due = 0 };
    struct delivery out;
    enum err e;

    shop_staff(s, STAFF_COUNTER);
    shop_wait(s, 30 + shop_chance(s, clock_day(s->c->now) < s->today ? 700 : 150));
    s->handovers++;
    e = visit_begin(s, id, &v);
    if (e == OK)
        e = visit_proof(s, &v);
    if (e == OK)
        e = visit_evidence(s, &v);
    visit_money(s, &v);
    if (e == OK)
        e = deliver_packages(s->c, &v.in, &out);
    if (e == OK && streq(v.in.method, "efectivo"))
        s->cash += v.in.amount;
    return e;
}

enum err handover_some(struct shop *s, uint32_t percent)
{
    struct ids people;
    struct rows q;
    enum err e = db_query(s->c->db, &q, &waiting, s->c->now, s->c->now - COMES_WITHIN_DAYS * DAY_SECONDS);

    if (e == OK)
        e = db_ids(&q, people.v, IDS_MAX, &people.n);
    if (e != OK)
        return e;
    for (size_t i = 0; i < people.n && e == OK; i++)
        if (shop_chance(s, 100) < percent)
            e = customer_comes(s, people.v[i]);
    return e;
}
