/* Reading packages: by key, lists, and their files. */
#include "base/clock.h"
#include "domain/ground/texts.h"
#include "local/normal.h"
#include "base/utf8.h"
#include "domain/price/fee.h"
#include "domain/ground/tx.h"

#define LIST_USUAL 50
#define LIST_MAX 200

#define FROM                                                                                      \
    " FROM packages p LEFT JOIN positions o ON o.id = p.position_id"                                   \
    " LEFT JOIN customers c ON c.id = p.customer_id "
#define SELECT                                                                                   \
    "SELECT p.id, p.tracking_code, p.public_token, p.pickup_version, p.guide_number, p.guide_key,"     \
    " p.carrier, p.state, p.type, p.condition, p.customer_id, p.announced_name, p.announced_phone,"    \
    " p.declared_value, p.position_id, p.rate_id, p.base_fee, p.storage_per_day, p.free_hours,"        \
    " p.announced_at, p.received_at, p.delivered_at, p.cancelled_at, p.received_by, p.delivered_by,"   \
    " p.cancelled_by, p.operation_id, p.storage_days, p.storage_fee, p.total_fee, p.discount, p.proof,"                \
    " p.receiver_name, p.receiver_document_type, p.receiver_document_last4, p.cancel_reason,"          \
    " p.cancel_text, p.observations, p.last_event_id, o.code, c.full_name, c.phone, c.email,"    \
    " c.email_confirmed_at" FROM
/* What a row of a list shows (brief_rows): a page of 50 is read in half the time. */
#define SELECT_BRIEF                                                                             \
    "SELECT p.id, p.tracking_code, p.guide_number, p.carrier, p.state, p.customer_id, p.announced_name,"  \
    " p.base_fee, p.storage_per_day, p.free_hours, p.announced_at, p.received_at, p.delivered_at,"     \
    " p.cancelled_at, o.code, c.full_name, c.phone" FROM

static const struct stmt by_id = STMT("package_by_id", "i", SELECT "WHERE p.id = $1");
static const struct stmt by_token = STMT("package_by_token", "s", SELECT "WHERE p.public_token = $1");
static const struct stmt by_code = STMT("package_by_code", "s", SELECT "WHERE p.tracking_code = $1");
static const struct stmt by_guide = STMT("package_by_guide", "s",
    SELECT "WHERE p.guide_key = $1 ORDER BY p.state = 'CANCELADO', p.id DESC LIMIT 1");

/* One statement a shape of list, so that each has its index; all take all filters:
 * $1 before, $2 limit, $3 state, $4 type, $5 unidentified, $6 customer, $7 and $8 the
 * bounds of received_at. */
#define LIST(name, select, shape) STMT(name, "iissiIII", select "WHERE " shape " AND p.id < $1"    \
    " AND ($3 IS NULL OR p.state = $3) AND ($4 IS NULL OR p.type = $4)"                            \
    " AND ($5 = 0 OR p.customer_id IS NULL) AND ($6 IS NULL OR p.customer_id = $6)"                \
    " AND ($7 IS NULL OR (p.received_at > $7 AND p.received_at <= $8))"                            \
    " ORDER BY p.id DESC LIMIT $2")
#define BY_ALL "1"
#define BY_STATE "p.state = $3"
#define BY_TYPE "p.type = $4"
#define BY_BOTH "p.type = $4 AND p.state = $3"
#define BY_CUSTOMER "p.customer_id = $6"
#define BY_AGE "p.state = 'RECIBIDO' AND p.received_at > $7 AND p.received_at <= $8"
static const struct stmt list_all = LIST("packages_all", SELECT, BY_ALL);
static const struct stmt list_state = LIST("packages_by_state", SELECT, BY_STATE);
static const struct stmt list_type = LIST("packages_by_type", SELECT, BY_TYPE);
static const struct stmt list_both = LIST("packages_by_type_and_state", SELECT, BY_BOTH);
static const struct stmt list_customer = LIST("packages_of_customer", SELECT, BY_CUSTOMER);
static const struct stmt list_age = LIST("packages_by_age", SELECT, BY_AGE);
static const struct stmt brief_all = LIST("packages_all_brief", SELECT_BRIEF, BY_ALL);
static const struct stmt brief_state = LIST("packages_by_state_brief", SELECT_BRIEF, BY_STATE);
static const struct stmt brief_type = LIST("packages_by_type_brief", SELECT_BRIEF, BY_TYPE);
static const struct stmt brief_both = LIST("packages_by_type_and_state_brief", SELECT_BRIEF, BY_BOTH);
static const struct stmt brief_customer = LIST("packages_of_customer_brief", SELECT_BRIEF, BY_CUSTOMER);
static const struct stmt brief_age = LIST("packages_by_age_brief", SELECT_BRIEF, BY_AGE);

/* What was taken out has a purge_at. */
#define KEPT " (state <> 'failed' OR purge_at IS NULL)"
static const struct stmt files_of = STMT("files_of_package", "i",
    "SELECT id, package_id, key, kind, state, storage_key, thumbnail_key, content_type, size, width,"
    " height, created_at, archived_at FROM package_files WHERE package_id = $1 AND" KEPT " ORDER BY id");
static const struct stmt file_by_id = STMT("file_by_id", "i",
    "SELECT id, package_id, key, kind, state, storage_key, thumbnail_key, content_type, size, width,"
    " height, created_at, archived_at FROM package_files WHERE id = $1 AND" KEPT);
static const struct stmt file_by_key = STMT("file_by_key", "s",
    "SELECT id, package_id, key, kind, state, storage_key, thumbnail_key, content_type, size, width,"
    " height, created_at, archived_at FROM package_files WHERE key = $1 AND" KEPT);
DB_REGISTER(&by_id, &by_token, &by_code, &by_guide, &list_all, &list_state, &list_customer, &list_age,
            &brief_all, &brief_state, &brief_customer, &brief_age,
            &list_type, &list_both, &brief_type, &brief_both, &files_of, &file_by_id, &file_by_key)

#define P struct package
static const struct field rows[] = {
    FIELD(P, id, F_INT, "Número interno"),
    FIELD(P, tracking_code, F_TEXT, "Código de consulta"),
    FIELD_SECRET(P, public_token, F_TEXT, "Parte secreta del enlace público"),
    FIELD_SECRET(P, pickup_version, F_INT, "Versión del código de entrega"),
    FIELD(P, guide_number, F_TEXT, "Guía como se escribió"),
    FIELD(P, guide_key, F_TEXT, "Guía sin separadores"),
    FIELD(P, carrier, F_TEXT, "Transportadora"),
    FIELD(P, state, F_TEXT, "ANUNCIADO, RECIBIDO, ENTREGADO o CANCELADO"),
    FIELD(P, type, F_TEXT, "NORMAL o EXTRA_DIMENSIONADO"),
    FIELD(P, condition, F_TEXT, "BUENO, ABIERTO o REGULAR"),
    FIELD(P, customer_id, F_ID, "Cliente"),
    FIELD(P, announced_name, F_TEXT, "Nombre en el anuncio"),
    FIELD(P, announced_phone, F_PHONE, "Celular en el anuncio"),
    FIELD(P, declared_value, F_MONEY, "Valor declarado"),
    FIELD(P, position_id, F_ID, "Posición"),
    FIELD(P, rate_id, F_ID, "Tarifa"),
    FIELD(P, base_fee, F_MONEY, "Tarifa base"),
    FIELD(P, storage_per_day, F_MONEY, "Bodegaje por día"),
    FIELD(P, free_hours, F_INT, "Horas sin bodegaje"),
    FIELD(P, announced_at, F_INSTANT, "Anunciado"),
    FIELD(P, received_at, F_INSTANT, "Recibido"),
    FIELD(P, delivered_at, F_INSTANT, "Entregado"),
    FIELD(P, cancelled_at, F_INSTANT, "Cancelado"),
    FIELD(P, received_by, F_ID, "Quién recibió"),
    FIELD(P, delivered_by, F_ID, "Quién entregó"),
    FIELD(P, cancelled_by, F_ID, "Quién canceló"),
    FIELD(P, operation_id, F_TEXT, "Operación de la entrega"),
    FIELD(P, storage_days, F_INT, "Días de bodegaje cobrados"),
    FIELD(P, storage_fee, F_MONEY, "Bodegaje cobrado"),
    FIELD(P, total_fee, F_MONEY, "Total, ya fijo"),
    FIELD(P, discount, F_MONEY, "Descuento"),
    FIELD(P, proof, F_TEXT, "codigo, autorizacion o excepcion"),
    FIELD(P, receiver_name, F_TEXT, "Quién lo recogió"),
    FIELD(P, receiver_document_type, F_TEXT, "Tipo de documento de quien lo recogió"),
    FIELD(P, receiver_document_last4, F_TEXT, "Últimos cuatro del documento"),
    FIELD(P, cancel_reason, F_TEXT, "Motivo de la cancelación"),
    FIELD(P, cancel_text, F_TEXT, "Detalle de la cancelación"),
    FIELD(P, observations, F_TEXT, "Observaciones"),
    FIELD(P, last_event_id, F_INT, "Último evento"),
    FIELD(P, position_code, F_TEXT, "Código de la posición"),
    FIELD(P, customer_name, F_TEXT, "Nombre del cliente"),
    FIELD(P, customer_phone, F_PHONE, "Celular del cliente"),
    FIELD(P, customer_email, F_TEXT, "Correo del cliente"),
    FIELD(P, email_confirmed_at, F_INSTANT, "Cuándo dijo el cliente que ese correo es suyo"),
};
const struct fields package_fields = FIELDS(rows);

static const struct field brief_rows[] = {
    FIELD(P, id, F_INT, "Número interno"),
    FIELD(P, tracking_code, F_TEXT, "Código de consulta"),
    FIELD(P, guide_number, F_TEXT, "Guía como se escribió"),
    FIELD(P, carrier, F_TEXT, "Transportadora"),
    FIELD(P, state, F_TEXT, "ANUNCIADO, RECIBIDO, ENTREGADO o CANCELADO"),
    FIELD(P, customer_id, F_ID, "Cliente"),
    FIELD(P, announced_name, F_TEXT, "Nombre en el anuncio"),
    FIELD(P, base_fee, F_MONEY, "Tarifa base"),
    FIELD(P, storage_per_day, F_MONEY, "Bodegaje por día"),
    FIELD(P, free_hours, F_INT, "Horas sin bodegaje"),
    FIELD(P, announced_at, F_INSTANT, "Anunciado"),
    FIELD(P, received_at, F_INSTANT, "Recibido"),
    FIELD(P, delivered_at, F_INSTANT, "Entregado"),
    FIELD(P, cancelled_at, F_INSTANT, "Cancelado"),
    FIELD(P, position_code, F_TEXT, "Código de la posición"),
    FIELD(P, customer_name, F_TEXT, "Nombre del cliente"),
    FIELD(P, customer_phone, F_PHONE, "Celular del cliente"),
};
static const struct fields brief_fields = FIELDS(brief_rows);

/* What anyone with the tracking code may read. */
static const struct field public_rows[] = {
    FIELD(P, tracking_code, F_TEXT, "Código de consulta"),
    FIELD(P, guide_number, F_TEXT, "Guía"),
    FIELD(P, carrier, F_TEXT, "Transportadora"),
    FIELD(P, state, F_TEXT, "ANUNCIADO, RECIBIDO, ENTREGADO o CANCELADO"),
    FIELD(P, type, F_TEXT, "NORMAL o EXTRA_DIMENSIONADO"),
    FIELD(P, announced_at, F_INSTANT, "Anunciado"),
    FIELD(P, received_at, F_INSTANT, "Recibido"),
    FIELD(P, delivered_at, F_INSTANT, "Entregado"),
    FIELD(P, cancelled_at, F_INSTANT, "Cancelado"),
};
const struct fields package_public_fields = FIELDS(public_rows);

static const struct field file_rows[] = {
    FIELD(struct package_file, id, F_INT, "Número del archivo"),
    FIELD(struct package_file, package_id, F_INT, "Paquete"),
    FIELD_SECRET(struct package_file, key, F_TEXT, "Clave pública"),
    FIELD(struct package_file, kind, F_TEXT, "RECEPCION, ENTREGA, DANO, COMPROBANTE o FIRMA"),
    FIELD(struct package_file, state, F_TEXT, "pending, ready o failed"),
    FIELD_SECRET(struct package_file, storage_key, F_TEXT, "Dónde está"),
    FIELD_SECRET(struct package_file, thumbnail_key, F_TEXT, "Dónde está su miniatura"),
    FIELD(struct package_file, content_type, F_TEXT, "Tipo"),
    FIELD(struct package_file, size, F_INT, "Bytes"),
    FIELD(struct package_file, width, F_INT, "Ancho"),
    FIELD(struct package_file, height, F_INT, "Alto"),
    FIELD(struct package_file, created_at, F_INSTANT, "Cuándo"),
    FIELD(struct package_file, archived_at, F_INSTANT, "Cuándo pasó al almacén"),
};
const struct fields package_file_fields = FIELDS(file_rows);

const char *const package_states[] = { "ANUNCIADO", "RECIBIDO", "ENTREGADO", "CANCELADO", NULL };
const char *const package_types[] = { "NORMAL", "EXTRA_DIMENSIONADO", NULL };
const char *const package_conditions[] = { "BUENO", "ABIERTO", "REGULAR", NULL };
const char *const cancel_reasons[] = { "cliente_solicita", "cliente_no_reclama", "paquete_danado",
    "paquete_perdido", "anuncio_expirado", "error_operador", "rechazado_en_recepcion",
    "devuelto_transportadora", "otro", NULL };
const char *const cancel_choices[] = { "cliente_solicita", "paquete_danado", "paquete_perdido", "error_operador",
    "rechazado_en_recepcion", "devuelto_transportadora", "otro", NULL };

const char *const package_photo_kinds[] = { "RECEPCION", "DANO", "ENTREGA", "COMPROBANTE", NULL };

const char *package_file_words(const char *kind)
{
    return streq(kind, "RECEPCION") ? "Foto al recibirlo" : streq(kind, "DANO") ? "Foto del daño"
        : streq(kind, "ENTREGA") ? "Foto de la entrega"
        : streq(kind, "COMPROBANTE") ? "Comprobante del pago" : "Firma";
}

/* For staff; the public reads its own words (cgi-bin/track.c). */
const char *cancel_reason_words(const char *reason)
{
    static const struct { const char *reason, *words; } list[] = {
        { "cliente_solicita", "el cliente lo pidió" },
        { "cliente_no_reclama", "el cliente no lo reclamó" },
        { "paquete_danado", "llegó o quedó dañado" },
        { "paquete_perdido", "se perdió" },
        { "anuncio_expirado", "no llegó en 30 días" },
        { "error_operador", "se registró por error" },
        { "rechazado_en_recepcion", "se rechazó al recibirlo" },
        { "devuelto_transportadora", "se devolvió a la transportadora" },
        { "otro", "otro motivo" },
    };

    for (size_t i = 0; i < COUNT(list); i++)
        if (!is_blank(reason) && streq(list[i].reason, reason))
            return list[i].words;
    return NULL;
}

#define BANDS 6
const struct age_band age_bands[BANDS] = {
    { "0-1", 0, 1 }, { "2-3", 2, 3 }, { "4-7", 4, 7 }, { "8-15", 8, 15 }, { "16-30", 16, 30 },
    { "30+", 31, 36500 },
};
const char *const age_band_names[] = { "0-1", "2-3", "4-7", "8-15", "16-30", "30+", NULL };

const struct age_band *age_band_of(const struct package *p, int64_t now)
{
    int64_t days = (now - p->received_at) / DAY_SECONDS;

    if (!streq(p->state, "RECIBIDO"))
        return NULL;
    for (size_t i = 0; i < BANDS; i++)
        if (days <= age_bands[i].to)
            return &age_bands[i];
    return &age_bands[BANDS - 1];
}

static enum err by_text(struct ctx *c, const struct stmt *s, const char *key, struct package *out)
{
    if (key == NULL)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_PACKAGE_NONE, NULL);
    return domain_fault(c, db_get(c->db, package_fields, out, c->a, s, key));
}

enum err package_by_id(struct ctx *c, int64_t id, struct package *out)
{
    return domain_fault(c, db_get(c->db, package_fields, out, c->a, &by_id, id));
}

enum err package_fetch(struct ctx *c, int64_t id, struct package *out)
{
    return package_by_id(c, id, out);
}

enum err package_by_token(struct ctx *c, const char *token, struct package *out)
{
    return by_text(c, &by_token, token, out);
}

enum err package_by_code(struct ctx *c, const char *code, struct package *out)
{
    return by_text(c, &by_code, normal_code(c->a, code), out);
}

enum err package_by_guide(struct ctx *c, const char *guide, struct package *out)
{
    return by_text(c, &by_guide, normal_guide_key(c->a, guide), out);
}

enum err package_by_scan(struct ctx *c, const char *read, struct package *out)
{
    enum err e = package_by_code(c, read, out);

    if (e != E_NOT_FOUND)
        return e;
    c->fault = (struct fault){ 0 };
    return package_by_guide(c, read, out);
}

static void push(struct ctx *c, struct fields f, struct packages *out, size_t cap, struct rows *q)
{
    if (out->v == NULL)
        out->v = arena_alloc(c->a, cap * sizeof *out->v);
    db_fill(q, 0, f, &out->v[out->n++], c->a);
}

const struct age_band *age_band_named(const char *name)
{
    for (size_t i = 0; i < BANDS && !is_blank(name); i++)
        if (streq(age_bands[i].name, name))
            return &age_bands[i];
    return NULL;
}

/* Who has an age or waits for its owner is on the shelf. */
static bool says_nothing(const struct package_filter *f)
{
    return (f->unidentified || !is_blank(f->band)) && !is_blank(f->state)
        && !streq(f->state, "RECIBIDO");
}

static enum err list_query(struct ctx *c, const struct package_filter *f, bool brief, int64_t limit,
                           struct rows *q)
{
    static const struct stmt *const all[] = { &list_all, &brief_all }, *const by_state[] = { &list_state, &brief_state },
        *const by_type[] = { &list_type, &brief_type }, *const by_both[] = { &list_both, &brief_both },
        *const by_customer[] = { &list_customer, &brief_customer }, *const by_age[] = { &list_age, &brief_age };
    const struct age_band *band = age_band_named(f->band);
    const char *state = f->unidentified || band != NULL ? "RECIBIDO"
        : is_blank(f->state) ? NULL : f->state;
    const struct stmt *const *shape = f->customer_id != 0 ? by_customer : band != NULL ? by_age
        : state != NULL ? (is_blank(f->type) ? by_state : by_both) : is_blank(f->type) ? all : by_type;

    return db_query(c->db, q, shape[brief], f->before > 0 ? f->before : INT64_MAX, limit, state,
                    is_blank(f->type) ? NULL : f->type, (int64_t)f->unidentified, f->customer_id,
                    band ? c->now - (band->to + 1) * DAY_SECONDS : 0,
                    band ? c->now - band->from * DAY_SECONDS : 0);
}

static bool fits(const struct package_filter *f, const struct package *p, int64_t now)
{
    const struct age_band *band = age_band_of(p, now);

    return (is_blank(f->state) || streq(f->state, p->state))
        && (is_blank(f->type) || (p->type != NULL && streq(f->type, p->type)))
        && (is_blank(f->band) || (band != NULL && streq(f->band, band->name)))
        && (!f->unidentified || (p->customer_id == 0 && streq(p->state, "RECIBIDO")))
        && (f->customer_id == 0 || f->customer_id == p->customer_id);
}

/* Those of the best that the other filters leave. */
static enum err list_found(struct ctx *c, const struct package_filter *f, size_t limit,
                           struct packages *out)
{
    struct packages found;
    enum err e = package_find(c, f->q, LIST_MAX, &found);

    *out = (struct packages){ .v = found.v, .near = found.near };
    for (size_t i = 0; e == OK && i < found.n && out->n < limit; i++)
        if (fits(f, &found.v[i], c->now))
            out->v[out->n++] = found.v[i];
    return e;
}

static enum err list_read(struct ctx *c, const struct package_filter *f, bool brief, struct packages *out,
                          int64_t *next)
{
    int64_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : f->limit;
    struct rows q;
    enum err e;

    *out = (struct packages){ 0 };
    *next = 0;
    if (says_nothing(f))
        return OK;
    if (!is_blank(f->q))
        return list_found(c, f, (size_t)limit, out);
    e = list_query(c, f, brief, limit + 1, &q);
    if (e != OK)
        return e;
    while (db_next(&q))
        push(c, brief ? brief_fields : package_fields, out, (size_t)limit + 1, &q);
    e = db_end(&q);
    if ((int64_t)out->n > limit) {
        out->n = (size_t)limit;
        *next = out->v[limit - 1].id;
    }
    return e;
}

enum err package_list(struct ctx *c, const struct package_filter *f, struct packages *out, int64_t *next)
{
    return domain_fault(c, list_read(c, f, false, out, next));
}

struct listing { struct ctx *c; const struct package_filter *f; struct package_rows *out; };

static enum err rows_read(struct db *db UNUSED, void *arg)
{
    struct listing *x = arg;
    enum err e = list_read(x->c, x->f, true, &x->out->all, &x->out->next);

    return e != OK ? e : fees_of(x->c, &x->out->all, &x->out->fees);
}

enum err package_rows(struct ctx *c, const struct package_filter *f, struct package_rows *out)
{
    struct listing x = { c, f, out };

    return domain_fault(c, db_read(c->db, rows_read, &x));
}

enum err package_files(struct ctx *c, int64_t id, struct package_files *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &files_of, id);

    *out = (struct package_files){ .v = arena_alloc(c->a, 64 * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while (out->n < 64 && db_next(&q))
        db_fill(&q, 0, package_file_fields, &out->v[out->n++], c->a);
    return domain_fault(c, db_end(&q));
}

enum err package_file_by_id(struct ctx *c, int64_t id, struct package_file *out)
{
    return domain_fault(c, db_get(c->db, package_file_fields, out, c->a, &file_by_id, id));
}

enum err package_file_by_key(struct ctx *c, const char *key, struct package_file *out)
{
    return domain_fault(c, db_get(c->db, package_file_fields, out, c->a, &file_by_key, key));
}
