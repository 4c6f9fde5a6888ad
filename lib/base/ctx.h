/* Context: who acts, from where, under which request; given to every function
 * of the domain.  It lives as long as its arena (a request or a job). */
#ifndef BASE_CTX_H
#define BASE_CTX_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct db;
struct conf;
struct hint;

/* Ordered: a higher role may do all that a lower one may.  The zero of a row that
 * forgot its role is nobody's: such a route does not start. */
enum role { ROLE_NONE, ROLE_PUBLIC, ROLE_USUARIO, ROLE_OPERADOR, ROLE_ADMIN };

enum actor_kind { ACTOR_SYSTEM, ACTOR_USER, ACTOR_CUSTOMER };

struct ctx {
    struct arena *a;
    struct db *db;
    const struct conf *conf;
    struct hint *hint;           /* queue/hint.h; NULL: jobs are found by looking */
    int64_t now;                 /* Unix seconds at the start; one instant a request */

    enum actor_kind actor;
    int64_t user_id;             /* 0 unless ACTOR_USER */
    const char *user_name;       /* shown in events, or NULL */
    enum role role;
    int64_t session_id;          /* 0 without a session */
    const char *address;         /* client address, "" for the system */
    const char *user_agent;
    const char *request_id;      /* in logs, jobs and problems */
    const char *channel;         /* "web", "api", "cli", "job": kept with consents */

    /* Idempotency (domain/operation.h): NULL when the caller gave no key. */
    const char *operation_key;
    const char *operation_print; /* fingerprint of the request, hex */
    bool replayed;               /* set when a stored answer was used */

    struct fault fault;          /* why the last call failed that did not return OK */
};

/* Fill c->fault and return e.  Arguments are `const char *`, ended by NULL:
 *     return ctx_fail(c, E_CONFLICT, "guide_number", T_GUIDE_ACTIVE, guide, NULL); */
enum err ctx_fail(struct ctx *c, enum err e, const char *field, const struct text *t, ...)
    __attribute__((sentinel));

/* Add a wrong field to the fault, so that one answer names them all.  Use with
 * ctx_faults: check every field, then `return ctx_faults(c);`.  A field is named
 * once, by its first message.  Who handles an E_INVALID and goes on clears
 * c->fault first. */
void ctx_invalid(struct ctx *c, const char *field, const struct text *t, ...) __attribute__((sentinel));
enum err ctx_faults(const struct ctx *c);    /* OK when none was added */

const char *role_name(enum role r);          /* "ADMIN" …; "" for public */
enum role role_parse(const char *s);         /* ROLE_PUBLIC when unknown */

#endif
