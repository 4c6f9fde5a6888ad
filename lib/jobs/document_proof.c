/* The proof bundle shows everything known of one parcel and its way, with the chain of hashes that tells
 * whether a row was changed or removed later. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "local/money.h"
#include "local/normal.h"
#include "domain/custody/history.h"
#include "domain/handover/signature.h"
#include "domain/money/payment.h"
#include "domain/outbox/notification_log.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/photo.h"
#include "domain/price/size.h"
#include "jobs/archive.h"
#include "jobs/document.h"
#include "jobs/picture_ask.h"

#define PHOTO_PX 1000
#define PHOTO_QUALITY 80
#define PHOTOS 24                /* most photos that are drawn; the rest is only counted */
#define ARCHIVE_S 25.0           /* seconds of the job's time that fetching photos from the archive may take */
#define JPEG_MAX (4u << 20)      /* bytes of a photo of PHOTO_PX */
#define SEAL 16                  /* how many hex digits of a hash a table shows */

struct proof_document {
    struct ctx *c;
    struct package p;
    struct package_events events;
    struct payments payments;
    const char *signature;       /* strokes, or NULL */
    struct notifications messages;
    struct sheet_picture photos[PHOTOS];
    size_t photo_count, photos_lost, photos_more;
    double archive_until;        /* by clock_mono(); nothing is fetched later; 0: the archive is away */
    int64_t broken_at;           /* 0: the chain is whole */
};

/* ---- reading ---- */

/* Fetches a photo from the archive into a temporary file; NULL when that failed. */
static const char *photo_fetch(struct proof_document *x, const struct package_file *f)
{
    struct ctx *c = x->c;
    const char *path = arena_printf(c->a, "%s/proof.%lld.%d.webp", c->conf->spool_dir, (long long)f->id, (int)getpid());
    struct buf bytes = { 0 };
    struct send_result got = archive_get(c, f->storage_key, &bytes);
    FILE *out = got.sent == SENT_YES ? fopen(path, "we") : NULL;
    bool ok;

    if (got.provider_failed)     /* the other photos would each wait as long in vain */
        x->archive_until = 0;
    ok = out != NULL && fwrite(bytes.data, 1, bytes.len, out) == bytes.len;
    if (out != NULL)
        ok = fclose(out) == 0 && ok;
    buf_free(&bytes);
    if (!ok)
        unlink(path);
    return ok ? path : NULL;
}

static const char *photo_path(struct proof_document *x, const struct package_file *f)
{
    if (!f->archived_at)
        return arena_printf(x->c->a, "%s/%s", x->c->conf->files_dir, f->storage_key);
    return clock_mono() < x->archive_until ? photo_fetch(x, f) : NULL;
}

/* The bytes of a file that picture_ask made, which is removed; NULL when they cannot be read. */
static const unsigned char *jpeg_take(struct ctx *c, const char *path, size_t *n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    const char *bytes = fd < 0 ? NULL : file_bytes(c->a, fd, JPEG_MAX, n);

    unlink(path);
    return bytes != NULL && *n > 0 ? (const unsigned char *)bytes : NULL;
}

static bool read_photo(struct proof_document *x, const struct package_file *f, struct sheet_picture *out)
{
    struct ctx *c = x->c;
    const char *path = photo_path(x, f), *fault;
    const unsigned char *bytes = NULL;
    size_t n = 0;
    struct picture jpeg = { .format = "jpeg", .px = PHOTO_PX, .quality = PHOTO_QUALITY,
        .to = arena_printf(c->a, "%s/proof.%lld.%d.jpeg", c->conf->spool_dir, (long long)f->id, (int)getpid()) };

    if (path != NULL && picture_ask(c, path, &jpeg, 1, &fault) == PICTURE_MADE)
        bytes = jpeg_take(c, jpeg.to, &n);
    if (f->archived_at && path != NULL)
        unlink(path);
    if (bytes != NULL)
        *out = (struct sheet_picture){ bytes, n, (int)jpeg.width, (int)jpeg.height,
            arena_printf(c->a, "%s · %s", words_of(package_file_kinds, f->kind), clock_exact(c->a, f->created_at)) };
    return bytes != NULL;
}

static enum err read_photos(struct proof_document *x)
{
    struct package_files files;
    enum err e = package_files(x->c, x->p.id, &files);

    x->archive_until = clock_mono() + ARCHIVE_S;
    for (size_t i = 0; e == OK && i < files.n; i++) {
        if (!streq(files.v[i].state, "ready"))
            continue;
        if (x->photo_count == PHOTOS)
            x->photos_more++;
        else if (read_photo(x, &files.v[i], &x->photos[x->photo_count]))
            x->photo_count++;
        else
            x->photos_lost++;
    }
    return e;
}

static enum err read_all(struct proof_document *x, int64_t id)
{
    struct ctx *c = x->c;
    enum err e = package_by_id(c, id, &x->p);

    if (e == OK)
        e = package_events(c, id, &x->events);
    if (e == OK && (e = package_chain_check(c, id, &x->broken_at)) == E_CONFLICT)
        e = OK;
    if (e == OK)
        e = payments_of(c, id, &x->payments);
    if (e == OK)
        e = notifications_of_package(c, id, &x->messages);
    if (e == OK)
        e = signature_of(c, id, &x->signature);
    return e != OK ? e : read_photos(x);
}

/* ---- the parcel and its hand-over ---- */

/* Name of the user of the last event of that kind; NULL when there is none. */
static const char *who_made(const struct proof_document *x, const char *kind)
{
    const char *name = NULL;

    for (size_t i = 0; i < x->events.n; i++)
        if (streq(x->events.v[i].kind, kind))
            name = x->events.v[i].user_name;
    return name;
}

static const char *at_by(const struct proof_document *x, int64_t at, const char *kind)
{
    const char *when = at ? clock_exact(x->c->a, at) : NULL, *who = who_made(x, kind);

    return when != NULL && who != NULL ? arena_printf(x->c->a, "%s, %s", when, who) : when;
}

static void draw_parcel(struct sheet *s, const struct proof_document *x)
{
    const struct package *p = &x->p;
    struct arena *a = x->c->a;

    sheet_fact(s, "A nombre de", p->customer_name ? p->customer_name : p->announced_name);
    sheet_fact(s, "Celular", p->customer_phone ? phone_words(a, p->customer_phone) : NULL);
    sheet_fact(s, "Transportadora", p->carrier);
    sheet_fact(s, "Tamaño", words_or_value(package_types, p->type));
    sheet_fact(s, "Estado al recibirlo", words_of(package_conditions, p->condition));
    sheet_fact(s, "Observaciones", p->observations);
    if (p->declared_value > 0)
        sheet_fact(s, "Valor declarado", money_text(a, p->declared_value));
    sheet_fact(s, "Anunciado", at_by(x, p->announced_at, "ANUNCIO"));
    sheet_fact(s, "Recibido", at_by(x, p->received_at, "RECEPCION"));
    sheet_fact(s, "Posición", p->position_code);
    sheet_fact(s, "Entregado", at_by(x, p->delivered_at, "ENTREGA"));
    sheet_fact(s, "Cancelado", at_by(x, p->cancelled_at, "CANCELACION"));
    sheet_fact(s, "Motivo", words_of(cancel_reasons, p->cancel_reason));
    sheet_fact(s, "Detalle", p->cancel_text);
}

static const struct word proof_words[] = {
    { "codigo", "Código de entrega, correcto" },
    { "autorizacion", "Código de la persona autorizada, correcto" },
    { "excepcion", "Sin código: excepción, con la identidad verificada" }, WORDS_END
};

static void draw_payments(struct sheet *s, const struct proof_document *x)
{
    struct arena *a = x->c->a;

    for (size_t i = 0; i < x->payments.n; i++) {
        const struct payment *p = &x->payments.v[i];

        sheet_amount(s, arena_printf(a, "%s, %s, %s%s", clock_exact(a, p->taken_at), p->taken_by_name,
                                     document_method(a, p->method, p->reference), p->reverses ? ", devuelto"
                                     : p->reason ? arena_printf(a, ": %s", p->reason) : ""),
                     money_text(a, p->amount));
    }
}

static void draw_handover(struct sheet *s, const struct proof_document *x)
{
    const struct package *p = &x->p;
    struct arena *a = x->c->a;

    if (p->delivered_at == 0 && x->payments.n == 0)
        return;
    sheet_heading(s, "Entrega y pago");
    sheet_fact(s, "Prueba", words_of(proof_words, p->proof));
    sheet_fact(s, "Lo recogió", p->receiver_name);
    if (p->receiver_document_last4 != NULL)
        sheet_fact(s, "Documento", arena_printf(a, "%s terminado en %s", p->receiver_document_type ? p->receiver_document_type
                                                : "", p->receiver_document_last4));
    if (p->delivered_at != 0) {
        sheet_amount(s, "Tarifa", money_text(a, p->base_fee));
        if (p->storage_fee > 0)
            sheet_amount(s, arena_printf(a, "Bodegaje, días: %lld", (long long)p->storage_days), money_text(a, p->storage_fee));
        if (p->discount > 0)
            sheet_amount(s, "Descuento", money_text(a, -p->discount));
        sheet_total(s, "Total", money_text(a, p->total_fee - p->discount));
    }
    draw_payments(s, x);
    if (x->signature != NULL)
        sheet_strokes(s, x->signature, SIGNATURE_WIDTH, SIGNATURE_HEIGHT,
                      p->receiver_name ? arena_printf(a, "Firma de %s", p->receiver_name) : "Firma de quien recibió");
}

/* ---- what happened ---- */

static void draw_photos(struct sheet *s, const struct proof_document *x)
{
    struct arena *a = x->c->a;

    sheet_heading(s, "Fotos");
    sheet_pictures(s, x->photos, x->photo_count);
    if (x->photo_count == 0 && x->photos_lost == 0)
        sheet_note(s, "Ninguna. Las fotos se borran cuando cumplen su plazo, contado desde que el paquete sale.");
    if (x->photos_more > 0)
        sheet_note(s, arena_printf(a, "Fotos que solo están en la página del paquete: %zu.", x->photos_more));
    if (x->photos_lost > 0)
        sheet_note(s, arena_printf(a, "Fotos que no se pudieron leer: %zu. Pídalo otra vez más tarde.", x->photos_lost));
}

static void draw_history(struct sheet *s, const struct proof_document *x)
{
    static const struct sheet_column columns[] = {
        { "Cuándo", 20, false }, { "Qué pasó", 48, false }, { "Quién", 20, false }, { "Sello", 24, true },
    };
    struct arena *a = x->c->a;

    sheet_heading(s, "Historia");
    sheet_table(s, columns, COUNT(columns));
    for (size_t i = 0; i < x->events.n; i++) {
        const struct package_event *ev = &x->events.v[i];
        const char *who = ev->user_name ? ev->user_name : streq(ev->actor, "customer") ? "El cliente" : "El sistema";

        sheet_row(s, (const char *const[]){ clock_exact(a, ev->at), ev->text, who, arena_strndup(a, ev->hash, SEAL) });
    }
    sheet_table_end(s);
}

static void draw_messages(struct sheet *s, const struct proof_document *x)
{
    if (x->messages.n == 0)
        return;
    sheet_heading(s, "Mensajes");
    document_messages(s, x->c->a, &x->messages);
}

/* ---- the chain ---- */

static void draw_chain(struct sheet *s, const struct proof_document *x)
{
    const struct package_events *all = &x->events;
    struct arena *a = x->c->a;
    size_t sealed = 0;

    sheet_heading(s, "La cadena");
    if (x->broken_at != 0)
        sheet_text(s, arena_printf(a, "NO CUADRA: el suceso %lld no es el que se escribió, o falta uno antes de él. Lo que"
                                   " sigue no prueba nada.", (long long)x->broken_at));
    else
        sheet_text(s, arena_printf(a, "Está completa: al hacer este documento se recalcularon sus %zu sellos y todos"
                                   " cuadran.", all->n));
    for (size_t i = 0; i < all->n; i++)
        sealed += event_seals_text(&all->v[i]);
    sheet_text(s, "Cada suceso lleva un sello (SHA-256) de lo que dice y del sello anterior: si después se cambia o se"
               " quita uno, ninguno de los que siguen cuadra. Los nombres, las notas y los motivos no están en el sello"
               " sino su huella, para que se puedan borrar sin romperlo.");
    if (sealed > 0)
        sheet_text(s, arena_printf(a, "Excepción: %zu de estos sucesos se %s con una versión anterior, y lo que alguien"
                                   " escribió está en el sello mismo: no se puede borrar sin romperlo.", sealed,
                                   sealed == 1 ? "escribió" : "escribieron"));
    for (size_t i = 0; i < all->n; i++)
        sheet_mono(s, arena_printf(a, "%lld %s %s\n%s", (long long)all->v[i].id, clock_rfc3339(a, all->v[i].at),
                                   all->v[i].kind, all->v[i].hash));
    sheet_text(s, arena_printf(a, "Para comprobarlo en el punto, con este papel en la mano: «paqueteria package verify %s»"
                               " recalcula la cadena y muestra su último sello, que debe ser el último de esta lista, o"
                               " uno posterior si después pasó algo más.", x->p.tracking_code));
}

static void proof_draw(struct sheet *s, const void *arg)
{
    draw_parcel(s, arg);
    draw_handover(s, arg);
    draw_photos(s, arg);
    draw_history(s, arg);
    draw_messages(s, arg);
    draw_chain(s, arg);
}

enum err proof_read(struct ctx *c, int64_t subject_id, struct document_page *out)
{
    struct proof_document *x = arena_alloc(c->a, sizeof *x);
    enum err e;

    x->c = c;
    e = read_all(x, subject_id);
    if (e != OK)
        return e;
    out->head.title = "Cadena de custodia";
    out->head.subtitle = arena_printf(c->a, "Guía %s · código %s", x->p.guide_number, x->p.tracking_code);
    out->head.symbol = document_lookup(c, x->p.tracking_code);
    out->draw = proof_draw;
    out->arg = x;
    return OK;
}
