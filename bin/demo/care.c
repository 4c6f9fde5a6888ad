/* Care: what the staff of the demo do about parcels other than receiving them and handing them over (calls,
 * notes, corrections, incidents, cancellations), and about the shop's own settings. */
#include "bin/demo/shop.h"

#include "base/clock.h"
#include "domain/custody/attempt.h"
#include "domain/custody/correction.h"
#include "domain/custody/undo.h"
#include "domain/ground/setting.h"
#include "domain/handover/authorization.h"
#include "domain/outbox/notification_log.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_receive.h"
#include "domain/price/closure.h"
#include "domain/price/rate.h"
#include "store/db.h"

#define WEEK_CALLS 5
#define OLDEST_CALLS 6
#define EXPIRE_AT_ONCE 100

static const struct stmt lying = STMT("demo_lying", "i",
    "SELECT id FROM packages p WHERE state = 'RECIBIDO' AND customer_id IS NOT NULL AND received_at < $1"
    " AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.package_id = p.id AND i.resolved_at IS NULL) ORDER BY received_at, id");
static const struct stmt nameless = STMT("demo_nameless", "i",
    "SELECT id FROM packages WHERE state = 'RECIBIDO' AND customer_id IS NULL AND received_at < $1 ORDER BY id");
static const struct stmt awaited = STMT("demo_awaited", "i",
    "SELECT id FROM packages WHERE state = 'ANUNCIADO' AND announced_at >= $1 ORDER BY id");
DB_REGISTER(&lying, &nameless, &awaited)

/* ---- calls ---- */

static enum err call_about(struct shop *s, int64_t id)
{
    static const struct { const char *outcome, *channel, *note; int64_t days; } calls[] = {
        { "no_contesto", "llamada", NULL, 0 },
        { "vendra", "whatsapp", "Dice que manda a la hija.", 2 },
        { "buzon", "llamada", NULL, 0 },
        { "contesto", "llamada", "Está de viaje; pasa apenas vuelva.", 0 },
        { "vendra", "llamada", NULL, 1 },
    };
    const size_t at = s->calls++ % COUNT(calls);
    struct package p;

    shop_wait(s, 180);
    return package_contact(s->c, &(struct contact_in){ .id = id, .outcome = calls[at].outcome, .channel = calls[at].channel,
        .note = calls[at].note, .promised_day = calls[at].days ? clock_day(s->c->now) + calls[at].days : 0, .all = true }, &p);
}

/* Calls the customers of at most `most` parcels received more than older_s seconds ago, beginning with the
 * oldest parcel or with the youngest. */
static enum err calls_make(struct shop *s, int64_t older_s, size_t most, bool oldest)
{
    struct ids ids;
    enum err e = shop_ids(s, &lying, s->c->now - older_s, &ids);

    for (size_t i = 0; i < ids.n && i < most && e == OK; i++)
        e = call_about(s, ids.v[oldest ? i : ids.n - 1 - i]);
    return e;
}

enum err care_call_oldest(struct shop *s)
{
    shop_staff(s, STAFF_STORES);
    return calls_make(s, 25 * DAY_SECONDS, OLDEST_CALLS, true);
}

enum err care_give_up(struct shop *s)
{
    struct package p;
    struct ids ids;
    int expired;
    enum err e;

    shop_staff(s, STAFF_CHIEF);
    e = shop_ids(s, &lying, s->c->now - (AGEING_ABANDON_DAYS + 1) * DAY_SECONDS, &ids);
    if (e == OK && ids.n > 0)
        e = ageing_abandon(s->c, &(struct abandon_in){ ids.v[0], NULL }, &p);
    shop_system(s);
    return e != OK ? e : package_expire(s->c, EXPIRE_AT_ONCE, &expired);
}

/* ---- a week's odds and ends ---- */

static enum err week_identify(struct shop *s)
{
    const struct announce_in who = person_announce(s, false);
    struct package p;
    struct ids ids;
    enum err e = shop_ids(s, &nameless, s->c->now, &ids);

    shop_staff(s, STAFF_COUNTER);
    return e != OK || ids.n < 2 ? e : package_identify(s->c, &(struct identify_in){
        .id = ids.v[0], .name = who.name, .phone = who.phone }, &p);
}

static enum err week_cancel(struct shop *s)
{
    struct package p;
    struct ids ids;
    enum err e = shop_ids(s, &awaited, s->c->now - COMING_DAYS * DAY_SECONDS, &ids);

    if (e == OK && ids.n > 0)
        e = package_cancel(s->c, &(struct cancel_in){ ids.v[0], "cliente_solicita", NULL, NULL }, &p);
    if (e == OK && ids.n > 1) {  /* a cancellation by mistake, undone at once */
        e = package_cancel(s->c, &(struct cancel_in){ ids.v[1], "error_operador", NULL, NULL }, &p);
        shop_wait(s, 9);
        if (e == OK)
            e = package_undo(s->c, ids.v[1], &p);
    }
    if (e == OK)
        e = shop_ids(s, &lying, s->c->now - 4 * DAY_SECONDS, &ids);
    shop_staff(s, STAFF_CHIEF);  /* it owes storage */
    if (e == OK && ids.n > 0)
        e = package_cancel(s->c, &(struct cancel_in){ ids.v[ids.n - 1], "devuelto_transportadora",
            "El remitente lo pidió de vuelta; se lo llevó el mensajero.", NULL }, &p);
    return e;
}

static enum err week_correct(struct shop *s)
{
    struct package p;
    struct ids ids;
    enum err e = shop_ids(s, &lying, s->c->now - DAY_SECONDS, &ids);

    if (e != OK || ids.n < 2)
        return e;
    e = package_note(s->c, &(struct note_in){ ids.v[ids.n - 1], "La etiqueta está despegada: va con cinta." });
    shop_wait(s, 60);
    shop_staff(s, STAFF_CHIEF);
    return e != OK ? e : package_correct(s->c, &(struct correct_in){ .id = ids.v[ids.n - 2], .declared_value = 180000,
        .reason = "El cliente mostró la factura." }, &p);
}

/* An incident whose end is known: the box was found behind another one. */
static enum err week_incident(struct shop *s)
{
    struct package p;
    struct ids ids;
    enum err e = shop_ids(s, &lying, s->c->now - DAY_SECONDS, &ids);

    shop_staff(s, STAFF_COUNTER);
    if (e != OK || ids.n == 0)
        return e;
    e = incident_report(s->c, &(struct incident_in){ ids.v[ids.n / 2], "no_encontrado", NULL }, &p);
    shop_wait(s, 900);
    return e != OK ? e : incident_resolve(s->c, &(struct incident_resolve_in){ ids.v[ids.n / 2], "Estaba detrás de otra caja." }, &p);
}

enum err care_week(struct shop *s)
{
    static enum err (*const steps[])(struct shop *s) = { week_identify, week_cancel, week_correct, week_incident };
    enum err e = OK;

    for (size_t i = 0; i < COUNT(steps) && e == OK; i++) {
        shop_wait(s, 240);
        e = steps[i](s);
    }
    return e != OK ? e : calls_make(s, 5 * DAY_SECONDS, WEEK_CALLS, false);
}

/* ---- today ---- */

static enum err today_incidents(struct shop *s)
{
    static const struct { const char *outcome, *note; } found[] = {
        { "no_encontrado", NULL }, { "rechazado", "Pidió otra talla; no lo quiere." },
        { "equivocado", "La guía es la suya, el nombre en la caja no." },
    };
    struct package p;
    struct ids ids;
    enum err e = shop_ids(s, &lying, s->c->now, &ids);

    shop_staff(s, STAFF_COUNTER);
    for (size_t i = 0; i < COUNT(found) && e == OK && (i + 2) * 3 < ids.n; i++) {
        shop_wait(s, 120);
        e = incident_report(s->c, &(struct incident_in){ ids.v[ids.n - 1 - i * 3], found[i].outcome, found[i].note }, &p);
    }
    return e;
}

enum err care_today(struct shop *s)
{
    struct authorization by;
    struct package p;
    struct ids ids;
    int64_t message;
    enum err e = today_incidents(s);

    if (e == OK)
        e = shop_ids(s, &lying, s->c->now, &ids);
    if (e != OK || ids.n < 4)
        return e;
    e = notify_custom(s->c, &(struct custom_in){ package_by_id(s->c, ids.v[ids.n / 3], &p) == OK ? p.customer_id : 0, ids.v[ids.n / 3], "sms",
        "Su paquete es pesado: si puede, venga con alguien o con un carrito." }, &message);
    shop_customer(s);
    if (e == OK)
        e = package_by_id(s->c, ids.v[ids.n - 2], &p);
    return e != OK ? e : authorization_create(s->c, &(struct authorize_in){ .token = link_token(s->c, &p), .name = "Gladys Pardo",
        .document_type = "CC", .document_number = "52104877", .phone = "3005550199" }, &by);
}

/* ---- the house ---- */

enum err care_house(struct shop *s)
{
    static const struct setting_change site[] = {
        { "site.name", "Paquetería Los Sauces" }, { "site.address", "Portería 2, conjunto Los Sauces" },
        { "site.phone", "601 555 0100" }, { "start.steps", "0" },
    };
    struct closure closure;
    struct rate rate;
    enum err e;

    shop_staff(s, STAFF_CHIEF);
    e = setting_change(s->c, NULL, 0, site, COUNT(site));
    if (e == OK)
        e = rate_add(s->c, &(struct rate_in){ .package_type = "EXTRA_DIMENSIONADO", .base_fee = 2500, .storage_per_day = 1000,
            .free_hours = 24, .valid_from = s->today + 20 }, &rate);
    return e != OK ? e : closure_add(s->c, &(struct closure_in){ .day = s->today + 12, .reason = "Fumigación del conjunto" }, &closure);
}
