#include "base/clock.h"
#include "json/json.h"
#include "local/money.h"
#include "local/name_told.h"
#include "domain/ground/tx.h"
#include "domain/handover/authorization.h"
#include "domain/message/message_kind.h"
#include "domain/message/notification.h"
#include "domain/message/wording.h"
#include "domain/outbox/notification_render.h"
#include "domain/parcel/claim.h"
#include "domain/parcel/email_proof.h"
#include "domain/parcel/guide_told.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/pickup.h"
#include "domain/people/opt_out.h"
#include "domain/people/privacy_link.h"
#include "domain/people/user_link.h"


static const struct stmt one = STMT("notification_one", "is",
    "SELECT n.event, n.channel, n.recipient, n.class, n.state, n.variables, n.message_id, n.not_before,"
    " t.subject, t.body, c.full_name, u.full_name, n.customer_id, n.user_id, n.reserve, c.known_at,"
    " coalesce(n.dedupe_key, '') LIKE $2, t.provider_name, t.provider_language, t.category, n.instead_of"
    " FROM notifications n"
    " JOIN notification_templates t ON t.id = n.template_id"
    " LEFT JOIN customers c ON c.id = n.customer_id LEFT JOIN users u ON u.id = n.user_id"
    " WHERE n.id = $1");
static const struct stmt packages_of = STMT("notification_packages_of", "i",
    "SELECT DISTINCT package_id FROM notification_packages WHERE notification_id = $1 ORDER BY package_id");
static const struct stmt wrote_before = STMT("notification_wrote_before", "ssi",
    "SELECT 1 FROM notifications WHERE recipient = $1 AND channel = $2 AND id <> $3"
    " AND state IN ('sending', 'sent', 'delivered', 'unknown') LIMIT 1");
DB_REGISTER(&one, &packages_of, &wrote_before)

/* ---- what a message may say of its packages ---- */

/* The packages of which a message is true now, and what they owe together. */
struct summary {
    const char *email;           /* the recipient of a letter to a customer; NULL: the message is no such letter */
    bool known;                  /* the customer is somebody whom a clerk has met, so that the name is theirs */
    bool knows;                  /* the message's reader may know the codes and the links */
    bool alone;                  /* it goes in the place of one that came to nothing */
    struct packages of;
    struct fees_sum owes;
    const char *untrue;          /* why the message does not speak of another of its packages; NULL: of all */
};

/* NULL when a message to that customer (0: to none) is true of the package as it is now. */
static const char *package_untrue(struct ctx *c, const struct package *p, const char *event, int64_t customer,
                                  const char *email)
{
    if (customer != 0 && customer != p->customer_id)
        return MESSAGE_UNTRUE "el paquete es de otra persona";
    if (email != NULL && !package_email_is_told(c, p, email))
        return MESSAGE_UNTRUE "el correo ya no es de esa persona, o no se ha confirmado";
    if (p->disputed && message_has_code(event))
        return MESSAGE_UNTRUE "dos personas lo anunciaron, y no se ha aclarado de quién es";
    if (!p->disputed && streq(event, "package_disputed"))
        return MESSAGE_UNTRUE "ya no está en disputa";
    return message_untrue(c->a, event, p->state);
}

static void summary_add(struct ctx *c, struct summary *s, const struct package *p)
{
    s->knows = s->knows && (s->email == NULL || package_email_may_know(c, p, s->email));
    s->of.v = arena_more(c->a, s->of.v, s->of.n, sizeof *s->of.v);
    s->of.v[s->of.n++] = *p;
}

static enum err summary_of(struct ctx *c, const struct message *m, int64_t customer, struct summary *s)
{
    struct packages all = { 0 };
    int64_t *ids;
    size_t n = 0;
    struct rows q;
    enum err e = db_query(c->db, &q, &packages_of, m->id);

    if (e == OK)
        e = db_ids_all(&q, c->a, &ids, &n);
    if (e == OK)
        e = packages_by_ids(c, ids, n, &all);
    for (size_t i = 0; e == OK && i < all.n; i++) {
        const char *untrue = package_untrue(c, &all.v[i], m->event, customer, s->email);

        if (untrue != NULL)
            s->untrue = untrue;
        else
            summary_add(c, s, &all.v[i]);
    }
    return e != OK ? e : fees_sum(c, &s->of, &s->owes);
}

/* A message about packages that has none left to speak of is not true. */
static const char *summary_untrue(const struct message *m, const struct summary *s)
{
    const struct message_kind *kind = message_kind_of(m->event);

    if (s->of.n > 0)
        return NULL;
    return s->untrue != NULL || kind == NULL || kind->state == NULL ? s->untrue
        : MESSAGE_UNTRUE "no habla de ningún paquete";
}

/* ---- its words ---- */

/* A letter to an e-mail that its reader proved by a link has these words instead of a code where SMS goes:
 * only the owner of the phone may know it. */
#define WITHHELD "el que le llegó por SMS"
/* Stands for the code in a letter that goes in the place of an SMS: no SMS told it either. */
#define WITHHELD_ALONE "pídalo en el punto, con su documento"
/* Stands in a message for a name that anybody may have written and that is not to be sent on. */
#define SOMEBODY "cliente"

static const char *words_of_state(const struct package *p)
{
    static const struct word states[] = {
        { "ANUNCIADO", "Todavía no ha llegado." }, { "RECIBIDO", "Ya está en el punto." },
        { "ENTREGADO", "Ya se entregó." }, { "CANCELADO", "Se canceló." }, WORDS_END
    };

    return words_of(states, p->state);
}

/* Sets *word to what was derived with a secret; without the secret (NULL) the message is tried again later. */
static enum err word_of_secret(struct ctx *c, const char **word, const char *derived)
{
    *word = derived;
    return derived != NULL ? OK : domain_fault(c, E_INTERNAL);
}

static enum err words_of_packages(struct ctx *c, struct wording *w, const struct summary *s)
{
    const struct package *p = &s->of.v[0];
    enum err e = OK;

    /* Anybody may announce under any name: somebody whom a clerk has met is greeted by the name that is theirs at
     * their own e-mail, and wherever the announced name is theirs beyond doubt. */
    if (p->customer_name != NULL && !(s->known && (text_is(p->customer_email, s->email) || package_is_persons(c, p))))
        w->v[W_NOMBRE] = name_of_stranger(c->a, p->customer_name, SOMEBODY);
    w->v[W_GUIA] = s->of.n > 1 ? arena_printf(c->a, "%zu paquetes", s->of.n) : guide_told(c->a, p);
    w->v[W_CODIGO] = p->tracking_code;
    w->v[W_ESTADO] = words_of_state(p);
    w->v[W_ENTREGA] = !streq(p->state, "RECIBIDO") ? NULL : s->alone ? WITHHELD_ALONE : WITHHELD;
    w->v[W_ENLACE] = arena_printf(c->a, "%s/search?q=%s", c->conf->public_url, p->tracking_code);
    if (s->knows && w->v[W_ENTREGA] != NULL)
        e = word_of_secret(c, &w->v[W_ENTREGA], package_pickup_code(c, p));
    if (s->knows && e == OK)
        e = word_of_secret(c, &w->v[W_ENLACE], link_address(c, p));
    w->v[W_COSTO] = money_text(c->a, s->owes.total);
    w->v[W_DESDE] = s->owes.grows_at != 0 ? clock_dated(c->a, s->owes.grows_at, c->now) : NULL;
    w->v[W_MANANA] = s->owes.grows_at != 0 ? money_text(c->a, s->owes.next_total) : NULL;
    return e;
}

/* A name that somebody gave, within a sentence: in quotes, so that whatever it says is read as a name. */
static const char *name_quoted(struct arena *a, const char *name, const char *otherwise)
{
    const char *told = name_of_stranger(a, name, NULL);

    return told == NULL ? otherwise : arena_printf(a, "«%s»", told);
}

/* A person who is authorised is no customer: the name in that message is the customer's, whose parcels
 * they are. */
static enum err words_of_authorization(struct ctx *c, struct wording *w, struct message *m, int64_t id, const char *email)
{
    struct authorization z;
    struct package p;
    enum err e = authorization_by_id(c, id, &z);

    if (e == OK)
        e = package_by_id(c, z.package_id, &p);
    if (e != OK)
        return e;
    if (z.code == NULL)
        m->untrue = MESSAGE_UNTRUE "la autorización ya no sirve";
    w->v[W_AUTORIZADO] = name_quoted(c->a, z.name, "otra persona");
    w->v[W_LLAVE] = email == NULL || package_email_may_know(c, &p, email) ? z.code : WITHHELD;
    w->v[W_VENCE] = clock_dated(c->a, z.expires_at, c->now);
    if (w->v[W_NOMBRE] == NULL)
        w->v[W_NOMBRE] = name_quoted(c->a, p.customer_name ? p.customer_name : p.announced_name, "un " SOMEBODY);
    return OK;
}

/* The letter that asks whose an e-mail is tells nothing else: not even how to stop the messages of its customer,
 * who may be somebody else. */
static enum err words_of_question(struct ctx *c, struct wording *w, struct message *m, int64_t package_id)
{
    struct package p;
    enum err e = package_by_id(c, package_id, &p);

    w->v[W_NOMBRE] = w->v[W_GUIA] = w->v[W_CODIGO] = w->v[W_ENLACE] = NULL;
    if (e != OK)
        return e;
    if (p.announced_email == NULL || p.email_proof != NULL || !streq(p.announced_email, m->recipient))
        m->untrue = MESSAGE_UNTRUE "ya no hay un correo por confirmar";
    else
        e = word_of_secret(c, &w->v[W_ENLACE], email_link(c, &p));
    return e;
}

static enum err words_of_user_link(struct ctx *c, struct wording *w, struct message *m, int64_t id)
{
    enum err e = user_link_address(c, id, &w->v[W_ENLACE]);

    if (e == E_NOT_FOUND)
        m->untrue = MESSAGE_UNTRUE "el enlace ya no sirve";
    return e == E_NOT_FOUND ? OK : e;
}

/* A letter about what somebody asks of their data: its link, which proves who they are. */
static enum err words_of_privacy(struct ctx *c, struct wording *w, struct message *m, int64_t id)
{
    const enum err e = privacy_link_address(c, id, &w->v[W_ENLACE]);

    if (e == E_NOT_FOUND)
        m->untrue = MESSAGE_UNTRUE "el enlace ya no sirve";
    return e == E_NOT_FOUND ? OK : e;
}

static enum err claim_read(struct ctx *c, int64_t id, struct claim *k, struct package *p)
{
    enum err e = claim_by_id(c, id, k);

    return e != OK ? e : package_by_id(c, k->package_id, p);
}

/* Words for a claimant: they announced a guide that somebody else had announced, and learn that and nothing else. */
static enum err words_of_claim(struct ctx *c, struct wording *w, struct message *m, int64_t id)
{
    struct package p;
    struct claim k;
    enum err e = claim_read(c, id, &k, &p);

    if (e != OK)
        return e;
    if (k.settled_at != 0)
        m->untrue = MESSAGE_UNTRUE "ya se aclaró de quién es";
    w->v[W_NOMBRE] = name_of_stranger(c->a, k.name, SOMEBODY);
    w->v[W_GUIA] = guide_told(c->a, &p);
    w->v[W_CODIGO] = NULL;
    w->v[W_ESTADO] = words_of_state(&p);
    return OK;
}

/* "se devolvió a la transportadora": what became of a package that was cancelled, for somebody else than its customer. */
static const char *words_of_end(const struct package *p)
{
    static const struct word ends[] = {
        { "anuncio_expirado", "no llegó en 30 días. Si todavía la espera, anúnciela otra vez" },
        { "paquete_danado", "llegó o quedó dañada. Pregunte en el punto" },
        { "paquete_perdido", "se dio por perdida. Pregunte en el punto" },
        { "rechazado_en_recepcion", "no se recibió cuando la trajeron" },
        { "devuelto_transportadora", "se devolvió a la transportadora" }, WORDS_END
    };
    const char *words = words_of(ends, p->cancel_reason);

    return words != NULL ? words : "se canceló. Si todavía la espera, anúnciela otra vez";
}

/* The end of a claim, for who made it: that the package is another's, without telling whose, or that it is cancelled. */
static enum err words_of_claim_end(struct ctx *c, struct wording *w, struct message *m, int64_t id)
{
    const char *guide;
    struct package p;
    struct claim k;
    enum err e = claim_read(c, id, &k, &p);

    if (e != OK)
        return e;
    if (!text_is(k.outcome, "ajeno"))
        m->untrue = MESSAGE_UNTRUE "no se ha aclarado que sea de otra persona";
    else if (k.compared == NULL && !streq(p.state, "CANCELADO"))
        m->untrue = MESSAGE_UNTRUE "el paquete no está cancelado";
    guide = guide_told(c->a, &p);
    w->v[W_NOMBRE] = name_of_stranger(c->a, k.name, SOMEBODY);
    w->v[W_TEXTO] = k.compared != NULL
        ? arena_printf(c->a, "%s la guía %s que usted anunció, y es de otra persona. Si no es así, venga con su documento.",
                       text_is(k.compared, CLAIM_CORRECTED) ? "revisamos" : "comparamos", guide)
        : arena_printf(c->a, "la guía %s que usted anunció %s.", guide, words_of_end(&p));
    return OK;
}

static enum err words_of_variables(struct ctx *c, struct wording *w, struct message *m, const char *variables,
                                   const char *email)
{
    const struct text *why;
    struct json_object *o = json_parse(variables, strlen(variables), &why);
    const char *text;
    int64_t link, authorization, asking, claim, privacy;
    enum err e = OK;

    if (o != NULL && json_get_text(o, "texto", &text))
        w->v[W_TEXTO] = arena_strdup(c->a, text);
    if (o != NULL && json_get_text(o, "nombre", &text))
        w->v[W_NOMBRE] = arena_strdup(c->a, text);
    if (o != NULL && json_get_text(o, "enlace", &text))
        w->v[W_ENLACE] = arena_strdup(c->a, text);
    if (o != NULL && (json_get_int(o, "link_id", &link) || json_get_int(o, "reset_id", &link)))   /* so before 0044 */
        e = words_of_user_link(c, w, m, link);
    if (e == OK && o != NULL && json_get_int(o, "authorization_id", &authorization))
        e = words_of_authorization(c, w, m, authorization, email);
    if (e == OK && o != NULL && json_get_int(o, "email_of", &asking))
        e = words_of_question(c, w, m, asking);
    if (e == OK && o != NULL && json_get_int(o, "claim_id", &claim))
        e = words_of_claim(c, w, m, claim);
    if (e == OK && o != NULL && json_get_int(o, "claim_ended", &claim))
        e = words_of_claim_end(c, w, m, claim);
    if (e == OK && o != NULL && json_get_int(o, "privacy_id", &privacy))
        e = words_of_privacy(c, w, m, privacy);
    if (o == NULL || !json_get_int(o, "document_id", &m->document_id))
        m->document_id = 0;
    json_object_put(o);
    return e;
}

#define CODE_DIGITS 6
#define CODE_HIDDEN 3            /* digits at the front that are shown as dots */

/* "•••913": so that somebody who was told a code is known by it, and nobody learns it here. */
static const char *code_hidden(struct arena *a, const char *code)
{
    return code == NULL || streq(code, WITHHELD) || strlen(code) != CODE_DIGITS ? code
        : arena_printf(a, "•••%s", code + CODE_HIDDEN);
}

/* ".../t/•••"; an address without a secret stays. */
static const char *link_hidden(struct arena *a, const char *link, const char *open)
{
    const char *slash = link != NULL ? strrchr(link, '/') : NULL, *equals = link != NULL ? strrchr(link, '=') : NULL;
    const char *end = equals > slash ? equals : slash;

    return end == NULL || streq(link, open) ? link : arena_printf(a, "%.*s•••", (int)(end + 1 - link), link);
}

static void message_fill_shown(struct ctx *c, struct message *m, struct wording w, const char *open, const char *body)
{
    const char *missing;

    w.v[W_ENTREGA] = code_hidden(c->a, w.v[W_ENTREGA]);
    w.v[W_LLAVE] = code_hidden(c->a, w.v[W_LLAVE]);
    w.v[W_ENLACE] = link_hidden(c->a, w.v[W_ENLACE], open);
    w.v[W_BAJA] = link_hidden(c->a, w.v[W_BAJA], "");
    m->shown = wording_fill(c->a, body, &w, &missing);
}

/* The first message that goes to a number or an address says where the policy of personal data is. */
static const char *body_first(struct ctx *c, const struct message *m, const char *body)
{
    if (streq(m->channel, "whatsapp"))   /* who agreed to it has read of it */
        return body;
    if (db_scalar(c->db, 0, &wrote_before, m->recipient, m->channel, m->id) != 0)
        return body;
    return arena_printf(c->a, streq(m->channel, "sms") ? "%s Datos: %s/privacy"
                        : "%s\n\nAsí tratamos sus datos personales:\n%s/privacy", body, c->conf->public_url);
}

/* Fills in the texts; without a value for one of its variables a message has none, and m->missing says which. */
static void message_fill(struct ctx *c, struct message *m, const struct wording *w, const char *subject,
                         const char *body)
{
    m->subject = subject != NULL ? wording_fill(c->a, subject, w, &m->missing) : NULL;
    m->text = wording_fill(c->a, body, w, &m->missing);
    if (streq(m->channel, "whatsapp"))
        m->values = wording_values(c->a, body, w, &m->values_n);
    if (m->missing != NULL)
        m->subject = m->text = NULL;
}

enum err notification_render(struct ctx *c, int64_t id, struct message *m)
{
    struct rows q;
    struct summary s = { .knows = true };
    struct wording w = { 0 };
    const char *variables, *subject, *body;
    int64_t customer;
    enum err e = db_one(c->db, &q, &one, id, MESSAGE_TRIAL "%");

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
    customer = m->customer_id = db_int(&q, 12);
    m->to_staff = !db_null(&q, 13);
    m->reserve = db_int(&q, 14) != 0;
    s.known = !db_null(&q, 15);
    m->trial = db_int(&q, 16) != 0;
    m->provider_name = db_dup(&q, 17, c->a);
    m->provider_language = db_dup(&q, 18, c->a);
    m->category = db_dup(&q, 19, c->a);
    s.alone = !db_null(&q, 20);
    w.v[W_NOMBRE] = db_null(&q, 10) ? db_dup(&q, 11, c->a)
        : (s.known ? name_for_message : name_of_stranger)(c->a, db_dup(&q, 10, c->a), SOMEBODY);
    m->asks = streq(m->event, "email_confirmation");
    if (streq(m->channel, "email") && customer != 0 && !m->asks)
        s.email = m->recipient;
    if ((e = db_end(&q)) == OK)
        e = summary_of(c, m, customer, &s);
    if (e != OK)
        return domain_fault(c, e);
    m->untrue = summary_untrue(m, &s);
    wording_site(c, &w);
    if (s.of.n > 0 && customer != 0)
        e = words_of_packages(c, &w, &s);        /* somebody else learns what their claim or authorisation says */
    if (e == OK)
        e = words_of_variables(c, &w, m, variables, s.email);
    if (e != OK)
        return domain_fault(c, e);
    if (w.v[W_NOMBRE] == NULL)   /* a trial by hand goes to an address, not to a person */
        w.v[W_NOMBRE] = m->recipient;
    if (!m->to_staff && !m->asks && (m->opt_out = opt_out_link(c, customer, m->channel, m->recipient)) == NULL)
        return c->fault.err;
    w.v[W_BAJA] = m->opt_out;
    if (m->untrue != NULL)
        return OK;
    body = m->to_staff ? body : body_first(c, m, body);
    message_fill(c, m, &w, subject, body);
    if (m->text != NULL)
        message_fill_shown(c, m, w, s.knows || s.of.n == 0 ? "" : w.v[W_ENLACE], body);
    return OK;
}
