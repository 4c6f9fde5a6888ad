/* Claim: somebody announced a guide that another person has announced, and that is not cancelled; or one of the
 * same name and phone did, but nobody can tell whether it was the same (email_is_anothers).  While a claim is open
 * the package is disputed: its code goes to nobody, and it is handed over to nobody, until a clerk has compared the
 * label or a document (custody/claim_settle.h). */
#ifndef DOMAIN_CLAIM_H
#define DOMAIN_CLAIM_H

#include "base/field.h"
#include "base/words.h"
#include "domain/parcel/package.h"
#include "domain/people/customer.h"

#define EXPIRE_DAYS 30           /* after so many days who announced a guide, or claimed it, waits no more */
#define CLAIMS_MAX 3             /* open at once on a package from one network, or under one phone */

struct claim {
    int64_t id, package_id;
    const char *name, *phone;    /* the claimant's; phone NULL: they have none */
    const char *email;           /* as they wrote it, and not proved; NULL: none */
    const char *network;         /* from which they announced it (ground/throttle.h); NULL: staff wrote it */
    const char *proved_email;    /* the e-mail that was proved to be theirs; NULL: none */
    int64_t at, settled_at;      /* settled_at 0: it is open */
    const char *settled_by_name;
    const char *outcome;         /* "suyo" or "ajeno"; NULL: open */
    const char *compared;        /* from claim_compared, or CLAIM_CORRECTED; NULL: open */
    int64_t known_at;            /* since when a clerk knows somebody by that phone (people/customer.h); 0: nobody */
    const char *known_name;      /* their name; one like the claimant's before any other */
    int64_t reached_at;          /* since when parcels are collected with codes that came to that phone; 0: never */
    int64_t phone_shared;        /* 1: a clerk knows somebody of another name by that phone; else 0 */
};
FIELD_TABLE(struct claim, claim_fields)
struct claims { struct claim *v; size_t n; };

extern const struct word claim_compared[];           /* things that a clerk compares the name with */
#define CLAIM_CORRECTED "correccion"     /* nothing was compared: an administrator corrected whose the package is */

/* The claims of a package, the open ones first, each kind in the order in which those people announced it. */
enum err claims_of(struct ctx *c, int64_t package_id, struct claims *out) MUST_CHECK;
enum err claim_by_id(struct ctx *c, int64_t id, struct claim *out) MUST_CHECK;
/* The first announcement of the package, by its customer, as if it were a claim: *out has the id 0.  E_NOT_FOUND: the
 * package has no customer. */
enum err claim_first(struct ctx *c, int64_t package_id, struct claim *out) MUST_CHECK;

/* Outcome of announcing a guide that another person has announced. */
enum claim_answer {
    CLAIM_DISPUTED,              /* the package is disputed: a clerk compares whose it is */
    CLAIM_SETTLED,               /* a clerk has compared the document of whose it is: it is not disputed again */
    CLAIM_HANDED_OVER,           /* it was handed over before */
    CLAIM_ANSWERS
};
/* Inside a db_write: notes the claim of a person (customer_check) in the history of *p, and tells both whose it may
 * be, if somebody had announced it.  When that person has an open claim on it, only an e-mail is noted that they
 * write later.  No claim comes of an announcement after a document has shown whose the package is, whoever
 * makes it, for a phone and a network are easily changed; nor of one that is handed over already; nor of too many
 * (CLAIMS_MAX): staff see these in its history. */
enum err claim_add_tx(struct ctx *c, struct package *p, const struct customer_in *who,
                      enum claim_answer *answer) MUST_CHECK;
/* Inside a db_write: the person who announced *p first loses it to a claim, and a clerk compared `with` (of
 * claim_compared): their announcement is from now on a claim that was settled against them. */
enum err claim_lose_tx(struct ctx *c, const struct package *p, const char *with) MUST_CHECK;
/* Inside a db_write: the announcement `ended`, and *p is now that of who claimed its guide; who had made the one that
 * ended claims *p from now on, and both are told.  `delay` is in seconds. */
enum err claim_pass_tx(struct ctx *c, const struct package *ended, struct package *p, int delay) MUST_CHECK;
/* Tells who made a claim how it ended, by SMS, so many times an hour to one phone, or by an e-mail that was proved to be
 * theirs where no SMS goes; occurrence: the package's event;
 * reserve: as in message/notification.h. */
enum err claim_tell_end_tx(struct ctx *c, const struct claim *k, int64_t occurrence, int delay, bool reserve) MUST_CHECK;
/* Tells all whose *p, which is disputed, may be that it is; occurrence: the package's event. */
enum err claims_tell_tx(struct ctx *c, const struct package *p, int64_t occurrence, int delay) MUST_CHECK;

#endif
