#include "base/texts.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"
#include "domain/people/approval.h"
#include "domain/people/pin.h"
#include "domain/people/texts.h"
#include "json/json.h"
#include "local/money.h"

#define DIGEST_BYTES 12

/* When a thing needs an approval. */
enum approval_when { ALWAYS, IF_SET, ABOVE };    /* a setting is not 0; the amount is more than the setting */

static const struct {
    const char *name, *object;   /* in the audit log */
    enum approval_when when;
    enum setting setting;
    const char *words;           /* the amount stands after them, unless it is 0 */
} table[APPROVALS] = {
    [APPROVE_DISCOUNT] = { "descuento", "package", ABOVE, S_DISCOUNT_ALONE, "descuento de" },
    [APPROVE_OVERRIDE] = { "excepcion", "package", IF_SET, S_OVERRIDE_APPROVAL, "entrega sin código" },
    [APPROVE_CANCEL] = { "cancelacion", "package", IF_SET, S_CANCEL_APPROVAL, "cancelación" },
    [APPROVE_ABANDON] = { "abandono", "package", ALWAYS, SETTING_COUNT, "declaración de abandono" },
    [APPROVE_REVERSAL] = { "reverso", "payment", ALWAYS, SETTING_COUNT, "reverso de" },
    [APPROVE_CLOSING] = { "cierre", "cash_session", ALWAYS, SETTING_COUNT, "cierre" },
    [APPROVE_GIVING] = { "disputa", "package", IF_SET, S_OVERRIDE_APPROVAL, "decir de quién es" },
};

static const struct stmt approver = STMT("approval_approver", "i",
    "SELECT 1 FROM users WHERE id = $1 AND is_active = 1 AND role = 'ADMIN'");
DB_REGISTER(&approver)

bool approval_needed(struct ctx *c, enum approval_kind kind, int64_t amount)
{
    int64_t set;

    if (c->role >= ROLE_ADMIN)
        return false;
    if (table[kind].when == ALWAYS || setting_read(c, table[kind].setting, &set) != OK)
        return true;             /* so that nobody goes without approval because the settings could not be read */
    return table[kind].when == ABOVE ? amount > set : set != 0;
}

/* "descuento de $500 (cliente frecuente), entrega sin código (Olvidó el código): guía A1" */
static const char *approval_words(struct ctx *c, const struct approval_asked *asked)
{
    const char *out = "";

    for (size_t i = 0; i < asked->n; i++) {
        const struct approval_need *need = &asked->v[i];
        const char *amount = need->amount != 0 ? arena_printf(c->a, " %s", money_text(c->a, need->amount)) : "";
        const char *reason = is_blank(need->reason) ? "" : arena_printf(c->a, " (%s)", need->reason);

        out = arena_printf(c->a, "%s%s%s%s%s", out, i > 0 ? ", " : "", table[need->kind].words, amount, reason);
    }
    return arena_printf(c->a, "%s: %s", out, asked->about);
}

static enum err approval_ask(struct ctx *c, struct approval *a, const char *words, const char *digest)
{
    const bool changed = !is_blank(a->of) && !is_blank(a->pin);

    a->of = digest;
    return ctx_fail(c, E_FORBIDDEN, "pin", changed ? T_APPROVAL_CHANGED : T_APPROVAL_NEEDED, words, NULL);
}

static enum err approval_missing(struct ctx *c, const struct approval_asked *asked)
{
    return ctx_fail(c, E_FORBIDDEN, asked->field, asked->role != NULL ? asked->role : T_FORBIDDEN, NULL);
}

enum err approval_check(struct ctx *c, struct approval *a, const struct approval_asked *asked)
{
    unsigned char sum[HASH_BYTES];
    const char *words, *exact, *digest;
    struct user by;
    enum err e;

    if (asked->n == 0)
        return OK;
    if (a == NULL)
        return approval_missing(c, asked);
    words = approval_words(c, asked);
    exact = asked->exactly == NULL ? words : arena_printf(c->a, "%s|%s", words, asked->exactly);
    sha256(sum, exact, strlen(exact));
    digest = hex_text(c->a, sum, DIGEST_BYTES);
    if (a->by == 0 || is_blank(a->pin) || is_blank(a->of) || !streq(a->of, digest))
        return approval_ask(c, a, words, digest);
    e = pin_check(c, &(struct pin_try){ a->by, a->pin, ROLE_ADMIN }, &by);
    if (e == OK)
        a->by_name = by.full_name;
    return e;
}

enum err approval_tx(struct ctx *c, const struct approval *a, const struct approval_asked *asked, bool needed,
                     int64_t object_id)
{
    enum err e = OK;

    if (asked->n == 0)
        return needed ? approval_missing(c, asked) : OK;
    if (a == NULL || a->by_name == NULL || db_scalar(c->db, 0, &approver, a->by) == 0)
        return ctx_fail(c, E_FORBIDDEN, "pin", T_FORBIDDEN, NULL);
    for (size_t i = 0; i < asked->n && e == OK; i++) {
        const struct approval_need *need = &asked->v[i];
        struct json_object *details = json_object_new_object();

        json_add_text(details, "what", table[need->kind].name);
        json_add_int(details, "approved_by", a->by);
        json_add_int(details, "amount", need->amount);
        json_add_text(details, "about", asked->about);
        e = audit_note_tx(c, "approve", table[need->kind].object, object_id, details, need->reason);
    }
    return e;
}
