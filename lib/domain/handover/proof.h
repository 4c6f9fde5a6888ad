/* Proof: whose code it is that somebody shows at a hand-over, and how often wrong ones are
 * tried.  Only files of domain/ include it. */
#ifndef DOMAIN_PROOF_H
#define DOMAIN_PROOF_H

#include "domain/handover/authorization.h"
#include "domain/ground/tx.h"

struct proof {
    int64_t package_id, customer_id;
    struct authorization by;     /* whom the customer authorised; id 0: their own code */
};

/* E_NOT_FOUND, at the field "code", when it is nobody's now. */
enum err proof_by_code(struct ctx *c, const char *typed, struct proof *out) MUST_CHECK;
/* Was the code one of that customer's, or of that package, which a later message has replaced? */
bool proof_is_old(struct ctx *c, const char *typed, int64_t customer_id, int64_t package_id);

/* E_THROTTLED while the field is paused for who acts; a wrong code is counted and written
 * down after the transaction that found it, and leaves its fault. */
enum err proof_paused(struct ctx *c) MUST_CHECK;
void proof_wrong(struct ctx *c);

/* "CC 1020304050". */
char *proof_identity(struct arena *a, const struct authorization *z);

#endif
