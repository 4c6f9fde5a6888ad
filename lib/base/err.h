/* Faults: what a failed call tells its caller to do, and what it tells a person.
 *
 * `enum err` is for the program: each value is one reaction.  `struct fault`
 * is for the person: which field, which sentence (base/texts.def), and its
 * arguments.  The domain fills a fault; a page, a problem+json, a job's
 * last_error and the command line each shape the same fault in their way. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/util.h"

enum err {
    OK,
    E_MALFORMED,     /* the request cannot be read: 400 */
    E_AUTH,          /* nobody is signed in: 401, a page goes to the sign-in */
    E_FORBIDDEN,     /* not you: 403 */
    E_NOT_FOUND,     /* 404 */
    E_METHOD,        /* 405 */
    E_CONFLICT,      /* the state does not allow it (any more): 409 */
    E_PRECONDITION,  /* If-Match failed: 412 */
    E_TOO_LARGE,     /* 413 */
    E_MEDIA,         /* 415 */
    E_INVALID,       /* a field is wrong: 422 */
    E_THROTTLED,     /* too many tries: 429, Retry-After */
    E_INTERNAL,      /* our fault; logged once where it happened: 500 */
    E_BUSY,          /* try again in a moment: 503, Retry-After */
    ERR_COUNT
};

/* A sentence for people.  Each folder that says any has a texts.def, a row a sentence, and a
 * texts.h; an array of one, so that its name is the pointer: ctx_fail(c, e, NULL, T_PHONE_BAD, NULL).
 * Here are those that several folders say. */
struct text { const char *es; };
#define TEXT(id, es) extern const struct text id[1];
#include "base/texts.def"
#undef TEXT

#define FAULT_ARGS 3
#define FAULT_MORE 8

struct fault {
    enum err err;
    const char *field;             /* parameter name, or NULL */
    const struct text *text;
    const char *args[FAULT_ARGS];  /* for the %s of the sentence, borrowed from the arena */
    int retry_after;               /* seconds, with E_THROTTLED and E_BUSY */
    struct fault *next;            /* further wrong fields of the same request */
};

struct arena;

/* The HTTP status and the short stable name ("conflict") of an error. */
int err_status(enum err e);
const char *err_name(enum err e);

/* The Spanish sentence with its arguments put in. */
const char *text_es(const struct text *t);
char *fault_sentence(struct arena *a, const struct fault *f);

#endif
