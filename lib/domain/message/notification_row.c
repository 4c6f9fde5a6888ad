#include "domain/message/notification_row.h"

#include "domain/ground/news.h"
#include "domain/ground/tx.h"
#include "domain/message/texts.h"

#define SELECT                                                                                  \
    "SELECT n.id, n.event, n.channel, n.recipient, n.state, n.error, n.created_at, n.not_before,"  \
    " n.sent_at, n.customer_id, coalesce((SELECT p.announced_name FROM notification_packages np"    \
    " JOIN packages p ON p.id = np.package_id WHERE np.notification_id = n.id AND p.customer_id = n.customer_id"  \
    " ORDER BY p.id LIMIT 1), c.full_name), n.class, n.provider_id, n.parts, n.cost, n.attempts," \
    " (SELECT min(package_id) FROM notification_packages WHERE notification_id = n.id), n.resend_of," \
    " n.instead_of, n.delivered_at, n.read_at" \
    " FROM notifications n LEFT JOIN customers c ON c.id = n.customer_id "

static const struct stmt by_id = STMT("notification_by_id", "i", SELECT "WHERE n.id = $1");
static const struct stmt of_package = STMT("notifications_of_package", "i",
    SELECT "WHERE n.id IN (SELECT notification_id FROM notification_packages WHERE package_id = $1)"
    " ORDER BY n.id");
static const struct stmt list_all = STMT("notification_list", "isssi",
    SELECT "WHERE n.id < $1 AND ($2 IS NULL OR n.state = $2) AND ($3 IS NULL OR n.event = $3)"
    " AND ($4 IS NULL OR n.channel = $4) ORDER BY n.id DESC LIMIT $5");
static const struct stmt list_state = STMT("notification_list_state", "isssi",
    SELECT "WHERE n.state = $2 AND n.id < $1 AND ($3 IS NULL OR n.event = $3)"
    " AND ($4 IS NULL OR n.channel = $4) ORDER BY n.id DESC LIMIT $5");
static const struct stmt list_customer = STMT("notification_list_customer", "iissi",
    SELECT "WHERE n.customer_id = $1 AND n.id < $2 AND ($3 IS NULL OR n.state = $3)"
    " AND ($4 IS NULL OR n.event = $4) ORDER BY n.id DESC LIMIT $5");
DB_REGISTER(&by_id, &of_package, &list_all, &list_state, &list_customer)

#define N struct notification
static const struct field rows[] = {
    FIELD(N, id, F_INT, "Número del mensaje"),
    FIELD(N, event, F_TEXT, "Suceso"),
    FIELD(N, channel, F_TEXT, "sms, email o whatsapp"),
    FIELD(N, recipient, F_ADDRESS, "A qué celular o correo"),
    FIELD(N, state, F_TEXT, "Estado del envío"),
    FIELD(N, error, F_TEXT, "Por qué no salió"),
    FIELD(N, created_at, F_INSTANT, "Cuándo se escribió"),
    FIELD(N, not_before, F_INSTANT, "Desde cuándo puede salir"),
    FIELD(N, sent_at, F_INSTANT, "Cuándo salió"),
    FIELD(N, customer_id, F_ID, "Cliente"),
    FIELD(N, customer_name, F_TEXT, "Nombre del cliente"),
    FIELD(N, class, F_TEXT, "informativa, cobranza o publicidad"),
    FIELD(N, provider_id, F_TEXT, "Número que le dio el proveedor"),
    FIELD(N, parts, F_INT, "Partes de SMS"),
    FIELD(N, cost, F_MONEY, "Costo"),
    FIELD(N, attempts, F_INT, "Intentos"),
    FIELD(N, package_id, F_ID, "Su primer paquete"),
    FIELD(N, resend_of, F_ID, "Repite este mensaje"),
    FIELD(N, instead_of, F_ID, "Va en lugar de este, que no llegó por otro medio"),
    FIELD(N, delivered_at, F_INSTANT, "De WhatsApp: cuándo llegó"),
    FIELD(N, read_at, F_INSTANT, "De WhatsApp: cuándo se leyó, si la persona deja que se sepa"),
};
const struct fields notification_fields = FIELDS(rows);

const struct word notification_states[] = {
    { "queued", "Por enviar" }, { "sending", "Enviándose" }, { "sent", "Enviado" },
    { "delivered", "Entregado" }, { "failed", "Falló" }, { "unknown", "Sin confirmar" },
    { "suppressed", "No se envió" }, { "cancelled", "Cancelado" }, WORDS_END
};
const struct word notification_channels[] = { { "sms", "SMS" }, { "email", "Correo" }, { "whatsapp", "WhatsApp" }, WORDS_END };

/* The kind of news that a message's state is; a state without a row is told to nobody. */
static const struct word state_news[] = {
    { "sent", "message.sent" }, { "delivered", "message.delivered" }, { "failed", "message.failed" },
    { "unknown", "message.unknown" }, { "suppressed", "message.withheld" }, WORDS_END
};

enum err notification_by_id(struct ctx *c, int64_t id, struct notification *out)
{
    enum err e = db_get(c->db, notification_fields, out, c->a, &by_id, id);

    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_MESSAGE_NONE, NULL) : domain_fault(c, e);
}

static enum err notifications_collect(struct ctx *c, enum err e, struct rows *q, size_t most, struct notifications *out)
{
    *out = (struct notifications){ .v = arena_alloc(c->a, most * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while (out->n < most && db_next(q))
        db_fill(q, 0, notification_fields, &out->v[out->n++], c->a);
    return domain_fault(c, db_end(q));
}

enum err notifications_of_package(struct ctx *c, int64_t package_id, struct notifications *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &of_package, package_id);

    return notifications_collect(c, e, &q, 64, out);
}

enum err notification_list(struct ctx *c, const struct notification_filter *f, struct notifications *out,
                           int64_t *next)
{
    int64_t limit = f->limit < 1 || f->limit > 200 ? 50 : f->limit;
    int64_t before = f->before > 0 ? f->before : INT64_MAX;
    const char *state = is_blank(f->state) ? NULL : f->state, *event = is_blank(f->event) ? NULL : f->event;
    const char *channel = is_blank(f->channel) ? NULL : f->channel;
    struct rows q;
    enum err e;

    if (f->customer_id != 0)
        e = db_query(c->db, &q, &list_customer, f->customer_id, before, state, event, limit + 1);
    else
        e = db_query(c->db, &q, state ? &list_state : &list_all, before, state, event, channel, limit + 1);
    e = notifications_collect(c, e, &q, (size_t)limit + 1, out);
    *next = 0;
    if (e == OK && (int64_t)out->n > limit) {
        out->n = (size_t)limit;
        *next = out->v[limit - 1].id;
    }
    return e;
}

enum err notification_news_tx(struct ctx *c, int64_t id)
{
    struct notification n;
    struct news news = { .parts = { NEWS_PART("message", notification_fields, &n) } };
    enum err e = notification_by_id(c, id, &n);

    if (e != OK)
        return e;
    news.kind = words_of(state_news, n.state);
    news.package_id = n.package_id;
    return news_is_heard(c, news.kind) ? news_tx(c, &news) : OK;
}
