/* Reading the payments of a package, and finding those that stand. */
#include "domain/money/payment.h"
#include "base/texts.h"
#include "json/json.h"
#include "local/money.h"
#include "domain/ground/news.h"
#include "domain/ground/setting.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/money/texts.h"

#define SELECT                                                                                      \
    "SELECT p.id, p.package_id, p.operation_id, p.amount, p.method, p.reference, p.taken_by, p.taken_at,"  \
    " p.reverses, u.full_name, p.cash_session_id, p.reason FROM payments p JOIN users u ON u.id = p.taken_by "
static const struct stmt payments_by_package = STMT("payments_of_package", "i",
    SELECT "WHERE p.package_id = $1 ORDER BY p.id");
static const struct stmt payments_by_packages = STMT("payments_of_packages", "s",
    SELECT "WHERE p.package_id IN (SELECT value FROM json_each($1)) ORDER BY p.id");
static const struct stmt by_id = STMT("payment_by_id", "i", SELECT "WHERE p.id = $1");
DB_REGISTER(&payments_by_package, &payments_by_packages, &by_id)

static const struct field payment_rows[] = {
    FIELD(struct payment, id, F_INT, "Número del pago"),
    FIELD(struct payment, package_id, F_INT, "Paquete"),
    FIELD(struct payment, operation_id, F_TEXT, "Operación que los une"),
    FIELD(struct payment, amount, F_MONEY, "Valor; negativo si reversa otro"),
    FIELD(struct payment, method, F_TEXT, "Medio de pago"),
    FIELD(struct payment, reference, F_TEXT, "Referencia"),
    FIELD(struct payment, taken_by, F_ID, "Quién lo recibió"),
    FIELD(struct payment, taken_at, F_INSTANT, "Cuándo"),
    FIELD(struct payment, reverses, F_ID, "Pago que reversa"),
    FIELD(struct payment, taken_by_name, F_TEXT, "Nombre de quien lo recibió"),
    FIELD(struct payment, cash_session_id, F_ID, "Caja en la que está"),
    FIELD(struct payment, reason, F_TEXT, "Por qué se reversó, o se anotó sin una entrega"),
};
const struct fields payment_fields = FIELDS(payment_rows);

const struct word payment_methods[] = {
    { "efectivo", "Efectivo" }, { "nequi", "Nequi" }, { "daviplata", "Daviplata" },
    { "bancolombia", "Bancolombia" }, { "bre_b", "Bre-B" },
    { "transferencia", "Transferencia" }, { "tarjeta", "Tarjeta" }, WORDS_END
};

bool payment_method_taken(struct ctx *c, const char *method)
{
    int64_t card;

    if (words_of(payment_methods, method) == NULL || !streq(method, "tarjeta"))
        return words_of(payment_methods, method) != NULL;
    return setting_read(c, S_CARD, &card) == OK && card != 0;
}

void payment_method_check(struct ctx *c, const char *method, const char *method_field, const char *reference,
                          const char *reference_field)
{
    if (words_of(payment_methods, method) == NULL)
        ctx_invalid(c, method_field, T_REQUIRED, NULL);
    else if (!payment_method_taken(c, method))
        ctx_invalid(c, method_field, T_METHOD_OFF, NULL);
    else if (!streq(method, "efectivo") && is_blank(reference))
        ctx_invalid(c, reference_field, T_REFERENCE, NULL);
}

enum err payments_of(struct ctx *c, int64_t package_id, struct payments *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &payments_by_package, package_id);

    *out = (struct payments){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, payment_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

enum err payments_of_all(struct ctx *c, const struct packages *list, struct payments *out)
{
    int64_t *ids = arena_alloc(c->a, (list->n + 1) * sizeof *ids);
    struct rows q;
    enum err e;

    for (size_t i = 0; i < list->n; i++)
        ids[i] = list->v[i].id;
    *out = (struct payments){ 0 };
    e = db_query(c->db, &q, &payments_by_packages, arena_printf(c->a, "[%s]", operation_ids(c->a, ids, list->n)));
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, payment_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

enum err payment_by_id(struct ctx *c, int64_t id, struct payment *out)
{
    enum err e = db_get(c->db, payment_fields, out, c->a, &by_id, id);

    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_PAYMENT_NONE, NULL) : domain_fault(c, e);
}

enum err payment_news_tx(struct ctx *c, int64_t id)
{
    struct payment p;
    struct news news = { .parts = { NEWS_PART("payment", payment_fields, &p) } };
    enum err e;

    if (!news_is_heard(c, "payment.taken") && !news_is_heard(c, "payment.reversed"))
        return OK;
    e = payment_by_id(c, id, &p);
    news.kind = e == OK && p.reverses != 0 ? "payment.reversed" : "payment.taken";
    news.package_id = p.package_id;
    return e != OK ? e : news_tx(c, &news);
}

bool payment_by_hand(const struct payment *p)
{
    return p->reverses == 0 && p->reason != NULL;
}

bool payment_stands(const struct payments *all, const struct payment *p)
{
    if (p->reverses != 0)
        return false;
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].reverses == p->id)
            return false;
    return true;
}

/* True when `p` has the operation of the package's hand-over, or was recorded by hand since. */
static bool is_of_handover(const struct payments *all, const struct payment *p, const struct package *package)
{
    if (p->package_id != package->id)
        return false;
    if (package->operation_id != NULL && streq(p->operation_id, package->operation_id))
        return true;
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].package_id == package->id && payment_by_hand(&all->v[i])
            && all->v[i].taken_at >= package->delivered_at
            && streq(all->v[i].operation_id, p->operation_id))
            return true;
    return false;
}

struct payments payments_of_handover(struct ctx *c, const struct payments *all, const struct package *p)
{
    struct payments out = { .v = arena_alloc(c->a, (all->n + 1) * sizeof *out.v) };

    for (size_t i = 0; i < all->n; i++)
        if (is_of_handover(all, &all->v[i], p))
            out.v[out.n++] = all->v[i];
    return out;
}

int64_t payments_missing(struct ctx *c, const struct payments *all, const struct package *p)
{
    struct payments theirs = payments_of_handover(c, all, p);
    int64_t missing = p->total_fee - p->discount - payments_sum(&theirs);

    return streq(p->state, "ENTREGADO") && missing > 0 ? missing : 0;
}

int64_t payments_sum(const struct payments *all)
{
    int64_t sum = 0;

    for (size_t i = 0; i < all->n; i++)
        sum += all->v[i].amount;
    return sum;
}

static bool is_alike(const struct payment *a, const struct payment *b)
{
    return streq(a->method, b->method) && (a->reverses != 0) == (b->reverses != 0)
        && streq(a->reference ? a->reference : "", b->reference ? b->reference : "");
}

static void payment_join(struct payments *to, const struct payment *p)
{
    for (size_t i = 0; i < to->n; i++)
        if (is_alike(&to->v[i], p)) {
            to->v[i].amount += p->amount;
            return;
        }
    to->v[to->n++] = *p;
}

void payments_join(struct arena *a, struct payments *to, const struct payments *more)
{
    struct payment *v = arena_alloc(a, (to->n + more->n + 1) * sizeof *v);

    if (to->n > 0)
        memcpy(v, to->v, to->n * sizeof *v);
    to->v = v;
    for (size_t i = 0; i < more->n; i++)
        payment_join(to, &more->v[i]);
}

/* ---- the words of events about payments ---- */

static const char *payment_event_words(struct ctx *c, struct json_object *details, const char *key, const char *done)
{
    const char *reason = "", *by = NULL;
    int64_t amount = 0;

    json_get_int(details, key, &amount);
    json_get_text(details, "reason", &reason);
    json_get_text(details, "approved_by", &by);
    return arena_printf(c->a, "Pago de %s %s%s%s%s%s", money_text(c->a, amount), done, *reason ? " · " : "", reason,
                        by != NULL ? " · aprobó " : "", by != NULL ? by : "");
}

const char *payment_recorded_words(struct ctx *c, struct json_object *details, const char *values UNUSED)
{
    return payment_event_words(c, details, "payment_recorded", "anotado");
}

const char *payment_reversed_words(struct ctx *c, struct json_object *details, const char *values UNUSED)
{
    return payment_event_words(c, details, "payment_reversed", "reversado");
}
