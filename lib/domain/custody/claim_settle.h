/* Claim settle: a clerk has compared the label of a disputed package, or a document, and says whose it is. */
#ifndef DOMAIN_CLAIM_SETTLE_H
#define DOMAIN_CLAIM_SETTLE_H

#include "domain/parcel/claim.h"
#include "domain/people/approval.h"

struct claim_settle_in {
    int64_t id;                  /* the package */
    int64_t claim;               /* the open claim of the package's owner; 0: whoever announced it first is the owner */
    const char *compared;        /* from claim_compared */
    struct approval *approval;   /* by an ADMIN; NULL: none can be given */
};
/* Settles all open claims of a package.  If it is another's than was thought, it becomes theirs (custody/give.h)
 * and they get the messages; who it is of is told that it has arrived, if it has.  E_INVALID names the field, which
 * is "compared" where two of them have names alike and only the label was compared; E_CONFLICT when nothing is
 * disputed (any more).  The setting handover.override_approval asks for an ADMIN's approval of what goes to another
 * than announced it first, and of what goes to who did if that announcement may be the clerk's own
 * (claim_first_is_ours): E_FORBIDDEN until one approves who is not the person that it goes to. */
enum err claim_settle(struct ctx *c, const struct claim_settle_in *in, struct package *out) MUST_CHECK;

/* Inside a db_write: an administrator has given *p, which was disputed as it was `before`, to another person.  If that is
 * one of those who claimed it the dispute is over, and whoever loses it is told. */
enum err claim_corrected_tx(struct ctx *c, const struct package *before, struct package *p) MUST_CHECK;

/* The words of the event (kinds.h): "Se aclaró de quién es: Ana Ríos · con la etiqueta". */
struct json_object;
const char *claim_settled_words(struct ctx *c, struct json_object *details, const char *values);
/* The words of a claim's own event: "Pedro Gil, 300 555 0002, pedro@example.com". */
const char *claim_words(struct ctx *c, struct json_object *details, const char *values);

#endif
