/* Proof: finds out whose code a person shows at a hand-over, and counts wrong ones.  Only files of
 * lib/domain include this header. */
#ifndef DOMAIN_PROOF_H
#define DOMAIN_PROOF_H

#include "domain/handover/authorization.h"
#include "domain/ground/tx.h"

struct proof {
    struct package key;          /* the package whose code it is, or at whose link it was made */
    int64_t customer_id;         /* 0: the code opens that package alone */
    struct authorization by;     /* the authorised person; id 0: it is the customer's own code */
    struct package_names names;  /* the names of the key's phone, once they were needed */
};

/* E_NOT_FOUND, at the field "code", when nobody has that code now. */
enum err proof_by_code(struct ctx *c, const char *typed, struct proof *out) MUST_CHECK;
/* True when the code opens *p: it is the package, or its customer's and in the same name (package_code_opens). */
bool proof_opens(struct ctx *c, struct proof *proof, const struct package *p);
/* True when it is an older code of that customer or that package, which a later message has replaced. */
bool proof_is_old(struct ctx *c, const char *typed, int64_t customer_id, int64_t package_id);

/* proof_paused: E_THROTTLED while the field is paused for who acts.  proof_wrong: counts a wrong code
 * and writes it down, after the transaction that found it, and keeps the fault that it has left. */
enum err proof_paused(struct ctx *c) MUST_CHECK;
void proof_wrong(struct ctx *c);

/* "CC 1020304050". */
char *proof_identity(struct arena *a, const struct authorization *z);

#endif
