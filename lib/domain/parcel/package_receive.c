#include <stdio.h>

#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/batch.h"
#include "domain/parcel/carrier.h"
#include "domain/parcel/courier.h"
#include "domain/parcel/event.h"
#include "domain/parcel/guide_owner.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/label_job.h"
#include "domain/parcel/own_guide.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_notify.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/package_write.h"
#include "domain/parcel/person_find.h"
#include "domain/parcel/photo.h"
#include "domain/parcel/pickup.h"
#include "domain/parcel/texts.h"
#include "domain/people/customer.h"
#include "domain/shelf/position.h"
#include "json/json.h"
#include "local/normal.h"
#include "base/random.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "domain/parcel/batch.h"
#include "queue/job.h"

#define PICKUP_DIGITS 6

static const struct stmt receive = STMT("package_receive", "isssisIis",
    "UPDATE packages SET state = 'RECIBIDO', type = $2, condition = $3, observations = $4,"
    " position_id = $5, received_at = $8, received_by = $7, carrier = coalesce($6, carrier, $9),"
    " cancelled_at = NULL, cancelled_by = NULL, cancel_reason = NULL, cancel_text = NULL,"
    " rate_id = r.id, base_fee = r.base_fee, storage_per_day = r.storage_per_day,"
    " free_hours = r.free_hours"
    " FROM (SELECT id, base_fee, storage_per_day, free_hours FROM rates WHERE package_type = $2"
    " AND valid_from <= (SELECT announced_at FROM packages WHERE id = $1)"
    " ORDER BY valid_from DESC LIMIT 1) AS r"
    " WHERE packages.id = $1 AND (state = 'ANUNCIADO'"
    " OR (state = 'CANCELADO' AND cancel_reason = 'anuncio_expirado'))");
static const struct stmt set_customer = STMT("package_set_customer", "iisss",
    "UPDATE packages SET customer_id = $2, announced_name = coalesce(announced_name, $3),"
    " announced_phone = coalesce(announced_phone, $4), announced_email = coalesce(announced_email, $5)"
    " WHERE id = $1 AND customer_id IS NULL AND state = 'RECIBIDO'");
DB_REGISTER(&receive, &set_customer)

/* Who the owner of a parcel is said to be: a person whom a clerk knows, or somebody by name and phone. */
struct owner { int64_t known_id; struct customer_in person; };

#define WITHOUT_GUIDE "sin guía"         /* stands for the own number that a box gets in the write */

struct reception {
    struct ctx *c;
    struct receive_in in;
    const char *carrier;         /* by its name in the list */
    struct batch batch;          /* in_batch: the drop */
    struct guide_reading guide;
    struct owner owner;
    bool known;                  /* its owner was said */
    bool unannounced;            /* the reception made the row; undo cancels it */
    struct approval_asked asked;
    struct package *out;
};

static enum err reception_refuse_state(struct ctx *c, const struct package *p)
{
    if (streq(p->state, "RECIBIDO"))
        return ctx_fail(c, E_CONFLICT, "guide", T_ALREADY_RECEIVED, p->guide_number,
                        p->position_code ? p->position_code : "—", NULL);
    if (streq(p->state, "ENTREGADO"))
        return ctx_fail(c, E_CONFLICT, "guide", T_ALREADY_DELIVERED, p->guide_number, NULL);
    return ctx_fail(c, E_CONFLICT, "guide", T_ALREADY_CANCELLED, p->guide_number, NULL);
}

static bool package_is_late(const struct package *p)
{
    return streq(p->state, "CANCELADO") && p->cancel_reason != NULL
        && streq(p->cancel_reason, "anuncio_expirado");
}

/* The form alone decides: whoever asks learns nothing about codes that are in use. */
bool guide_like_code(struct arena *a, const char *guide)
{
    return normal_digits(a, guide, PICKUP_DIGITS) != NULL;
}

/* Reads or makes the package to receive: the one with the id that was given, the active one of the
 * guide, its expired announcement, or a new one. */
static enum err reception_subject_tx(struct reception *r, struct package *p)
{
    struct ctx *c = r->c;
    enum err e;

    if (r->in.id != 0) {
        e = package_by_id(c, r->in.id, p);
    } else if (r->in.no_guide) {
        *p = (struct package){ .pickup_version = 1 };
        r->unannounced = true;
        e = own_guide_new_tx(c, &p->guide_number);
        p->guide_key = p->guide_number;
        return e != OK ? e : package_insert_tx(c, p);
    } else {
        e = package_by_guide(c, r->in.guide, p);
        if (e == E_NOT_FOUND || (e == OK && streq(p->state, "CANCELADO") && !package_is_late(p))) {
            c->fault = (struct fault){ 0 };
            if (own_guide_formed(r->guide.key))
                return own_guide_refuse(c, r->guide.key, "guide");
            if (r->in.in_series && guide_like_code(c->a, r->in.guide))
                return ctx_fail(c, E_INVALID, "guide", T_GUIDE_LIKE_CODE, NULL);
            if (r->in.in_series && (e = package_reading_check(c, &r->guide, "guide")) != OK)
                return e;
            *p = (struct package){ .guide_number = r->guide.number, .guide_key = r->guide.key, .pickup_version = 1 };
            r->unannounced = true;
            return package_insert_tx(c, p);
        }
    }
    if (e != OK)
        return e;
    if (package_is_late(p) && is_blank(r->in.late_reason))
        return ctx_fail(c, E_INVALID, "late_reason", T_LATE_REASON, NULL);
    return streq(p->state, "ANUNCIADO") || package_is_late(p) ? OK : reception_refuse_state(c, p);
}

/* Sets the customer of the package, if it has none and is on the shelf; *customer: who it is, *changed: rows that were
 * set. */
static enum err owner_set_tx(struct ctx *c, const struct owner *o, int64_t package_id, int64_t *customer, int64_t *changed)
{
    const char *name = o->person.name, *phone = o->person.phone;
    struct person known;
    enum err e;

    if (o->known_id != 0) {
        e = person_known(c, o->known_id, &known);
        if (e == E_NOT_FOUND)
            return ctx_fail(c, E_INVALID, "who", T_WHO_NONE, NULL);
        *customer = known.id, name = known.full_name, phone = known.phone;
    } else {
        e = customer_ensure_tx(c, &o->person, customer);
    }
    return e != OK ? e : db_exec(c->db, changed, &set_customer, package_id, *customer, name, phone,
                                 customer_email_waiting(c, *customer, name));
}

/* The person of whom the owner is, as far as it is known before the write: by phone, or as a customer without one. */
static enum err owner_is(struct ctx *c, const struct owner *o, struct guide_owner *out)
{
    struct person known;
    enum err e = o->known_id == 0 ? OK : person_known(c, o->known_id, &known);

    if (e == OK)
        *out = (struct guide_owner){ .phone = o->known_id != 0 ? known.phone : o->person.phone, .customer_id = o->known_id };
    return e;
}

/* Whether who acts may not give *p alone to that person: its box was thought to be another's, or has no guide, by which
 * alone one could see whose it was announced to be. */
static bool giving_is_approved(struct ctx *c, const struct package *p, const struct guide_owner *to)
{
    return approval_needed(c, APPROVE_GIVING, 0)
        && (streq(p->guide_number, WITHOUT_GUIDE) || own_guide_is(p->guide_key) || guide_is_anothers(c, p, to));
}

/* Before the write, as a PIN is slow.  to: whose *p, of which number and id are read, is to be. */
static enum err giving_approve(struct ctx *c, const struct package *p, const struct guide_owner *to, const char *name,
                               struct approval *approval, struct approval_asked *asked)
{
    const char *phone = to->phone == NULL ? "" : arena_printf(c->a, ", %s", phone_words(c->a, to->phone));

    if (!giving_is_approved(c, p, to))
        return OK;
    asked->v[asked->n++] = (struct approval_need){ APPROVE_GIVING, 0, arena_printf(c->a, "%s%s", name, phone) };
    asked->about = streq(p->guide_number, WITHOUT_GUIDE) ? "una caja sin guía" : arena_printf(c->a, "guía %s", p->guide_number);
    return approval_check(c, approval, asked);
}

static enum err reception_person_tx(struct reception *r, struct package *p)
{
    int64_t customer;

    return !r->known || p->customer_id != 0 ? OK : owner_set_tx(r->c, &r->owner, p->id, &customer, NULL);
}

static enum err reception_transition_tx(struct reception *r, struct package *p)
{
    struct ctx *c = r->c;
    struct json_object *details;
    const char *before = p->state, *position = NULL;
    int64_t position_id = 0, changed = 0;
    enum err e = position_take_tx(c, r->in.position, r->in.type, &position_id, &position);

    if (e == OK)
        e = db_exec(c->db, &changed, &receive, p->id, r->in.type, r->in.condition,
                    is_blank(r->in.observations) ? NULL : r->in.observations, position_id,
                    r->carrier, c->user_id, c->now, courier_guess(p->guide_key));
    if (e != OK)
        return e;
    if (changed != 1)
        return reception_refuse_state(c, p);
    details = json_object_new_object();
    json_add_text(details, "type", r->in.type);
    json_add_text(details, "condition", r->in.condition);
    json_add_text(details, "position", position);
    if (r->unannounced)
        json_add_bool(details, "unannounced", true);
    e = pickup_renew_tx(c, p);
    if (e != OK) {
        json_object_put(details);
        return e;
    }
    return event_add_tx(c, p, (struct event_new){ .kind = "RECEPCION", .before = before,
                                                  .after = "RECIBIDO", .details = details, .note = r->in.late_reason });
}

/* Opens the drop of the reception, if it is of one; what the drop is of, its parcels are of. */
static enum err reception_drop_tx(struct reception *r)
{
    enum err e = carrier_keep_tx(r->c, r->in.carrier, &r->carrier);

    if (e != OK || !r->in.in_batch)
        return e;
    e = batch_ensure_tx(r->c, r->carrier, &r->batch);
    if (e == OK && r->in.in_series && r->batch.carrier == NULL && r->batch.received == 0 && r->carrier != NULL)
        return batch_say_carrier_tx(r->c, &r->batch, r->carrier);
    if (e == OK && r->carrier == NULL)
        r->carrier = r->batch.carrier;
    return e;
}

/* Tells whose the received package is, or is said to be; false: nobody's yet. */
static bool reception_owner(struct reception *r, const struct package *p, struct guide_owner *to, const char **name)
{
    *to = (struct guide_owner){ .phone = p->customer_phone, .customer_id = p->customer_id };
    *name = p->customer_name;
    if (p->customer_id != 0)
        return true;
    *name = r->owner.known_id != 0 ? "la persona que se eligió" : r->owner.person.name;
    return r->known && owner_is(r->c, &r->owner, to) == OK;
}

/* Before the write: what is not announced has the guide that was read, and the id 0. */
static enum err reception_approve(struct reception *r)
{
    struct package p = { 0 };
    struct ctx *c = r->c;
    struct guide_owner to;
    const char *name;
    enum err e = E_NOT_FOUND;

    r->asked = (struct approval_asked){ .field = "guide", .role = T_RECEIVE_ROLE };
    if (!approval_needed(c, APPROVE_GIVING, 0))
        return OK;
    if (r->in.id != 0)
        e = package_by_id(c, r->in.id, &p);
    else if (!r->in.no_guide)
        e = package_by_guide(c, r->in.guide, &p);
    c->fault = (struct fault){ 0 };
    if (e != OK && e != E_NOT_FOUND)
        return domain_fault(c, e);
    if (e == E_NOT_FOUND || (r->in.id == 0 && streq(p.state, "CANCELADO") && !package_is_late(&p)))
        p = (struct package){ .guide_number = r->in.no_guide ? WITHOUT_GUIDE : r->guide.number };
    if (p.guide_number == NULL || !reception_owner(r, &p, &to, &name))
        return OK;
    return giving_approve(c, &p, &to, name, r->in.approval, &r->asked);
}

static enum err reception_giving_tx(struct reception *r)
{
    const struct package *p = r->out;
    const struct guide_owner to = { .phone = p->customer_phone, .customer_id = p->customer_id };

    return approval_tx(r->c, r->in.approval, &r->asked, p->customer_id != 0 && giving_is_approved(r->c, p, &to), p->id);
}

static enum err reception_tx(struct db *db UNUSED, void *arg)
{
    struct reception *r = arg;
    struct ctx *c = r->c;
    const char *answer;
    int64_t *ids;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK)
        return e;
    if (answer != NULL)
        return operation_ids_read(c->a, answer, &ids) == 1 ? package_by_id(c, ids[0], r->out) : E_INTERNAL;
    r->unannounced = false;
    e = reception_drop_tx(r);
    if (e == OK)
        e = reception_subject_tx(r, r->out);
    if (e == OK)
        e = reception_transition_tx(r, r->out);
    if (e == OK)
        e = reception_person_tx(r, r->out);
    if (e == OK)
        e = photos_add_tx(c, r->out->id, r->in.photos, r->in.photo_count);
    if (e == OK)
        e = package_by_id(c, r->out->id, r->out);
    if (e == OK)
        e = reception_giving_tx(r);
    if (e == OK && r->in.in_batch)
        e = batch_receive_tx(c, &r->batch, r->out, &r->in);
    if (e == OK)
        e = label_received_tx(c, r->out->id);
    if (e == OK)
        e = notify_package_tx(c, "package_received", r->out, r->out->last_event_id,
                              (int)c->conf->undo_s);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &r->out->id, 1));
}

/* Checks who the owner is said to be, as the members of a form say it; *said: anybody is. */
static void owner_check(struct ctx *c, const struct identify_in *in, struct owner *o, bool *said)
{
    const bool named = !is_blank(in->name) || !is_blank(in->phone) || in->no_phone;

    *o = (struct owner){ in->customer_id, { .name = in->name, .phone = in->phone, .no_phone = in->no_phone } };
    *said = in->customer_id != 0 || named;
    if (in->customer_id != 0 && named)
        ctx_invalid(c, "who", T_WHO_TWICE, NULL);
    else if (!*said && !is_blank(in->who))
        ctx_invalid(c, "who", T_WHO_CHOOSE, in->who, NULL);
    if (!named || in->customer_id != 0)
        return;
    if (!is_blank(in->name) && is_blank(in->phone) && !in->no_phone)
        ctx_invalid(c, "phone", T_PHONE_NEEDED, NULL);
    else if (is_blank(in->name))
        ctx_invalid(c, "name", T_NAME_NEEDED, NULL);
    else if (customer_check(c, &o->person) != OK)
        return;                  /* its faults are told with those of the other fields */
}

static void reception_check(struct reception *r)
{
    struct ctx *c = r->c;
    const struct receive_in *in = &r->in;

    r->in.carrier = carrier_said(c, in->carrier, in->carrier_other);
    guide_read(c->a, in->guide, &r->guide);
    r->in.no_guide = in->id == 0 && (r->guide.says_none || (in->no_guide && is_blank(in->guide)));
    if (in->id == 0 && r->guide.number == NULL && !in->no_guide)
        (void)guide_refuse(c, &r->guide, "guide");
    owner_check(c, &(struct identify_in){ 0, in->customer_id, in->who, in->name, in->phone, in->no_phone, NULL }, &r->owner,
                &r->known);
    if (!streq(in->condition, "BUENO") && in->photo_count == 0)
        ctx_invalid(c, "photos", T_DAMAGE_PHOTO, NULL);
    if (!streq(in->condition, "BUENO") && is_blank(in->observations))
        ctx_invalid(c, "observations", T_DAMAGE_NOTE, NULL);
}

enum err package_receive(struct ctx *c, const struct receive_in *in, struct package *out)
{
    struct reception r = { .c = c, .in = *in, .out = out };
    enum err e;

    if (is_blank(r.in.type))
        r.in.type = "NORMAL";
    if (is_blank(r.in.condition))
        r.in.condition = "BUENO";
    c->fault = (struct fault){ 0 };
    reception_check(&r);
    if (ctx_faults(c) != OK)
        return ctx_faults(c);
    e = reception_approve(&r);
    return e != OK ? e : domain_operation(c, "receive", reception_tx, &r);
}

struct identify {
    struct ctx *c;
    const struct identify_in *in;
    struct owner owner;
    struct approval_asked asked;
    struct package *out;
};

/* Before the write.  Whoever claims a package that nobody announced counts as well. */
static enum err identify_approve(struct identify *i)
{
    struct ctx *c = i->c;
    struct package p;
    struct guide_owner to;
    enum err e = OK;

    i->asked = (struct approval_asked){ .field = "who", .role = T_RECEIVE_ROLE };
    if (!approval_needed(c, APPROVE_GIVING, 0) || owner_is(c, &i->owner, &to) != OK)
        return OK;               /* an owner whom nobody knows is refused by the write */
    to.claims = true;
    e = package_by_id(c, i->in->id, &p);
    return e != OK ? e : giving_approve(c, &p, &to, i->owner.known_id != 0 ? "la persona que se eligió" : i->owner.person.name,
                                        i->in->approval, &i->asked);
}

static enum err identify_giving_tx(struct identify *i)
{
    const struct package *p = i->out;
    const struct guide_owner to = { .phone = p->customer_phone, .customer_id = p->customer_id, .claims = true };

    return approval_tx(i->c, i->in->approval, &i->asked, giving_is_approved(i->c, p, &to), p->id);
}

static enum err package_identify_step(void *arg)
{
    struct identify *i = arg;
    struct ctx *c = i->c;
    struct json_object *details;
    int64_t customer, changed = 0;
    enum err e = package_by_id(c, i->in->id, i->out);

    if (e == OK && !streq(i->out->state, "RECIBIDO"))
        return ctx_fail(c, E_CONFLICT, NULL, T_NOT_ON_SHELF, i->out->guide_number, i->out->state, NULL);
    if (e == OK)
        e = owner_set_tx(c, &i->owner, i->in->id, &customer, &changed);
    if (e != OK)
        return e;
    if (changed != 1)
        return ctx_fail(c, E_CONFLICT, NULL, T_CUSTOMER_SET, NULL);
    details = json_object_new_object();
    json_add_int(details, "customer", customer);
    if (i->out->announced_name == NULL)      /* an undo takes the name back, too */
        json_add_bool(details, "named", true);
    e = event_add_tx(c, i->out, (struct event_new){ .kind = "MODIFICACION", .before = "RECIBIDO",
                                                    .after = "RECIBIDO", .details = details });
    if (e == OK)
        e = package_by_id(c, i->in->id, i->out);
    if (e == OK)
        e = identify_giving_tx(i);
    return e != OK ? e : notify_package_tx(c, "package_received", i->out, i->out->last_event_id,
                                           (int)c->conf->undo_s);
}

enum err package_identify(struct ctx *c, const struct identify_in *in, struct package *out)
{
    struct identify i = { .c = c, .in = in, .out = out };
    bool said;
    enum err e;

    c->fault = (struct fault){ 0 };
    owner_check(c, in, &i.owner, &said);
    if (!said && is_blank(in->who))
        ctx_invalid(c, "who", T_WHO_NEEDED, NULL);
    if (ctx_faults(c) != OK)
        return ctx_faults(c);
    if ((e = identify_approve(&i)) != OK)
        return e;
    return package_write(c, "identify", in->id, out, package_identify_step, &i);
}
