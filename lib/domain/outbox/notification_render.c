#include "base/clock.h"
#include "json/json.h"
#include "local/money.h"
#include "domain/ground/tx.h"
#include "domain/handover/authorization.h"
#include "domain/message/wording.h"
#include "domain/outbox/notification_render.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/pickup.h"
#include "domain/people/customer.h"
#include "domain/people/opt_out.h"
#include "domain/people/user.h"


static const struct stmt one = STMT("notification_one", "i",
    "SELECT n.event, n.channel, n.recipient, n.class, n.state, n.variables, n.message_id, n.not_before,"
    " t.subject, t.body, c.full_name, u.full_name, n.customer_id, c.phone,"
    " CASE WHEN c.email = n.recipient THEN c.email_confirmed_at END FROM notifications n"
    " JOIN notification_templates t ON t.id = n.template_id"
    " LEFT JOIN customers c ON c.id = n.customer_id LEFT JOIN users u ON u.id = n.user_id"
    " WHERE n.id = $1");
/* A message does not tell of a parcel that belongs to somebody else by now. */
static const struct stmt packages_of = STMT("notification_packages_of", "i",
    "SELECT np.package_id FROM notification_packages np JOIN notifications n ON n.id = np.notification_id"
    " JOIN packages p ON p.id = np.package_id WHERE np.notification_id = $1"
    " AND (n.customer_id IS NULL OR n.customer_id IS p.customer_id) ORDER BY np.package_id");
DB_REGISTER(&one, &packages_of)

struct summary { int64_t total, grows_at, next; size_t n; struct package first; };

static enum err summary_add(struct ctx *c, struct summary *s, int64_t id)
{
    struct package p;
    struct fee f;
    enum err e = package_by_id(c, id, &p);

    if (e == OK)
        e = fee_of(c, &p, &f);
    if (e != OK)
        return e;
    if (s->n++ == 0)
        s->first = p;
    s->total += f.total;
    s->next += f.next_total;
    if (f.grows_at != 0 && (s->grows_at == 0 || f.grows_at < s->grows_at))
        s->grows_at = f.grows_at;
    return OK;
}

static enum err summary_of(struct ctx *c, int64_t id, struct summary *s)
{
    int64_t *ids;
    size_t n;
    struct rows q;
    enum err e = db_query(c->db, &q, &packages_of, id);

    if (e == OK)
        e = db_ids_all(&q, c->a, &ids, &n);
    for (size_t i = 0; e == OK && i < n; i++)
        e = summary_add(c, s, ids[i]);
    return e;
}

/* A letter to an e-mail that nobody confirmed has these words instead of a code: only the owner of the
 * phone may know it. */
#define WITHHELD "el que le llegó por SMS"

static void words_of_packages(struct ctx *c, struct wording *w, const struct summary *s, bool trusted)
{
    const struct package *p = &s->first;

    w->v[W_GUIA] = s->n > 1 ? arena_printf(c->a, "%zu paquetes", s->n) : p->guide_number;
    w->v[W_CODIGO] = p->tracking_code;
    w->v[W_ENTREGA] = !streq(p->state, "RECIBIDO") ? NULL : trusted ? package_pickup_code(c, p) : WITHHELD;
    w->v[W_ENLACE] = trusted ? link_address(c, p)
        : arena_printf(c->a, "%s/search?q=%s", c->conf->public_url, p->tracking_code);
    w->v[W_COSTO] = money_text(c->a, s->total);
    w->v[W_DESDE] = clock_words(c->a, s->grows_at, c->now);
    w->v[W_MANANA] = money_text(c->a, s->next);
}

/* A person who is authorised is no customer: the name in that message is the customer's, whose parcels
 * they are. */
static void words_of_authorization(struct ctx *c, struct wording *w, int64_t id, bool trusted)
{
    struct authorization z;
    struct package p;

    if (authorization_by_id(c, id, &z) != OK || package_by_id(c, z.package_id, &p) != OK)
        return;
    w->v[W_AUTORIZADO] = z.name;
    w->v[W_LLAVE] = trusted ? z.code : WITHHELD;
    w->v[W_VENCE] = clock_words(c->a, z.expires_at, c->now);
    if (w->v[W_NOMBRE] == NULL)
        w->v[W_NOMBRE] = p.customer_name ? p.customer_name : p.announced_name;
}

static void words_of_variables(struct ctx *c, struct wording *w, struct message *m, const char *variables,
                               bool trusted)
{
    const struct text *why;
    struct json_object *o = json_parse(variables, strlen(variables), &why);
    const char *text;
    int64_t reset, authorization;

    if (o != NULL && json_get_text(o, "texto", &text))
        w->v[W_TEXTO] = arena_strdup(c->a, text);
    if (o != NULL && json_get_int(o, "reset_id", &reset))
        w->v[W_ENLACE] = user_reset_link(c, reset);
    if (o != NULL && json_get_int(o, "authorization_id", &authorization))
        words_of_authorization(c, w, authorization, trusted);
    if (o == NULL || !json_get_int(o, "document_id", &m->document_id))
        m->document_id = 0;
    json_object_put(o);
}

enum err notification_render(struct ctx *c, int64_t id, struct message *m)
{
    struct rows q;
    struct summary s = { 0 };
    struct wording w = { 0 };
    const char *variables, *subject, *body;
    int64_t customer;
    bool trusted;
    enum err e = db_one(c->db, &q, &one, id);

    *m = (struct message){ .id = id };
    if (e != OK)
        return domain_fault(c, e);
    m->event = db_dup(&q, 0, c->a);
    m->channel = db_dup(&q, 1, c->a);
    m->recipient = db_dup(&q, 2, c->a);
    m->class = db_dup(&q, 3, c->a);
    m->state = db_dup(&q, 4, c->a);
    variables = db_dup(&q, 5, c->a);
    m->message_id = db_dup(&q, 6, c->a);
    m->not_before = db_int(&q, 7);
    subject = db_dup(&q, 8, c->a);
    body = db_dup(&q, 9, c->a);
    w.v[W_NOMBRE] = db_null(&q, 10) ? db_dup(&q, 11, c->a) : db_dup(&q, 10, c->a);
    customer = db_int(&q, 12);
    trusted = !streq(m->channel, "email") || customer == 0 || customer_email_trusted(db_text(&q, 13), db_int(&q, 14));
    if ((e = db_end(&q)) == OK)
        e = summary_of(c, id, &s);
    if (e != OK)
        return domain_fault(c, e);
    wording_site(c, &w);
    if (s.n > 0)
        words_of_packages(c, &w, &s, trusted);
    words_of_variables(c, &w, m, variables, trusted);
    m->opt_out = customer == 0 ? NULL : opt_out_link(c, customer, m->channel);
    w.v[W_BAJA] = m->opt_out;
    m->subject = subject ? wording_fill(c->a, subject, &w) : NULL;
    m->text = wording_fill(c->a, body, &w);
    return OK;
}
