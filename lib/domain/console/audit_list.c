#include "domain/console/audit_list.h"

#include "base/clock.h"
#include "base/csv.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"
#include "json/json.h"
#include "local/money.h"

#define LIST_USUAL 50
#define LIST_MAX 200

/* A statement a kind of list, so that each has its index.  All of them take all filters: $1 before, $2 limit,
 * $3 from and $4 to (instants), $5 action, $6 user name, $7 object and $8 its id, $9 request. */
#define SELECT \
    "SELECT a.id, a.at, a.actor, a.user_id, u.username, a.action, a.object, a.object_id, a.address, a.request_id," \
    " (SELECT v.value FROM audit_values v WHERE v.audit_id = a.id AND v.name = 'note')," \
    " iif(a.action = 'approve', json_set(a.details, '$.approved_by', coalesce((SELECT p.full_name FROM users p" \
    " WHERE p.id = json_extract(a.details, '$.approved_by')), '(borrado)')), a.details)" \
    " FROM audit_log a LEFT JOIN users u ON u.id = a.user_id"
#define LIST(name, shape) \
    STMT(name, "iiiisssIs", SELECT " WHERE " shape " AND a.id < $1 AND a.at >= $3 AND a.at < $4" \
    " AND ($5 IS NULL OR a.action = $5) AND ($6 IS NULL OR u.username = $6) AND ($7 IS NULL OR a.object = $7)" \
    " AND ($8 IS NULL OR a.object_id = $8) AND ($9 IS NULL OR a.request_id = $9) ORDER BY a.id DESC LIMIT $2")
static const struct stmt of_request = LIST("audit_of_request", "a.request_id = $9");
static const struct stmt of_object = LIST("audit_of_object", "a.object = $7 AND a.object_id = $8");
static const struct stmt of_user = LIST("audit_of_user", "a.user_id = (SELECT id FROM users WHERE username = $6)");
static const struct stmt of_action = LIST("audit_of_action", "a.action = $5");
static const struct stmt of_days = LIST("audit_of_days",
    "a.id IN (SELECT id FROM audit_log WHERE at >= $3 AND at < $4)");
static const struct stmt of_all = LIST("audit_all_of_it", "1");
DB_REGISTER(&of_request, &of_object, &of_user, &of_action, &of_days, &of_all)

#define D struct audit_detail
static const struct field detail_rows[] = {
    FIELD(D, name, F_TEXT, "Qué"),
    FIELD(D, value, F_TEXT, "Valor"),
};
const struct fields audit_detail_fields = FIELDS(detail_rows);

#define E struct audit_entry
#define WHO \
    FIELD(E, id, F_INT, "Número de la fila"), \
    FIELD(E, at, F_INSTANT, "Cuándo"), \
    FIELD(E, actor, F_TEXT, "user, customer o system"), \
    FIELD(E, user_id, F_ID, "Usuario"), \
    FIELD(E, username, F_TEXT, "Nombre de usuario"), \
    FIELD(E, action, F_TEXT, "Qué se hizo"), \
    FIELD(E, object, F_TEXT, "Con qué"), \
    FIELD(E, object_id, F_ID, "Su número"), \
    FIELD(E, address, F_TEXT, "Desde qué dirección"), \
    FIELD(E, request_id, F_TEXT, "En qué solicitud"), \
    FIELD(E, note, F_TEXT, "Nota, mientras no se borre")
static const struct field row_rows[] = { WHO };
static const struct fields row_fields = FIELDS(row_rows);
static const struct field entry_rows[] = {
    WHO,
    FIELD_LIST(E, details, audit_detail_fields, "Lo que dice la fila: antes, después y demás"),
};
const struct fields audit_entry_fields = FIELDS(entry_rows);
static const struct field sheet_rows[] = {
    WHO,
    FIELD(E, told, F_TEXT, "Detalle"),
};
const struct fields audit_sheet_fields = FIELDS(sheet_rows);

/* ---- words ---- */

const struct word audit_actors[] = {
    { "user", "Personal" }, { "customer", "Residente" }, { "system", "El sistema" }, WORDS_END
};
const struct word audit_objects[] = {
    { "api_token", "Credencial" }, { "canned_answer", "Respuesta escrita" }, { "cash_session", "Caja" }, { "clock", "Reloj" }, { "closure", "Día sin bodegaje" },
    { "courier_batch", "Entrega de transportadora" }, { "customer", "Cliente" }, { "document", "Documento" },
    { "inquiry", "Pregunta" }, { "job", "Trabajo" }, { "jobs", "Trabajos" }, { "notification", "Mensaje" },
    { "notification_template", "Plantilla" }, { "package", "Paquete" }, { "payment", "Pago" },
    { "position", "Posición" }, { "privacy_request", "Solicitud de datos" }, { "queue", "Cola" }, { "rate", "Tarifa" }, { "security_incident", "Incidente de seguridad" }, { "session", "Sesión" },
    { "setting", "Ajuste" }, { "shelf_audit", "Conteo del estante" }, { "user", "Usuario" },
    { "webhook", "Dirección de avisos" }, WORDS_END
};
const struct word audit_details[] = {
    { "about", "De qué" }, { "after", "Después" }, { "again", "Otra vez" }, { "amount", "Valor" },
    { "approved_by", "Quién autorizó" }, { "audit", "Renglón de la auditoría" }, { "base", "Base" }, { "base_fee", "Tarifa base" }, { "before", "Antes" },
    { "begun", "El día ya había empezado" }, { "capacity", "Paquetes que caben" }, { "channel", "Medio" },
    { "carrier", "Transportadora" }, { "claim", "Otro anuncio" }, { "claim_settled", "Anuncio que quedó" }, { "code", "Código" }, { "compared", "Se comparó" },
    { "count", "Cuántas" }, { "counted", "Contado" }, { "customer", "Cliente" }, { "date", "Día" }, { "difference", "Diferencia" },
    { "discount", "Descuento" }, { "document", "Mostró su documento" }, { "done", "Qué se hizo" }, { "error", "Error" }, { "event", "Aviso" }, { "expected", "Esperado" },
    { "extra", "Cajas de más" }, { "finished_at", "Terminado" }, { "finished_by_name", "Lo terminó" },
    { "fixed", "Corregidas" }, { "free_hours", "Horas sin bodegaje" }, { "from", "De" }, { "id", "Número" },
    { "ids", "Números" }, { "is_active", "En uso" }, { "is_out", "No recibe" }, { "is_set", "Queda puesta" },
    { "key", "Qué cambió" }, { "kind", "Clase" }, { "last", "Hasta" }, { "mine", "Es suyo" }, { "misplaced", "En otra posición" },
    { "missing", "Faltaron" }, { "name", "Nombre" }, { "notification_id", "Mensaje" }, { "oldest_at", "El más antiguo" },
    { "other", "Otra ficha" }, { "override", "Por qué sin código" }, { "outcome", "Cómo terminó" }, { "own", "Lo pidió el residente" }, { "package", "Paquete" },
    { "package_id", "Paquete" }, { "package_type", "Tamaño" }, { "position_code", "Posición" }, { "positions", "Posiciones" },
    { "people", "Personas" }, { "proof", "Prueba" }, { "queue", "Cola" }, { "reason", "Motivo" }, { "reference", "Referencia" }, { "role", "Rol" },
    { "scopes", "Permisos" }, { "seen", "En su sitio" }, { "sent", "Salió" }, { "size_class", "Tamaño" },
    { "started_at", "Empezado" }, { "started_by_name", "Lo empezó" }, { "state", "Estado" },
    { "storage_per_day", "Bodegaje por día" }, { "text", "Texto" }, { "to", "A" }, { "unreported", "No hacía falta informarlo" }, { "used", "Paquetes" }, { "username", "Nombre de usuario" },
    { "valid_from", "Rige desde" }, { "version", "Versión" }, { "walk_order", "Orden del recorrido" },
    { "was_set", "Estaba puesta" }, { "what", "Qué" }, { "zone", "Zona" }, WORDS_END
};

/* Keys that a change of a person's data names; the keys of settings are those of setting.def. */
static const struct word person_keys[] = {
    { "email", "Correo" }, { "full_name", "Nombre completo" }, { "phone", "Celular" }, { "role", "Rol" }, WORDS_END
};

/* ---- reading ---- */

static const char *value_text(struct arena *a, struct json_object *value)
{
    if (json_object_is_type(value, json_type_string))
        return arena_strdup(a, json_object_get_string(value));
    if (json_object_is_type(value, json_type_boolean))
        return json_object_get_boolean(value) ? "sí" : "no";
    return json_text(a, value);
}

static const char *members_words(struct arena *a, struct json_object *o)
{
    const char *words = "";

    json_object_object_foreach(o, name, value) {
        const char *text = value != NULL ? audit_value_words(a, value_text(a, value)) : NULL;

        if (text != NULL)
            words = arena_printf(a, "%s%s%s %s", words, *words != '\0' ? ", " : "", words_or_value(audit_details, name), text);
    }
    return words;
}

const char *audit_value_words(struct arena *a, const char *value)
{
    const char *day = arena_strndup(a, value, strlen("2026-12-20")), *time = value + strlen(day), *words = value;
    const struct text *why;
    struct json_object *o;
    int64_t number;

    if (*time == '\0' || (strlen(time) == strlen("T00:00:00-05:00") && *time == 'T'))
        return !clock_parse_day(day, &number) ? value : *time == '\0' ? clock_day_exact(a, number)
            : arena_printf(a, "%s %.5s", clock_day_exact(a, number), time + 1);
    if (*value != '{' || (o = json_parse(value, strlen(value), &why)) == NULL)
        return value;
    if (json_object_is_type(o, json_type_object))
        words = members_words(a, o);
    json_object_put(o);
    return words;
}

const char *audit_detail_words(struct arena *a, const struct audit_entry *e, size_t i)
{
    const struct audit_detail *d = &e->details.v[i];
    const char *key = NULL, *words;

    if (is_blank(d->value))
        return "(en blanco)";
    if (streq(d->name, "key"))
        return (words = setting_named(a, d->value)) != NULL ? words : words_or_value(person_keys, d->value);
    for (size_t n = 0; n < e->details.n; n++)
        if (streq(e->details.v[n].name, "key"))
            key = e->details.v[n].value;
    if ((streq(d->name, "before") || streq(d->name, "after")) && (words = setting_words(key, d->value)) != NULL)
        return words;
    return audit_value_words(a, d->value);
}

/* Takes the details apart: a member each; those that are null tell nothing, and "note" is the salted hash of the note
 * that stands beside the row. */
static void details_read(struct arena *a, const char *text, struct audit_entry *out)
{
    const struct text *why;
    struct json_object *o = json_parse(text, strlen(text), &why);
    struct buf told = { 0 };

    if (o != NULL && json_object_is_type(o, json_type_object)) {
        json_object_object_foreach(o, name, value) {
            struct audit_detail d = { arena_strdup(a, name), NULL };

            if (value == NULL || streq(name, "note"))
                continue;
            d.value = value_text(a, value);
            out->details.v = arena_more(a, out->details.v, out->details.n, sizeof *out->details.v);
            out->details.v[out->details.n++] = d;
        }
    }
    json_object_put(o);
    for (size_t i = 0; i < out->details.n; i++)
        buf_printf(&told, "%s%s: %s", i > 0 ? "; " : "", words_or_value(audit_details, out->details.v[i].name),
                   audit_detail_words(a, out, i));
    out->told = told.len > 0 ? arena_strdup(a, told.data) : NULL;
    buf_free(&told);
}

static const struct stmt *list_of(const struct audit_filter *f)
{
    return !is_blank(f->request_id) ? &of_request
        : !is_blank(f->object) && f->object_id != 0 ? &of_object
        : !is_blank(f->username) ? &of_user
        : !is_blank(f->action) ? &of_action
        : f->from != 0 || f->to != 0 ? &of_days : &of_all;
}

static const char *given(const char *s)
{
    return is_blank(s) ? NULL : s;
}

static enum err rows_find(struct ctx *c, struct rows *q, const struct audit_filter *f, int64_t limit)
{
    return db_query(c->db, q, list_of(f), f->before > 0 ? f->before : INT64_MAX, limit,
                    f->from != 0 ? clock_day_start(f->from) : INT64_MIN,
                    f->to != 0 ? clock_day_start(f->to + 1) : INT64_MAX, given(f->action), given(f->username),
                    given(f->object), f->object_id, given(f->request_id));
}

enum err audit_list(struct ctx *c, const struct audit_filter *f, struct audit_entries *out, int64_t *next)
{
    int64_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : f->limit;
    struct rows q;
    enum err e = rows_find(c, &q, f, limit + 1);

    *out = (struct audit_entries){ .v = arena_alloc(c->a, (size_t)(limit + 1) * sizeof *out->v) };
    *next = 0;
    if (e != OK)
        return domain_fault(c, e);
    while (db_next(&q)) {
        struct audit_entry *row = &out->v[out->n++];

        db_fill(&q, 0, row_fields, row, c->a);
        details_read(c->a, db_text(&q, (int)row_fields.count), row);
    }
    if ((int64_t)out->n > limit) {
        out->n = (size_t)limit;
        *next = out->v[limit - 1].id;
    }
    return domain_fault(c, db_end(&q));
}

enum err audit_sheet(struct ctx *c, const struct audit_filter *f, struct buf *out)
{
    struct audit_filter page = *f;
    int64_t n = 0;

    page.limit = LIST_MAX;
    csv_titles(out, audit_sheet_fields);
    do {
        struct audit_entries all;
        enum err e = audit_list(c, &page, &all, &page.before);

        if (e != OK)
            return e;
        for (size_t i = 0; i < all.n; i++, n++)
            csv_line(out, audit_sheet_fields, &all.v[i]);
    } while (page.before != 0 && n < AUDIT_SHEET_MAX);
    if (page.before != 0)
        csv_note(out, arena_printf(c->a, "Hay más: esta hoja llega hasta %s filas. Para ver las demás, filtre la lista.",
                                   count_text(c->a, AUDIT_SHEET_MAX)));
    return OK;
}
