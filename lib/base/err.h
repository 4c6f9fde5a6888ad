/* Err: how a call fails.
 *
 * `enum err` is for the program: a value says what the caller can do.  `struct fault` is for people: it has the
 * field, the sentence (texts.def) and the sentence's arguments.  The domain fills a fault; a page, a
 * problem+json, a job's last_error and the command line each present the same fault in their own way. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/util.h"

enum err {
    OK,
    E_MALFORMED,     /* the request cannot be read: 400 */
    E_AUTH,          /* nobody is signed in: 401, a page goes to the sign-in */
    E_FORBIDDEN,     /* the actor may not do that: 403 */
    E_NOT_FOUND,     /* 404 */
    E_METHOD,        /* 405 */
    E_CONFLICT,      /* the state of things does not allow it (any more): 409 */
    E_PRECONDITION,  /* If-Match failed: 412 */
    E_TOO_LARGE,     /* 413 */
    E_MEDIA,         /* 415 */
    E_INVALID,       /* a field is wrong: 422 */
    E_THROTTLED,     /* too many tries: 429, Retry-After */
    E_INTERNAL,      /* a fault of the program or machine, logged once, where it happened: 500 */
    E_BUSY,          /* try again in a moment: 503, Retry-After */
    E_FULL,          /* no room on the disk; nothing was written, and it is no use to try at once: 507 */
    ERR_COUNT
};

/* A Spanish sentence for people.  A folder with sentences has a texts.def, with a row for each, and a texts.h
 * that declares them.  A sentence is an array of one, so that its name is a pointer to it: ctx_fail(c, e,
 * NULL, T_PHONE_BAD, NULL).  base/texts.def has the sentences that several folders use. */
struct text { const char *es; };

#define FAULT_ARGS 3
#define FAULT_MORE 8

struct fault {
    enum err err;
    const char *field;             /* parameter name, or NULL */
    const struct text *text;
    const char *args[FAULT_ARGS];  /* for the %s of the sentence; they lie in the arena of the ctx */
    int retry_after;               /* seconds, with E_THROTTLED and E_BUSY */
    struct fault *next;            /* further wrong fields of the same request */
};

struct arena;

/* HTTP status of an error, and its short name ("conflict"), which never changes. */
int err_status(enum err e);
const char *err_name(enum err e);

/* Words of a text as they stand in texts.def; the sentence of a fault with its arguments put in. */
const char *text_es(const struct text *t);
char *fault_sentence(struct arena *a, const struct fault *f);

#endif
