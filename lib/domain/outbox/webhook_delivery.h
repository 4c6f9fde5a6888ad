/* Webhook delivery: one thing that a program is told, each try of it, and what it answered.  ground/news.h writes
 * them, the job webhook.deliver makes them. */
#ifndef DOMAIN_WEBHOOK_DELIVERY_H
#define DOMAIN_WEBHOOK_DELIVERY_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"

#define WEBHOOK_PAUSE_S (3 * 86400)      /* a program that answers nothing well for so long is told no more */
#define DELIVERY_DAYS 30                 /* a delivery that is over is kept so long */

struct webhook_delivery {
    int64_t id, endpoint_id;
    const char *message_id;      /* header webhook-id: the same at each try, and when it is sent again */
    const char *kind, *state;    /* state: of delivery_states */
    int64_t created_at, attempts, tried_at, delivered_at, status;    /* status: of the last answer, 0: none came */
    const char *error;
    const char *answer;          /* its beginning */
    const char *body;            /* the JSON that is told */
};
extern const struct word delivery_states[];
FIELD_TABLE(struct webhook_delivery, webhook_delivery_fields)    /* without answer and body */
FIELD_TABLE(struct webhook_delivery, webhook_delivery_whole_fields)
struct webhook_deliveries { struct webhook_delivery *v; size_t n; };

/* Lists the deliveries of one endpoint, the newest first; a filter NULL or "" takes any.  *next: `before` of the
 * next page, 0 after the last. */
struct webhook_delivery_filter { int64_t endpoint_id; const char *state, *kind; int64_t before, limit; };
enum err webhook_deliveries_list(struct ctx *c, const struct webhook_delivery_filter *f, struct webhook_deliveries *out,
                                 int64_t *next) MUST_CHECK;
/* E_NOT_FOUND also when it is another endpoint's. */
enum err webhook_delivery_by_id(struct ctx *c, int64_t endpoint_id, int64_t id, struct webhook_delivery *out) MUST_CHECK;

/* Sends one again, with all its tries; E_CONFLICT while it waits anyway, or its endpoint is told nothing. */
enum err webhook_replay(struct ctx *c, int64_t endpoint_id, int64_t id, struct webhook_delivery *out) MUST_CHECK;
/* Sends all that were given up again, the oldest first, at most so many a call. */
#define REPLAY_MAX 10000
struct webhook_replayed { int64_t replayed; bool more; };
FIELD_TABLE(struct webhook_replayed, webhook_replayed_fields)
enum err webhook_replay_dead(struct ctx *c, int64_t endpoint_id, struct webhook_replayed *out) MUST_CHECK;

/* Deletes old deliveries that are over, at most `limit`; *done counts. */
enum err webhook_deliveries_forget(struct ctx *c, int limit, int *done) MUST_CHECK;

/* ---- the job ---- */

struct webhook_going {
    int64_t id, endpoint_id;
    const char *url, *message_id, *body;
    const char *secrets[2];      /* whsec_…: the secret, and the former one while it signs, or NULL */
    bool trial;                  /* tried once, and whether the program is paused does not count */
    const char *given_up;        /* NULL, or why it is not sent at all */
    int64_t not_before;          /* 0, or when to look again: the program fails, and others' work goes first */
};
/* Reads what is to be sent now.  E_NOT_FOUND: nothing, it was delivered or forgotten.  One that was given up goes
 * when its job is done again. */
enum err webhook_going(struct ctx *c, int64_t id, struct webhook_going *out) MUST_CHECK;

/* Inside the write that ends the job: what is not sent at all (struct webhook_going) is `dead`, and says why. */
enum err webhook_given_up_tx(struct ctx *c, void *going) MUST_CHECK;

struct webhook_gone {
    int64_t id, endpoint_id;
    bool trial, delivered, unwanted;         /* unwanted: it answered that it wants to be told no more */
    bool clock_doubted;                      /* then nobody is paused for having failed long */
    int64_t status;
    const char *answer, *error;              /* valid UTF-8 */
};
/* Inside the write that ends the job: what came of a try (struct webhook_gone).  A program that has failed for
 * WEBHOOK_PAUSE_S is paused, and the administrators are told. */
enum err webhook_gone_tx(struct ctx *c, void *gone) MUST_CHECK;

#endif
