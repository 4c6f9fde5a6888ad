/* The chain of custody: each event's hash covers the one before, so an edited
 * or missing row shows. Personal values stand beside it, salted, so that they
 * can be erased without breaking it (domain.md §1). */
#include "base/clock.h"
#include "json/json.h"
#include "local/money.h"
#include "base/random.h"
#include "crypto/crypto.h"
#include "domain/custody/ageing.h"
#include "domain/custody/correction.h"
#include "domain/handover/deliver.h"
#include "domain/parcel/incident.h"
#include "domain/ground/tx.h"

static const struct stmt last_hash = STMT("event_last_hash", "i",
    "SELECT hash FROM package_events WHERE package_id = $1 ORDER BY id DESC LIMIT 1");
static const struct stmt insert = STMT("event_insert", "isisIsssIb",
    "INSERT INTO package_events (package_id, kind, at, actor, user_id, state_before, state_after,"
    " details, undoes, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
static const struct stmt insert_value = STMT("event_value_insert", "issb",
    "INSERT INTO event_values (event_id, name, value, salt) VALUES ($1, $2, $3, $4)");
static const struct stmt set_last = STMT("package_last_event", "ii",
    "UPDATE packages SET last_event_id = $2 WHERE id = $1");
static const struct stmt of_package = STMT("events_of_package", "i",
    "SELECT e.id, e.package_id, e.kind, e.at, e.actor, e.user_id, u.full_name, e.state_before,"
    " e.state_after, e.details, e.undoes, e.hash, v.value,"
    " (SELECT json_group_object(w.name, w.value) FROM event_values w WHERE w.event_id = e.id)"
    " FROM package_events e LEFT JOIN users u ON u.id = e.user_id"
    " LEFT JOIN event_values v ON v.event_id = e.id AND v.name = 'note'"
    " WHERE e.package_id = $1 ORDER BY e.id");
DB_REGISTER(&last_hash, &insert, &insert_value, &set_last, &of_package)

static const struct field event_rows[] = {
    FIELD(struct package_event, id, F_INT, "Número del evento"),
    FIELD(struct package_event, package_id, F_INT, "Paquete"),
    FIELD(struct package_event, kind, F_TEXT, "Clase de evento"),
    FIELD(struct package_event, at, F_INSTANT, "Cuándo"),
    FIELD(struct package_event, actor, F_TEXT, "user, customer o system"),
    FIELD(struct package_event, user_id, F_ID, "Usuario"),
    FIELD(struct package_event, user_name, F_TEXT, "Nombre del usuario"),
    FIELD(struct package_event, state_before, F_TEXT, "Estado anterior"),
    FIELD(struct package_event, state_after, F_TEXT, "Estado posterior"),
    FIELD(struct package_event, details, F_TEXT, "Detalles, JSON"),
    FIELD(struct package_event, undoes, F_ID, "Evento que deshace"),
};
const struct fields package_event_fields = FIELDS(event_rows);

static const char *actor_name(const struct ctx *c)
{
    return c->actor == ACTOR_USER ? "user" : c->actor == ACTOR_CUSTOMER ? "customer" : "system";
}

/* Lengths before values: no two different rows make the same text. */
static void hash_part(struct buf *b, const char *s)
{
    buf_printf(b, "%zu:%s|", s ? strlen(s) : 0, s ? s : "");
}

static void event_hash(unsigned char out[HASH_BYTES], const void *previous, size_t n,
                       const struct package_event *e)
{
    struct buf b = { 0 };

    buf_add(&b, previous, n);
    buf_printf(&b, "%lld|%lld|%lld|%lld|", (long long)e->package_id, (long long)e->at,
               (long long)e->user_id, (long long)e->undoes);
    hash_part(&b, e->kind);
    hash_part(&b, e->actor);
    hash_part(&b, e->state_before);
    hash_part(&b, e->state_after);
    hash_part(&b, e->details);
    sha256(out, b.data, b.len);
    buf_free(&b);
}

static enum err previous_hash(struct ctx *c, int64_t package_id, unsigned char out[HASH_BYTES])
{
    struct rows q;
    size_t n;
    const void *p;
    enum err e = db_one(c->db, &q, &last_hash, package_id);

    memset(out, 0, HASH_BYTES);
    if (e == E_NOT_FOUND)
        return OK;
    if (e != OK)
        return e;
    p = db_blob(&q, 0, &n);
    memcpy(out, p, n < HASH_BYTES ? n : HASH_BYTES);
    return db_end(&q);
}

enum err event_add_tx(struct ctx *c, struct package *p, struct event_new new)
{
    unsigned char hash[HASH_BYTES];
    struct package_event e = { .package_id = p->id, .kind = new.kind, .at = c->now,
                               .actor = actor_name(c), .user_id = c->user_id,
                               .state_before = new.before, .state_after = new.after,
                               .details = new.details ? json_text(c->a, new.details) : "{}",
                               .undoes = new.undoes };
    enum err err;

    json_object_put(new.details);
    err = previous_hash(c, p->id, hash);
    if (err != OK)
        return err;
    event_hash(hash, hash, HASH_BYTES, &e);
    err = db_exec(c->db, NULL, &insert, e.package_id, e.kind, e.at, e.actor, e.user_id,
                  e.state_before, e.state_after, e.details, e.undoes, hash, (size_t)HASH_BYTES);
    if (err != OK)
        return err;
    p->last_event_id = db_last_id(c->db);
    return db_exec(c->db, NULL, &set_last, p->id, p->last_event_id);
}

void event_personal(struct ctx *c, struct personal *list, struct json_object *details,
                    const char *name, const char *value)
{
    unsigned char sum[HASH_BYTES];
    struct buf b = { 0 };

    if (is_blank(value) || list->n == PERSONAL_MAX)
        return;
    random_bytes(list->v[list->n].salt, sizeof list->v[0].salt);
    buf_add(&b, list->v[list->n].salt, sizeof list->v[0].salt);
    buf_str(&b, value);
    sha256(sum, b.data, b.len);
    buf_free(&b);
    json_object_object_add(details, name,
                           json_object_new_string(hex_text(c->a, sum, sizeof sum)));
    list->v[list->n].name = name;
    list->v[list->n++].value = value;
}

enum err event_personal_tx(struct ctx *c, int64_t event_id, const struct personal *list)
{
    enum err e = OK;

    for (size_t i = 0; i < list->n && e == OK; i++)
        e = db_exec(c->db, NULL, &insert_value, event_id, list->v[i].name, list->v[i].value,
                    list->v[i].salt, sizeof list->v[i].salt);
    return e;
}

/* ---- what a person reads of an event ---- */

/* The kind's own word when it is not listed. */
static const char *kind_words(const char *kind)
{
    static const struct { const char *kind, *text; } words[] = {
        { "ANUNCIO", "Anunciado" }, { "RECEPCION", "Recibido en el punto" },
        { "REUBICACION", "Cambió de posición" }, { "ENTREGA", "Entregado" },
        { "CANCELACION", "Cancelado" }, { "MODIFICACION", "Datos corregidos" },
        { "ANULACION", "Se deshizo la acción anterior" }, { "IMAGEN_AGREGADA", "Foto agregada" },
        { "NOTA_AGREGADA", "Nota" }, { "AUTORIZACION", "Persona autorizada" },
        { "CONTACTO", "Contacto con el cliente" }, { "INVENTARIO", "Visto en inventario" },
    };

    for (size_t i = 0; i < COUNT(words); i++)
        if (streq(words[i].kind, kind))
            return words[i].text;
    return kind;
}

static const char *reason_words(struct ctx *c, const char *reason, const char *text, bool handed_over)
{
    const char *words = handed_over ? override_reason_words(reason) : cancel_reason_words(reason);

    words = words != NULL ? words : reason;      /* of a late parcel it is a sentence */
    if (handed_over)
        words = arena_printf(c->a, "sin código: %s", words);
    return text != NULL ? arena_printf(c->a, "%s · %s", words, text) : words;
}

/* What the details add to the kind's words; NULL: nothing.  *what may replace these. */
static const char *details_words(struct ctx *c, struct json_object *details, const char **what)
{
    const char *reason = NULL, *text = NULL, *position = NULL, *from = NULL, *seen = NULL, *recorded = NULL;
    const char *incident = NULL, *proof = NULL;
    int64_t n;

    json_get_text(details, "reason", &reason);
    json_get_text(details, "text", &text);
    json_get_text(details, "position", &position);
    json_get_text(details, "from", &from);
    json_get_text(details, "seen", &seen);
    json_get_text(details, "recorded", &recorded);
    json_get_text(details, "proof", &proof);
    if (json_get_text(details, "missing", &position))
        *what = "No estaba en su posición en el inventario";
    if (json_get_int(details, "photos", &n) && n > 1)
        *what = arena_printf(c->a, "%lld fotos agregadas", (long long)n);
    if (json_get_int(details, "file_removed", &n))
        *what = "Foto retirada";
    if (json_get_int(details, "payment_reversed", &n))
        *what = arena_printf(c->a, "Pago de %s reversado", money_text(c->a, n));
    if (json_get_int(details, "payment_recorded", &n))
        *what = arena_printf(c->a, "Pago de %s anotado", money_text(c->a, n));
    if (json_get_text(details, "incident", &incident) && incident_outcome_words(incident) != NULL)
        *what = arena_printf(c->a, "%s al entregar", incident_outcome_words(incident));
    if (json_get_text(details, "incident_resolved", &incident))
        *what = "Novedad resuelta";
    if (json_get_int(details, "customer", &n))
        *what = "Se supo de quién es";
    if (reason != NULL)
        return reason_words(c, reason, text, proof != NULL);
    if (text != NULL)
        return text;
    if (seen != NULL)
        return recorded != NULL ? arena_printf(c->a, "en %s, no en %s", seen, recorded)
                                : arena_printf(c->a, "en %s, sin posición registrada", seen);
    if (position != NULL)
        return from != NULL ? arena_printf(c->a, "de %s a %s", from, position)
                            : arena_printf(c->a, "posición %s", position);
    return NULL;
}

static const char *undone_words(struct ctx *c, const struct package_events *before, int64_t id)
{
    for (size_t i = 0; i < before->n; i++)
        if (before->v[i].id == id)
            return arena_printf(c->a, "Se deshizo: %s", streq(before->v[i].kind, "NOTA_AGREGADA")
                                || streq(before->v[i].kind, "MODIFICACION") ? before->v[i].text
                                : kind_words(before->v[i].kind));
    return kind_words("ANULACION");
}

static const char *event_text(struct ctx *c, const struct package_event *e,
                              const struct package_events *before, const char *values)
{
    const char *what = e->undoes != 0 ? undone_words(c, before, e->undoes) : kind_words(e->kind);
    const char *more = NULL, *corrected = NULL;
    const struct text *why;
    struct json_object *details = json_parse(e->details, strlen(e->details), &why);

    if (details != NULL)
        corrected = correction_details_words(c, details, values);
    if (details != NULL)
        more = streq(e->kind, "CONTACTO") ? contact_details_words(c, details) : details_words(c, details, &what);
    if (e->note != NULL)
        more = more != NULL ? arena_printf(c->a, "%s · %s", more, e->note) : e->note;
    what = corrected != NULL ? corrected : more != NULL ? arena_printf(c->a, "%s · %s", what, more) : what;
    json_object_put(details);
    return what;
}

static void events_push(struct ctx *c, struct package_events *out, const struct package_event *e)
{
    out->v = arena_more(c->a, out->v, out->n, sizeof *out->v);
    out->v[out->n++] = *e;
}

static const char *hash_hex(struct ctx *c, struct rows *q)
{
    size_t n;
    const void *p = db_blob(q, 11, &n);

    return hex_text(c->a, p, n);
}

enum err package_events(struct ctx *c, int64_t id, struct package_events *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &of_package, id);

    *out = (struct package_events){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    while (db_next(&q)) {
        struct package_event ev = { 0 };

        db_fill(&q, 0, package_event_fields, &ev, c->a);
        ev.hash = hash_hex(c, &q);
        ev.note = db_dup(&q, 12, c->a);
        ev.text = event_text(c, &ev, out, db_text(&q, 13));
        events_push(c, out, &ev);
    }
    return domain_fault(c, db_end(&q));
}

enum err package_chain_check(struct ctx *c, int64_t id, int64_t *broken_at)
{
    unsigned char hash[HASH_BYTES] = { 0 };
    struct rows q;
    enum err e = db_query(c->db, &q, &of_package, id);

    *broken_at = 0;
    if (e != OK)
        return domain_fault(c, e);
    while (*broken_at == 0 && db_next(&q)) {
        struct package_event ev = { 0 };
        size_t n;
        const void *stored = db_blob(&q, 11, &n);

        db_fill(&q, 0, package_event_fields, &ev, c->a);
        event_hash(hash, hash, HASH_BYTES, &ev);
        if (n != HASH_BYTES || !same_bytes(stored, hash, n))
            *broken_at = ev.id;
    }
    e = db_end(&q);
    return domain_fault(c, e == OK && *broken_at != 0 ? E_CONFLICT : e);
}
