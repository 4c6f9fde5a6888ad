/* Wording: a message's text whose {variables} are filled in.  wording.def lists the variables;
 * message_kind.def says which of them a kind of message may use and which it must have. */
#ifndef DOMAIN_WORDING_H
#define DOMAIN_WORDING_H

#include "base/ctx.h"

enum variable {
#define VARIABLE(id, name, group, sample, longest, doc) id,
#include "domain/message/wording.def"
#undef VARIABLE
    VARIABLE_COUNT
};

struct wording { const char *v[VARIABLE_COUNT]; };       /* values by variable; NULL: none is known */

/* Fills in the variables of `body`.  A {name} that is no variable stays as it is, so that somebody
 * sees it.  *missing becomes the name of a variable in it that has no value (static), and stays as it is
 * when none lacks one. */
char *wording_fill(struct arena *a, const char *body, const struct wording *w, const char **missing);

/* The values of the variables of `body`, *n of them, in the order in which they stand there: what a provider who has the
 * text is given.  One without a value is "". */
const char **wording_values(struct arena *a, const char *body, const struct wording *w, size_t *n);
/* The text with {{1}}, {{2}} … for its variables, as Meta is given it to approve. */
char *wording_numbered(struct arena *a, const char *body);
/* True when the text begins or ends with a variable, which Meta does not approve. */
bool wording_is_bare(const char *body);

/* Values with which a wording is shown: usual ones, or the longest that there can be. */
void wording_sample(struct ctx *c, struct wording *w, bool longest);
/* Fills in the variables that every message has: the point's name, hours and address. */
void wording_site(struct ctx *c, struct wording *w);

/* E_INVALID with `field` named when a message of that event does not know a variable of this text, or
 * when the text is a body and has none of the variables that it must have. */
enum err wording_check(struct ctx *c, const char *field, const char *event, const char *text) MUST_CHECK;
/* True when a message of that event may have this variable. */
bool wording_knows(const char *event, enum variable w);
/* The variables of an event: "{nombre}, {guia}"; NULL: no such event. */
const char *wording_names(struct arena *a, const char *event);
/* The same of a sum of enum word_group (message_kind.h), for a text that is no message of its own. */
const char *wording_group_names(struct arena *a, unsigned groups);
/* The first thing in braces in the text that is no variable of these groups; NULL: there is none. */
const char *wording_unknown(struct arena *a, unsigned groups, const char *text);

#endif
