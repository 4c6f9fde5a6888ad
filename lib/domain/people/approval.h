/* Approval: what an OPERADOR may not do alone, an ADMIN allows on the spot by typing a PIN into the form that asks
 * for it. approval.c has a row for each thing that needs one.  An approval is of exactly what the ADMIN was shown:
 * it is part of the request that does it, and it is worth nothing once amount, reason or parcels differ. */
#ifndef DOMAIN_APPROVAL_H
#define DOMAIN_APPROVAL_H

#include "base/ctx.h"

enum approval_kind {
    APPROVE_DISCOUNT,            /* more pesos off than the setting handover.discount_alone */
    APPROVE_OVERRIDE,            /* a hand-over without code, where the setting asks for it */
    APPROVE_CANCEL,              /* cancelling what lies on the shelf (package_cancel says when) */
    APPROVE_ABANDON,             /* declaring abandoned what nobody claims */
    APPROVE_REVERSAL,            /* taking a payment back */
    APPROVE_CLOSING,             /* a drawer's closing */
    APPROVE_GIVING,              /* giving a package to another person than it was thought to be of, where overrides need one */
    APPROVALS
};

struct approval {
    int64_t by;                  /* the ADMIN who approves, as chosen in the form; 0: nobody yet */
    const char *pin;             /* typed by that person */
    const char *of;              /* in: the digest of what the form showed; out: of what it must show */
    const char *by_name;         /* out: set once the PIN was right */
};

/* A need is one thing to approve. */
struct approval_need { enum approval_kind kind; int64_t amount; const char *reason; };
#define APPROVAL_NEEDS 2         /* the needs of one request at most */

/* Whether who acts needs an approval for it: an ADMIN never does. */
bool approval_needed(struct ctx *c, enum approval_kind kind, int64_t amount);
/* The needs of one request.  about: words for the things that it is done to, "guías A1, B2"; exactly: their ids, when
 * words do not tell all of them; field, role: the fault where nobody can type a PIN, T_FORBIDDEN when role is NULL. */
struct approval_asked {
    struct approval_need v[APPROVAL_NEEDS];
    size_t n;
    const char *about, *exactly, *field;
    const struct text *role;
};
/* Before the write, as a PIN is slow: OK when there is nothing to approve or the PIN is right.  E_FORBIDDEN at the field
 * "pin", with words for what is to be approved and a->of set, until it is typed, and again when something changed
 * since; else as pin_check.  a: the member `approval` of what is asked for, NULL where nobody can type a PIN. */
enum err approval_check(struct ctx *c, struct approval *a, const struct approval_asked *asked) MUST_CHECK;
/* Inside that write: audits every need, with who stood at the counter and who approved; E_FORBIDDEN if that person may
 * not approve any more, or if there was nothing to approve and now there is (needed).  object_id: of the package, payment
 * or drawer. */
enum err approval_tx(struct ctx *c, const struct approval *a, const struct approval_asked *asked, bool needed,
                     int64_t object_id) MUST_CHECK;

#endif
