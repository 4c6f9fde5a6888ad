/* First step: what a new point needs before its first day, each with a question to the database that says whether it
 * is done, and the page where it is done. */
#ifndef DOMAIN_FIRST_STEP_H
#define DOMAIN_FIRST_STEP_H

#include "base/ctx.h"

struct first_step {
    const char *words, *doc;
    const char *href;            /* NULL: it is done on no page */
    bool done;
};
struct first_steps { struct first_step *v; size_t n, left; };    /* left: how many are not done */

/* The steps for an ADMIN; none (n 0) once all are done, or after first_steps_hide. */
enum err first_steps_read(struct ctx *c, struct first_steps *out) MUST_CHECK;
/* Hides the list; the setting start.steps shows it again. */
enum err first_steps_hide(struct ctx *c) MUST_CHECK;

#endif
