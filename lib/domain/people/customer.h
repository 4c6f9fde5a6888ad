/* Customer: a person, known by the phone (domain.md §1). */
#ifndef DOMAIN_CUSTOMER_H
#define DOMAIN_CUSTOMER_H

#include "base/ctx.h"
#include "base/field.h"
#include "store/db.h"

struct customer {
    int64_t id;
    const char *full_name, *phone, *email, *building, *tower, *apartment;
    int64_t sms_opt_out, email_opt_out, created_at, email_confirmed_at;
};
FIELD_TABLE(struct customer, customer_fields)

struct customer_in { const char *name, *phone, *email, *building, *tower, *apartment; };

/* Normalises *in in place; a wrong member is named in the fault. */
enum err customer_check(struct ctx *c, struct customer_in *in) MUST_CHECK;
/* Finds the customer by the phone, or makes one.  Empty columns of a known customer are filled in,
 * none is changed.  An e-mail that staff write is confirmed; an announcement's waits for
 * customer_email_answer (public/customer_email.h). */
enum err customer_ensure_tx(struct ctx *c, const struct customer_in *in, int64_t *id) MUST_CHECK;
/* True when an e-mail to that customer may hold a code or a secret link.  Whoever announces a parcel
 * writes the e-mail; only the owner of the phone can confirm it.  Where no SMS goes nobody could, and
 * it is trusted. */
bool customer_email_trusted(const char *phone, int64_t confirmed_at);
/* The customer says whether that e-mail is theirs (it is confirmed) or not (it is forgotten).
 * *changed is false when they had said so before. */
enum err customer_email_settle_tx(struct ctx *c, int64_t id, const char *email, bool mine, bool *changed) MUST_CHECK;
enum err customer_by_id(struct ctx *c, int64_t id, struct customer *out) MUST_CHECK;

#endif
