/* Authorization: a third person whom the customer names by the link, with a code of their
 * own that opens all ready parcels of that customer, once (domain.md §1, §4). */
#ifndef DOMAIN_AUTHORIZATION_H
#define DOMAIN_AUTHORIZATION_H

#include "base/field.h"
#include "domain/parcel/package.h"

#define AUTHORIZATION_DAYS 7
#define AUTHORIZATIONS_MAX 3     /* authorisations of a customer that are good at once */
#define AUTHORIZATIONS_A_DAY 6   /* made for a customer within 24 hours, revoked ones too: each costs SMS */

struct authorization {
    int64_t id, package_id, customer_id;
    const char *name, *document_type, *document_number, *phone;
    int64_t version, created_at, expires_at, revoked_at, used_at;
    const char *code;            /* six digits, derived; NULL once it is no longer good */
};
FIELD_TABLE(struct authorization, authorization_fields)
struct authorizations { struct authorization *v; size_t n; };

/* E_CONFLICT when nobody can be authorised to collect the package: it is handed over, cancelled or disputed. */
enum err authorization_possible(struct ctx *c, const struct package *p) MUST_CHECK;

struct authorize_in { const char *token, *name, *document_type, *document_number, *phone; };
/* Authorises a person by the customer's link; the customer is told, and the person if there is a
 * phone.  E_INVALID names the field; E_CONFLICT by authorization_possible, or when
 * there are too many; E_THROTTLED for a network that makes too many; E_NOT_FOUND for an unknown token. */
enum err authorization_create(struct ctx *c, const struct authorize_in *in, struct authorization *out) MUST_CHECK;
/* Revoke an authorisation by any link of its customer; E_NOT_FOUND when it is not good any more. */
enum err authorization_revoke(struct ctx *c, const char *token, int64_t id) MUST_CHECK;
/* The authorisations of a package and of its customer that are good now. */
enum err authorizations_of(struct ctx *c, const struct package *p, struct authorizations *out) MUST_CHECK;
/* The latest authorisations of a customer, good or not, the newest first, without their codes. */
enum err authorizations_of_customer(struct ctx *c, int64_t customer_id, int64_t limit, struct authorizations *out) MUST_CHECK;
enum err authorization_by_id(struct ctx *c, int64_t id, struct authorization *out) MUST_CHECK;

/* The authorisation whose code that is; E_NOT_FOUND, without a fault, when there is none. */
enum err authorization_by_code(struct ctx *c, const char *code, struct authorization *out) MUST_CHECK;
/* Inside the hand-over: the authorisation is used up.  E_CONFLICT when it was used meanwhile. */
enum err authorization_use_tx(struct ctx *c, int64_t id) MUST_CHECK;
/* Inside a db_write: revoke the authorisations of a package that belongs to another customer now. */
enum err authorizations_revoke_tx(struct ctx *c, int64_t package_id) MUST_CHECK;
/* The hand-over (operation) of that package, for which the authorization was used, is being undone: it is
 * good again when nothing else of that hand-over is left. */
enum err authorization_again_tx(struct ctx *c, int64_t id, int64_t package_id, const char *operation) MUST_CHECK;

#endif
