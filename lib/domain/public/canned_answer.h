/* Canned answer: an answer that is written already, with {variables} that are filled in for the question at hand.  One of
 * whose variables a question has no value is not offered for it, so that no answer goes out with a gap. */
#ifndef DOMAIN_CANNED_ANSWER_H
#define DOMAIN_CANNED_ANSWER_H

#include "domain/public/inquiry.h"

#define CANNED_MOST 50           /* there are no more of them */
#define CANNED_TITLE 60          /* characters */
#define CANNED_BODY 1000

struct canned_answer { int64_t id; const char *title, *body; int64_t changed_at; const char *changed_by_name; };
FIELD_TABLE(struct canned_answer, canned_answer_fields)
struct canned_answers { struct canned_answer *v; size_t n; };

/* Lists all canned answers, by title. */
enum err canned_answer_list(struct ctx *c, struct canned_answers *out) MUST_CHECK;
/* Lists the canned answers that fit the question, their bodies filled in. */
enum err canned_answers_for(struct ctx *c, const struct inquiry *i, struct canned_answers *out) MUST_CHECK;
/* "{nombre}, {guia}, …": the variables that a body may use. */
const char *canned_answer_names(struct ctx *c);

/* id 0: a new one.  E_INVALID names title or body; E_NOT_FOUND; E_CONFLICT for another's title, and for one too many.
 * Audited. */
struct canned_answer_in { int64_t id; const char *title, *body; };
enum err canned_answer_save(struct ctx *c, const struct canned_answer_in *in, int64_t *id) MUST_CHECK;
enum err canned_answer_remove(struct ctx *c, int64_t id) MUST_CHECK;

#endif
