#include "domain/parcel/claim_end.h"

#include "base/clock.h"
#include "domain/message/notification.h"
#include "domain/parcel/email_proof.h"
#include "domain/parcel/event.h"
#include "domain/parcel/package_announce.h"
#include "domain/people/consent.h"
#include "domain/people/customer.h"
#include "json/json.h"

/* Claims that a cancellation ended are those for which nothing was compared. */
static const struct stmt end = STMT("claims_end", "iIi",
    "UPDATE claims SET settled_at = $3, settled_by = $2, outcome = 'ajeno'"
    " WHERE package_id = $1 AND settled_at IS NULL");
static const struct stmt reopen = STMT("claims_reopen", "i",
    "UPDATE claims SET settled_at = NULL, settled_by = NULL, outcome = NULL"
    " WHERE package_id = $1 AND outcome = 'ajeno' AND compared IS NULL");
static const struct stmt inherit = STMT("claim_inherit", "iIi",
    "UPDATE claims SET settled_at = $3, settled_by = $2, outcome = 'suyo' WHERE id = $1");
static const struct stmt move = STMT("claims_move", "iiii",
    "UPDATE claims SET package_id = $2 WHERE package_id = $1 AND settled_at IS NULL AND id <> $3 AND at >= $4");
DB_REGISTER(&end, &reopen, &inherit, &move)

/* The new announcement is told to a phone that a stranger chose when they claimed the guide. */
static enum err claim_heir_tell_tx(struct ctx *c, const struct package *p, int delay)
{
    const struct addressee to = { .customer_id = p->customer_id, .phone = p->customer_phone, .email = package_email(c, p),
                                  .stranger = true };

    return notify_addressee_tx(c, "package_announced", &to, &(struct message_about){ p->id, p->last_event_id, 0 }, 1, delay);
}

/* The announcement of who claimed the guide, in the place of the one that ended. */
static enum err claim_announce_tx(struct ctx *c, const struct package *old, const struct claim *heir, int delay)
{
    const struct customer_in who = { .name = heir->name, .phone = heir->phone, .no_phone = heir->phone == NULL,
                                     .unmet = true };
    struct package p = { .guide_number = old->guide_number, .guide_key = old->guide_key, .carrier = old->carrier,
                         .announced_name = heir->name, .announced_phone = heir->phone,
                         .announced_email = heir->email, .announced_at = heir->at };
    struct json_object *details;
    enum err e = customer_ensure_tx(c, &who, &p.customer_id);

    if (e == OK)
        e = package_insert_tx(c, &p);
    if (e == OK)
        e = db_exec(c->db, NULL, &move, old->id, p.id, heir->id, c->now - EXPIRE_DAYS * DAY_SECONDS);
    if (e == OK)
        e = db_exec(c->db, NULL, &inherit, heir->id, c->user_id, c->now);
    if (e == OK)
        e = consent_claim_tx(c, heir->id, p.customer_id);
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_int(details, "claim_inherited", heir->id);
    e = event_add_tx(c, &p, (struct event_new){ .kind = "MODIFICACION", .before = p.state, .after = p.state,
                                                .details = details });
    if (e == OK)
        e = package_by_id(c, p.id, &p);
    if (e == OK)
        e = claim_heir_tell_tx(c, &p, delay);
    return e != OK ? e : claim_pass_tx(c, old, &p, delay);
}

enum err claims_end_tx(struct ctx *c, const struct package *p, bool passes, int delay)
{
    const struct claim *heir = NULL;
    struct claims all;
    enum err e = claims_of(c, p->id, &all);

    for (size_t i = 0; e == OK && passes && heir == NULL && i < all.n && all.v[i].settled_at == 0; i++)
        if (all.v[i].at >= c->now - EXPIRE_DAYS * DAY_SECONDS)
            heir = &all.v[i];
    if (heir != NULL)
        e = claim_announce_tx(c, p, heir, delay);
    if (e == OK)
        e = db_exec(c->db, NULL, &end, p->id, c->user_id, c->now);
    for (size_t i = 0; e == OK && i < all.n && all.v[i].settled_at == 0; i++)
        if (heir == NULL || all.v[i].at < heir->at)
            e = claim_tell_end_tx(c, &all.v[i], p->last_event_id, delay, p->received_at != 0);
    return e;
}

enum err claims_reopen_tx(struct ctx *c, int64_t package_id)
{
    return db_exec(c->db, NULL, &reopen, package_id);
}
