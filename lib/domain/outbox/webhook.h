/* Webhook: the address of a program of somebody else that is told what happens at the point (ground/news.h), as Standard
 * Webhooks has it.  Only an ADMIN sees to them.  What a program was told, and what it answered, is webhook_delivery.h. */
#ifndef DOMAIN_WEBHOOK_H
#define DOMAIN_WEBHOOK_H

#include "base/ctx.h"
#include "base/field.h"

#define WEBHOOKS_MAX 20
#define WEBHOOK_ALL "*"          /* kinds: all, also those that will come */
#define WEBHOOK_SEAL "webhook.secret"     /* the name under which secrets are sealed (crypto/crypto.h) */
#define WEBHOOK_FORMER_S 86400   /* seconds that a former secret still signs, beside the new one */

struct webhook {
    int64_t id;
    const char *url, *description;
    const char *kinds;           /* kinds of news.def, a space between; or WEBHOOK_ALL */
    int64_t is_active;           /* 1: an administrator wants it told */
    int64_t paused_at;           /* since then it is not told although it is active: it failed for too long */
    const char *paused_why;
    int64_t failing_since, failures, last_ok_at;
    int64_t former_until;        /* 0: only one secret signs */
    int64_t created_at;
    const char *created_by_name;
    int64_t version;
    int64_t pending, dead;       /* deliveries that are to be made, and those that were given up, trials apart */
    const char *secret;          /* whsec_…; NULL but in the answer to the request that made it */
};
FIELD_TABLE(struct webhook, webhook_fields)              /* without the secret */
FIELD_TABLE(struct webhook, webhook_secret_fields)       /* with it, for the answer that tells it */
struct webhooks { struct webhook *v; size_t n; };

enum err webhook_list(struct ctx *c, struct webhooks *out) MUST_CHECK;
enum err webhook_by_id(struct ctx *c, int64_t id, struct webhook *out) MUST_CHECK;

struct webhook_in {
    int64_t id;
    const char *url, *description;
    const char *kinds;           /* kinds of news.def, or WEBHOOK_ALL, with spaces or line ends between */
    const bool *is_active;
    int64_t version;             /* the one that was seen; 0: any */
};
/* The changes are audited.  E_INVALID names the field: an address that is not https:// or is of this machine or an
 * inner network, an unknown kind.  When the request comes a second time, out->secret is NULL: it is told once. */
enum err webhook_add(struct ctx *c, const struct webhook_in *in, struct webhook *out) MUST_CHECK;
/* A member that is NULL stays as it is; one that is made active is paused no longer.  E_PRECONDITION: somebody
 * changed it. */
enum err webhook_change(struct ctx *c, const struct webhook_in *in, struct webhook *out) MUST_CHECK;
/* Gives it another secret; for WEBHOOK_FORMER_S both sign. */
enum err webhook_rotate(struct ctx *c, int64_t id, struct webhook *out) MUST_CHECK;
/* Sends a trial at once, also to one that is paused; a trial is tried once.  *delivery: what came of it. */
enum err webhook_trial(struct ctx *c, int64_t id, int64_t *delivery) MUST_CHECK;

#endif
