/* Checks of the form of a hand-over: proof, receiver, payments. */
#include "base/texts.h"
#include "domain/ground/operation.h"
#include "domain/ground/setting.h"
#include "domain/handover/handover.h"
#include "domain/handover/override.h"
#include "domain/handover/signature.h"
#include "domain/handover/texts.h"

#include "local/money.h"
#include "local/name.h"
#include "base/random.h"
#include "base/utf8.h"

#define GUIDES_SHOWN 5           /* with more packages only their number is said */

/* Four letters or digits, in capitals; NULL when they are not. */
static const char *last_four(struct arena *a, const char *typed)
{
    const char *out = is_blank(typed) ? "" : utf8_upper_ascii(a, typed);

    return strlen(out) == LAST_OF_IDENTITY && strspn(out, ALPHABET_BASE62) == LAST_OF_IDENTITY ? out : NULL;
}

static void handover_check_identity(struct handover *h, bool needed)
{
    const struct deliver_in *in = h->in;

    h->document_type = is_blank(in->receiver_document_type) ? NULL : in->receiver_document_type;
    h->document_last4 = last_four(h->c->a, in->receiver_document_last4);
    if (needed && h->document_type == NULL)
        ctx_invalid(h->c, "receiver_document_type", T_DOCUMENT_TYPE, NULL);
    if (h->document_last4 == NULL && (needed || !is_blank(in->receiver_document_last4)))
        ctx_invalid(h->c, "receiver_document_last4", T_LAST4, NULL);
}

/* Whether the clerk has begun to say why there is no code: then all of what is missing for it is told at once. */
static bool override_begun(const struct deliver_in *in)
{
    return !is_blank(in->override_reason) || !is_blank(in->override_text) || in->identity_checked
        || !is_blank(in->receiver_document_type) || !is_blank(in->receiver_document_last4);
}

static void handover_check_override(struct handover *h)
{
    struct ctx *c = h->c;
    const struct deliver_in *in = h->in;

    if (!override_begun(in)) {
        ctx_invalid(c, "code", T_PROOF_NEEDED, NULL);
        return;
    }
    if (is_blank(in->override_reason))
        ctx_invalid(c, "override_reason", T_OVERRIDE_REASON, NULL);
    else if (streq(in->override_reason, "otro") && is_blank(in->override_text))
        ctx_invalid(c, "override_text", T_OVERRIDE_TEXT, NULL);
    if (!in->identity_checked)
        ctx_invalid(c, "identity_checked", T_IDENTITY, NULL);
}

static void handover_check_proof(struct handover *h)
{
    struct ctx *c = h->c;
    const struct deliver_in *in = h->in;

    if (in->count == 0 || in->count > HANDOVER_MAX)
        ctx_invalid(c, "ids", T_PACKAGES_NONE, NULL);
    if (is_blank(in->code))
        handover_check_override(h);
    handover_check_identity(h, is_blank(in->code) && override_begun(in));
    h->receiver = is_blank(in->receiver_name) ? NULL : normal_name(c->a, in->receiver_name);
    if (h->receiver == NULL && (is_blank(in->code) || !is_blank(in->receiver_name)))
        ctx_invalid(c, "receiver_name", T_RECEIVER, NULL);
    h->signature = signature_check(c, in->signature);
}

/* "method" of the first payment, "method_2" of the second. */
static const char *handover_pay_field(struct handover *h, size_t i, const char *name)
{
    return i == 0 ? name : arena_printf(h->c->a, "%s_%zu", name, i + 1);
}

static void handover_check_pay(struct handover *h, size_t i)
{
    struct ctx *c = h->c;
    const struct payment_in *p = &h->pays[i];

    if (p->amount <= 0) {
        if (h->pays_count > 1)   /* a single payment may be 0: all was discounted */
            ctx_invalid(c, handover_pay_field(h, i, "amount"), T_PAYMENT_PART, NULL);
        return;
    }
    payment_method_check(c, p->method, handover_pay_field(h, i, "method"), p->reference,
                         handover_pay_field(h, i, "reference"));
}

static void handover_check_money(struct handover *h)
{
    struct ctx *c = h->c;
    const struct deliver_in *in = h->in;

    h->pays[0] = (struct payment_in){ in->method, in->amount, in->reference };
    h->pays_count = 1;
    if (in->others_count >= PAYMENTS_MAX)
        ctx_invalid(c, "method", T_MANY, arena_printf(c->a, "%d", PAYMENTS_MAX), NULL);
    else
        for (size_t i = 0; i < in->others_count; i++)
            h->pays[h->pays_count++] = in->others[i];
    for (size_t i = 0; i < h->pays_count; i++)
        handover_check_pay(h, i);
    if (in->discount > 0 && is_blank(in->discount_reason))
        ctx_invalid(c, "discount_reason", T_DISCOUNT_REASON, NULL);
}

enum err handover_check(struct handover *h)
{
    handover_check_proof(h);
    handover_check_money(h);
    return ctx_faults(h->c);
}

/* "guía A1", "guías A1, B2", "12 paquetes" */
static enum err handover_about(struct handover *h, const char **out)
{
    struct ctx *c = h->c;
    struct packages all;
    enum err e = packages_by_ids(c, h->in->ids, h->in->count, &all);

    *out = arena_printf(c->a, "%zu paquetes", h->in->count);
    if (e != OK || all.n == 0 || all.n > GUIDES_SHOWN)
        return e;
    *out = arena_printf(c->a, all.n == 1 ? "guía %s" : "guías %s", all.v[0].guide_number);
    for (size_t i = 1; i < all.n; i++)
        *out = arena_printf(c->a, "%s, %s", *out, all.v[i].guide_number);
    return OK;
}

/* A discount is weighed with what was given up on the customer's other parcels: in pieces it is one. */
static enum err handover_ask_discount(struct handover *h)
{
    struct ctx *c = h->c;
    const struct deliver_in *in = h->in;
    struct approval_asked *asked = &h->asked;
    const char *reason = in->discount_reason;
    struct package p;
    int64_t lately = 0;
    enum err e = in->discount == 0 ? OK : package_by_id(c, in->ids[0], &p);

    if (in->discount == 0 || e != OK)
        return e;
    e = fees_given_up(c, p.customer_id, c->now - GIVEN_UP_S, &lately);
    if (e != OK || !approval_needed(c, APPROVE_DISCOUNT, in->discount + lately))
        return e;
    if (lately > 0)
        reason = arena_printf(c->a, "%s; van %s en un día", reason, money_text(c->a, lately));
    asked->v[asked->n++] = (struct approval_need){ APPROVE_DISCOUNT, in->discount, reason };
    asked->field = "discount";
    asked->role = T_DISCOUNT_ROLE;
    return OK;
}

/* An ADMIN decides upon a hand-over without code by its reason and by who receives. */
static void handover_ask_override(struct handover *h)
{
    const struct deliver_in *in = h->in;
    const char *why = is_blank(in->override_text) ? words_of(override_reasons, in->override_reason) : in->override_text;

    h->asked.v[h->asked.n++] = (struct approval_need){
        APPROVE_OVERRIDE, 0, arena_printf(h->c->a, "%s; recibe %s, %s …%s", why, h->receiver, h->document_type, h->document_last4) };
}

enum err handover_approve(struct handover *h)
{
    const struct deliver_in *in = h->in;
    struct approval_asked *asked = &h->asked;
    const bool codeless = is_blank(in->code);
    enum err e;

    *asked = (struct approval_asked){ .field = "override_reason", .role = T_OVERRIDE_ROLE,
                                      .exactly = operation_ids(h->c->a, in->ids, in->count) };
    if ((e = handover_ask_discount(h)) != OK)
        return e;
    if (codeless && approval_needed(h->c, APPROVE_OVERRIDE, 0))
        handover_ask_override(h);
    if (asked->n == 0)
        return OK;
    e = handover_about(h, &asked->about);
    return e != OK ? e : approval_check(h->c, in->approval, asked);
}

bool handover_scanned(const struct handover *h, int64_t package_id)
{
    for (size_t i = 0; i < h->in->scanned_count; i++)
        if (h->in->scanned[i] == package_id)
            return true;
    return false;
}

enum err handover_check_scans(struct handover *h)
{
    const char *unread = NULL;
    int64_t always;
    enum err e = setting_read(h->c, S_SCAN_ALL, &always);

    if (e != OK)
        return e;
    if (always == 0 && (h->in->scanned_count == 0 || !is_blank(h->in->unscanned_reason)))
        return OK;
    for (size_t i = 0; i < h->out->packages.n; i++) {
        const struct package *p = &h->out->packages.v[i];
        const char *where = p->position_code != NULL ? p->position_code : p->guide_number;

        if (!handover_scanned(h, p->id))
            unread = unread == NULL ? where : arena_printf(h->c->a, "%s, %s", unread, where);
    }
    if (unread == NULL)
        return OK;
    return ctx_fail(h->c, E_INVALID, always ? "ids" : "unscanned_reason", always ? T_UNSCANNED_NEVER : T_UNSCANNED,
                    unread, NULL);
}
