/* Intake of the demo: announcements, drops that couriers sign, boxes with photos. */
#include "bin/demo/shop.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "domain/custody/drop.h"
#include "domain/parcel/package_receive.h"
#include "storage/photo.h"
#include "store/db.h"

#define DAMAGED_EACH 6           /* every 6th photo shows a damaged box */
#define DROP_LEAST 3             /* a drop is opened for at least so many boxes of one carrier */

static const struct stmt announced = STMT("demo_announced", "i",
    "SELECT id FROM packages WHERE state = 'ANUNCIADO' AND announced_at >= $1"
    " ORDER BY coalesce(carrier, ''), id");
DB_REGISTER(&announced)

static const char *const couriers[] = { "Wilson Torres", "Edwin Marín", "Jairo Beltrán", "Leidy Cortés" };
static const struct { const char *condition, *what; } damages[] = {
    { "ABIERTO", "La cinta venía suelta y la caja abierta por un lado; el contenido se ve completo." },
    { "REGULAR", "Esquina hundida y caja mojada por debajo." },
    { "ABIERTO", "Rota por el frente; se recibió con el mensajero presente." },
};

/* ---- photos ---- */

enum err photo_take(struct shop *s, enum subject subject, bool spoilt, struct photo_in *out)
{
    struct ctx *c = s->c;
    char *path = arena_printf(c->a, "%s/upload.XXXXXX", c->conf->spool_dir);
    struct buf picture = { 0 };
    int fd = mkostemp(path, O_CLOEXEC);
    size_t size;
    bool written;

    picture_draw(&picture, subject, ++s->photos);
    size = spoilt ? picture.len / 2 : picture.len;
    written = fd >= 0 && write(fd, picture.data, size) == (ssize_t)size;
    if (fd >= 0)
        close(fd);
    buf_free(&picture);
    *out = (struct photo_in){ .path = path, .name = "foto.png", .size = (int64_t)size,
        .kind = subject == SUBJECT_DAMAGED ? "DANO" : subject == SUBJECT_HANDED ? "ENTREGA" : "RECEPCION" };
    return written ? photo_check(c, path, out->name) : E_INTERNAL;
}

/* ---- announcements ---- */

enum err intake_announce(struct shop *s, uint32_t many, bool forgetful)
{
    struct packages out;
    enum err e = OK;

    shop_customer(s);
    for (uint32_t i = 0; i < many && e == OK; i++) {
        struct announce_in in = person_announce(s, forgetful);

        shop_wait(s, shop_chance(s, 500));
        e = package_announce(s->c, &in, &out);
        if (e == E_CONFLICT)
            e = OK;              /* two parcels drew the same guide: the second is left out */
        else
            s->packages += e == OK;
    }
    return e;
}

/* ---- boxes ---- */

static enum err box_receive(struct shop *s, int64_t id, const char *carrier, bool in_batch, bool photo)
{
    struct receive_in in = { .id = id, .carrier = carrier, .in_batch = in_batch, .type = shop_chance(s, 6) ? "NORMAL" : "EXTRA_DIMENSIONADO" };
    const bool damaged = photo && s->photos % DAMAGED_EACH == 2;
    struct photo_in photos[2];
    struct package p;
    enum err e = OK;

    shop_wait(s, 40 + shop_chance(s, 110));
    if (damaged) {
        size_t kind = (size_t)s->photos / DAMAGED_EACH % COUNT(damages);

        in.condition = damages[kind].condition;
        in.observations = damages[kind].what;
    }
    if (photo) {
        e = photo_take(s, damaged ? SUBJECT_DAMAGED : shop_chance(s, 3) ? SUBJECT_BOX : SUBJECT_BAG, false, photos);
        in.photos = photos;
        in.photo_count = 1;
    }
    return e != OK ? e : package_receive(s->c, &in, &p);
}

static enum err intake_refuse(struct shop *s)
{
    static const struct { const char *refused, *note; } why[] = {
        { "con_cobro", "Trae contraentrega de $45.000." }, { "danado", "Caja aplastada, se oye vidrio roto." },
        { "otra_direccion", "Es del conjunto de al lado." },
    };
    size_t at = s->drops / 4 % COUNT(why);
    struct batch drop;
    int64_t line;

    shop_wait(s, 45);
    return drop_refuse(s->c, &(struct refuse_in){ carrier_guide(s, "Servientrega"), why[at].refused, why[at].note }, &drop, &line);
}

static enum err intake_close(struct shop *s)
{
    struct batch drop;
    enum err e = batch_open_of(s->c, &drop);

    shop_wait(s, 60);
    return e != OK ? e : drop_close(s->c, &(struct drop_close_in){ drop.id, SHOP_PICK(s, couriers), person_signature(s) }, &drop);
}

/* Boxes of one carrier arrive together: DROP_LEAST or more as a drop that the courier signs, fewer singly. */
static enum err carrier_arrives(struct shop *s, const char *carrier, const int64_t *ids, size_t n, bool photos)
{
    const bool drop = n >= DROP_LEAST;
    enum err e = OK;

    shop_staff(s, drop ? STAFF_STORES : STAFF_COUNTER);
    for (size_t i = 0; i < n && e == OK; i++)
        e = box_receive(s, ids[i], carrier, drop, photos ? shop_chance(s, 3) < 2 : shop_chance(s, 20) == 0);
    if (drop && e == OK && s->drops++ % 4 == 1)
        e = intake_refuse(s);
    return e == OK && drop ? intake_close(s) : e;
}

/* Chooses by lot so many percent of the announced parcels, sorted by carrier: they have arrived. */
static enum err arrivals_find(struct shop *s, uint32_t percent, struct ids *out)
{
    enum err e = shop_ids(s, &announced, s->c->now - COMING_DAYS * DAY_SECONDS, out);
    size_t kept = 0;

    for (size_t i = 0; i < out->n; i++)
        if (shop_chance(s, 100) < percent)
            out->v[kept++] = out->v[i];
    out->n = kept;
    return e;
}

enum err intake_arrivals(struct shop *s, uint32_t percent, bool photos)
{
    struct ids arrived;
    enum err e = arrivals_find(s, percent, &arrived);

    for (size_t i = 0, n; i < arrived.n && e == OK; i += n) {
        struct package first, next;

        e = package_by_id(s->c, arrived.v[i], &first);
        for (n = 1; e == OK && i + n < arrived.n; n++) {
            e = package_by_id(s->c, arrived.v[i + n], &next);
            if (e != OK || !streq(first.carrier, next.carrier))
                break;
        }
        if (e == OK)
            e = carrier_arrives(s, first.carrier, &arrived.v[i], n, photos);
    }
    return e;
}

enum err intake_unannounced(struct shop *s, bool known)
{
    const struct announce_in who = person_announce(s, false);
    struct receive_in in = { .guide = who.guides, .carrier = who.carrier, .name = known ? who.name : NULL,
                             .phone = known ? who.phone : NULL };
    struct package p;

    shop_staff(s, STAFF_COUNTER);
    shop_wait(s, 90);
    return package_receive(s->c, &in, &p);
}

enum err intake_half_drop(struct shop *s)
{
    struct photo_in photos[1];
    struct ids arrived;
    struct batch drop;
    int64_t line;
    struct package p;
    enum err e = arrivals_find(s, 100, &arrived);

    shop_staff(s, STAFF_STORES);
    for (size_t i = 0; i < arrived.n && i < 4 && e == OK; i++)
        e = box_receive(s, arrived.v[i], NULL, true, i % 2 == 0);
    if (e == OK)
        e = drop_refuse(s->c, &(struct refuse_in){ carrier_guide(s, "TCC"), "otra_direccion", "Es de la torre 3 del conjunto vecino." },
                         &drop, &line);
    if (e == OK)
        e = photo_take(s, SUBJECT_BOX, true, photos);
    if (e == OK)                 /* the photo is cut off, so that the demo has a dead job photo.process */
        e = package_receive(s->c, &(struct receive_in){ .guide = carrier_guide(s, "Coordinadora"), .carrier = "Coordinadora",
            .in_batch = true, .photos = photos, .photo_count = 1 }, &p);
    return e;
}
