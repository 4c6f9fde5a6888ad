/* Wording: a message's text with its {variables} filled in; wording.def lists them, and
 * the kinds of message_kind.def say which each may use and must have. */
#ifndef DOMAIN_WORDING_H
#define DOMAIN_WORDING_H

#include "base/ctx.h"

enum variable {
#define VARIABLE(id, name, group, sample, longest, doc) id,
#include "domain/message/wording.def"
#undef VARIABLE
    VARIABLE_COUNT
};

struct wording { const char *v[VARIABLE_COUNT]; };       /* NULL: empty */

/* A name that is none stays as it is, so that it is seen. */
char *wording_fill(struct arena *a, const char *body, const struct wording *w);

/* Values to show a wording with: usual ones, or the longest that there can be. */
void wording_sample(struct ctx *c, struct wording *w, bool longest);
/* What every message has: the point's name, hours and address. */
void wording_site(struct ctx *c, struct wording *w);

/* Does that event's message know all variables of this text, and has it what it must
 * have?  E_INVALID with `field` named. */
enum err wording_check(struct ctx *c, const char *field, const char *event, const char *text) MUST_CHECK;
/* May that event's message have this variable? */
bool wording_knows(const char *event, enum variable w);
/* The variables of an event, "{nombre}, {guia}"; NULL: no such event. */
const char *wording_names(struct arena *a, const char *event);

#endif
