/* Ctx: the context of a call: who acts, from which address, in which request or job.  Every function of the
 * domain takes one.  It lives as long as its arena. */
#ifndef BASE_CTX_H
#define BASE_CTX_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct db;
struct conf;
struct hint;

/* Roles in ascending order: a higher role may do everything that a lower one may.  ROLE_NONE is nobody's
 * role: a program whose route row names no role has it there and does not start. */
enum role { ROLE_NONE, ROLE_PUBLIC, ROLE_USUARIO, ROLE_OPERADOR, ROLE_ADMIN };

enum actor_kind { ACTOR_SYSTEM, ACTOR_USER, ACTOR_CUSTOMER };

struct ctx {
    struct arena *a;
    struct db *db;
    const struct conf *conf;
    struct hint *hint;           /* queue/hint.h; NULL: no hints are sent, workers find jobs by looking */
    int64_t now;                 /* Unix seconds at the start; it stays the same during a request */
    struct fair { int64_t at, now; } fair;   /* by what clock people are charged when `now` is `at` (queue/doubt.h) */

    enum actor_kind actor;
    int64_t user_id;             /* 0 unless ACTOR_USER */
    const char *user_name;       /* full name, shown in events; NULL unless ACTOR_USER */
    enum role role;
    int64_t session_id;          /* 0 without a session */
    const char *address;         /* client address, "" for the system */
    const char *user_agent;
    const char *request_id;      /* in logs, jobs and problems */
    const char *channel;         /* "web", "api", "cli" or "job"; stored with consents */

    /* The next three are for repeated requests (domain/ground/operation.h). */
    const char *operation_key;   /* NULL: the caller gave none */
    const char *operation_kind;  /* what domain_operation carries out, as its metric names it; NULL: nothing */
    const char *operation_print; /* fingerprint of the request, hex */
    bool replayed;               /* set when a stored answer was used */

    /* The count of the request against its network (domain/ground/throttle.h), for the headers RateLimit-*. */
    struct { int64_t most, left, reset_s; } counted;     /* most 0: it was not counted */

    struct fault fault;          /* reason of the latest failure */
};

/* Fills c->fault and returns e.  The arguments of the sentence are `const char *`, ended by NULL:
 *     return ctx_fail(c, E_CONFLICT, "guide_number", T_GUIDE_ACTIVE, guide, NULL); */
enum err ctx_fail(struct ctx *c, enum err e, const char *field, const struct text *t, ...)
    __attribute__((sentinel));

/* Adds a wrong field to c->fault, so that an answer names all wrong fields: check every field, then `return
 * ctx_faults(c);`.  A second fault of the same field is ignored.  A caller that handles an E_INVALID and goes
 * on must clear c->fault first. */
void ctx_invalid(struct ctx *c, const char *field, const struct text *t, ...) __attribute__((sentinel));
enum err ctx_faults(const struct ctx *c);    /* E_INVALID when a wrong field was added, else OK */

const char *role_name(enum role r);          /* "ADMIN" …; "" for public */
enum role role_parse(const char *s);         /* ROLE_PUBLIC when unknown */

#endif
