/* Inquiry answer: what staff do with a question: take it, answer it, close it, open it again.  An answer is a message of
 * the kind inquiry_answered to who asked, and stands on the page of their link as long as the package is theirs. */
#ifndef DOMAIN_INQUIRY_ANSWER_H
#define DOMAIN_INQUIRY_ANSWER_H

#include "domain/public/inquiry.h"

#define ANSWER_LEAST 5           /* characters */
#define ANSWER_MOST 2000

/* The functions below give E_NOT_FOUND for an unknown number; *out is the question as it is afterwards. */

/* inquiry_read: somebody has read it, so that ABIERTO becomes LEIDO; any other state stays. */
enum err inquiry_read(struct ctx *c, int64_t id, struct inquiry *out) MUST_CHECK;
/* The question is that user's from now on, 0: nobody's.  E_INVALID names "user_id" for who answers none; E_CONFLICT
 * when it is closed. */
struct inquiry_assign_in { int64_t id, user_id; };
enum err inquiry_assign(struct ctx *c, const struct inquiry_assign_in *in, struct inquiry *out) MUST_CHECK;

/* The category and the priority: words of inquiry_categories and inquiry_priorities; what is NULL
 * or blank stays as it is. */
struct inquiry_sort_in { int64_t id; const char *priority, *category; };
enum err inquiry_sort(struct ctx *c, const struct inquiry_sort_in *in, struct inquiry *out) MUST_CHECK;

/* The answer goes out.  seen: the newest text that the clerk saw, 0: none was there; NULL: whatever there is.
 * E_INVALID names "answer"; E_CONFLICT when it is closed, and when who asked has written since. */
struct inquiry_answer_in { int64_t id; const char *answer; const int64_t *seen; bool close; };
enum err inquiry_answer(struct ctx *c, const struct inquiry_answer_in *in, struct inquiry *out) MUST_CHECK;

/* Somebody has attended to it; E_CONFLICT when it is closed already, and for a NO_LLEGO (missing.h) whose asker was
 * told nothing since they last wrote. */
enum err inquiry_close(struct ctx *c, int64_t id, struct inquiry *out) MUST_CHECK;
/* inquiry_close for all of these; *closed is how many it closed, and E_CONFLICT names "ids" when it closed none.
 * E_INVALID names "ids" when there are none. */
enum err inquiries_close(struct ctx *c, const int64_t *ids, size_t n, int64_t *closed) MUST_CHECK;
/* The question waits again, and is of who opens it; E_CONFLICT unless it is answered or closed. */
enum err inquiry_reopen(struct ctx *c, int64_t id, struct inquiry *out) MUST_CHECK;
/* Inside a db_write: closes the question with that outcome (NULL: none); E_CONFLICT as inquiry_close. */
enum err inquiry_close_tx(struct ctx *c, int64_t id, const char *outcome) MUST_CHECK;

/* Users who may be in charge of a question: those who are active, an OPERADOR or an ADMIN. */
struct user;
struct users;
enum err inquiry_clerks(struct ctx *c, struct users *out) MUST_CHECK;

#endif
