#include "domain/custody/customer_change.h"

#include "base/conf.h"
#include "base/texts.h"
#include "domain/custody/give.h"
#include "domain/custody/texts.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/email_proof.h"
#include "domain/parcel/event.h"
#include "domain/parcel/package_notify.h"
#include "domain/people/customer_twin.h"
#include "domain/people/texts.h"
#include "json/json.h"

static const struct stmt waiting = STMT("customer_parcels", "i",
    "SELECT id FROM packages WHERE customer_id = $1 AND state IN ('ANUNCIADO', 'RECIBIDO') ORDER BY id");
DB_REGISTER(&waiting)

struct changing { struct ctx *c; const struct customer_edit *in; struct customer *out; };

/* ---- a new person ---- */

static enum err twins_refuse(struct ctx *c, const struct customer_edit *in)
{
    const struct twin_of typed = { .name = in->name, .phone = in->phone, .document_type = in->document_type,
                                   .document_number = in->document_number, .building = in->building, .tower = in->tower,
                                   .apartment = in->apartment };
    struct twins all;
    enum err e = in->another ? OK : customer_twins(c, &typed, &all);

    if (e != OK || in->another || all.n == 0 || streq(all.v[0].reason, "documento"))
        return e;
    return ctx_fail(c, E_CONFLICT, "another", T_CUSTOMER_TWIN, all.v[0].home == NULL ? all.v[0].who.full_name
                    : arena_printf(c->a, "%s, %s", all.v[0].who.full_name, all.v[0].home), NULL);
}

static enum err customer_add_write(struct db *db UNUSED, void *arg)
{
    static const struct customer nobody;
    struct changing *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    int64_t *ids;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL)
        return operation_ids_read(c->a, answer, &ids) == 1 ? customer_by_id(c, ids[0], x->out) : E_INTERNAL;
    c->fault = (struct fault){ 0 };
    if (e == OK)
        e = twins_refuse(c, x->in);
    if (e == OK)
        e = customer_add_tx(c, x->in, x->out);
    if (e == OK)
        e = customer_audit_tx(c, "customer_add", &nobody, x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->out->id, 1));
}

enum err customer_add(struct ctx *c, const struct customer_edit *in, struct customer *out)
{
    return domain_operation(c, "customer_add", customer_add_write, &(struct changing){ c, in, out });
}

/* ---- a change ---- */

/* A step for each parcel of somebody that is to come or to collect.  former: the phone that was theirs before. */
typedef enum err parcel_step(struct ctx *c, struct package *p, const char *former, const struct customer *who);

/* A link that was sent to the former phone of somebody serves no longer; one that goes to another phone of theirs does. */
static enum err parcel_readdress_tx(struct ctx *c, struct package *p, const char *former, const struct customer *who)
{
    struct json_object *details;
    enum err e;

    if (p->announced_phone != NULL && !text_is(p->announced_phone, former))
        return OK;
    if ((e = package_give_tx(c, p, who->id, who->phone)) != OK)
        return e;
    details = json_object_new_object();
    json_add_bool(details, "phone_changed", true);
    e = event_add_tx(c, p, (struct event_new){ .kind = "MODIFICACION", .before = p->state, .after = p->state,
                                               .details = details });
    if (e == OK)
        e = package_by_id(c, p->id, p);
    return e != OK ? e : notify_package_tx(c, streq(p->state, "RECIBIDO") ? "package_received" : "package_announced", p,
                                           p->last_event_id, (int)c->conf->undo_s);
}

/* An e-mail that a clerk has written anew, and nobody has confirmed, is asked by the parcel. */
static enum err parcel_ask_tx(struct ctx *c, struct package *p, const char *former UNUSED, const struct customer *who)
{
    return email_written_tx(c, p, who->email);
}

static enum err parcels_each_tx(struct ctx *c, const char *former, const struct customer *who, parcel_step *step)
{
    int64_t *ids;
    struct rows q;
    size_t n = 0;
    enum err e = db_query(c->db, &q, &waiting, who->id);

    if (e == OK)
        e = db_ids_all(&q, c->a, &ids, &n);
    for (size_t i = 0; i < n && e == OK; i++) {
        struct package p;

        e = package_by_id(c, ids[i], &p);
        if (e == OK)
            e = step(c, &p, former, who);
    }
    return e;
}

enum err customer_change_tx(struct ctx *c, const struct customer_edit *in, struct customer *out)
{
    struct customer before;
    enum err e = customer_edit_tx(c, in, &before, out);

    if (e == OK && !text_equal(before.phone, out->phone))
        e = parcels_each_tx(c, before.phone, out, parcel_readdress_tx);
    if (e == OK && out->email != NULL && out->email_confirmed_at == 0 && !text_is(before.email, out->email))
        e = parcels_each_tx(c, before.phone, out, parcel_ask_tx);
    return e != OK ? e : customer_audit_tx(c, "customer_change", &before, out);
}

static enum err customer_change_write(struct db *db UNUSED, void *arg)
{
    struct changing *x = arg;

    x->c->fault = (struct fault){ 0 };
    return customer_change_tx(x->c, x->in, x->out);
}

enum err customer_change(struct ctx *c, const struct customer_edit *in, struct customer *out)
{
    struct changing x = { c, in, out };
    const enum err e = operation_once(c, "customer_change", customer_change_write, &x, NULL);

    return e == OK && c->replayed ? customer_by_id(c, in->id, out) : e;
}
