/* Customer: a person, known by the phone (domain.md §1). */
#ifndef DOMAIN_CUSTOMER_H
#define DOMAIN_CUSTOMER_H

#include "base/ctx.h"
#include "base/field.h"
#include "store/db.h"

struct customer {
    int64_t id;
    const char *full_name, *phone, *email, *building, *tower, *apartment;
    int64_t sms_opt_out, email_opt_out, created_at;
};
extern const struct fields customer_fields;

struct customer_in { const char *name, *phone, *email, *building, *tower, *apartment; };

/* Normalise in place; wrong fields go to the fault under the names given. */
enum err customer_check(struct ctx *c, struct customer_in *in) MUST_CHECK;
/* Found by phone, or made; empty fields of a known one are filled in, none is changed. */
enum err customer_ensure_tx(struct ctx *c, const struct customer_in *in, int64_t *id) MUST_CHECK;
enum err customer_by_id(struct ctx *c, int64_t id, struct customer *out) MUST_CHECK;

#endif
