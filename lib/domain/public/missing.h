/* Missing: a carrier says that it left a box here, and nobody at the point knows of it.  Whoever waits for it asks
 * with its guide, the carrier and the day; a clerk looks for it in every place where it may be, ticks each, and
 * tells the end: found, and which package it is, or not found, with what was done. */
#ifndef DOMAIN_MISSING_H
#define DOMAIN_MISSING_H

#include "domain/public/inquiry.h"

#define MISSING_DAYS 90          /* a carrier's day may lie so far back */
#define MISSING_NOTE 500         /* characters that somebody may add */

extern const struct word missing_steps[];        /* where it is looked for, in the order of the checklist */
#define MISSING_STEPS 4

/* A place of the checklist; at 0: nobody has looked there yet. */
struct missing_step { const char *step; int64_t at; const char *by_name; };
FIELD_TABLE(struct missing_step, missing_step_fields)
struct missing_look { struct missing_step *v; size_t n; };
/* Gives all places in their order, each with who looked there and when. */
enum err missing_looked(struct ctx *c, int64_t id, struct missing_look *out) MUST_CHECK;

/* day: a day number (base/clock.h).  phone and email as typed: one of them must be good for a message. */
struct missing_in {
    const char *guide, *carrier;
    int64_t day;
    const char *name, *phone, *email, *content;
    bool consent;
};
/* E_INVALID names the wrong fields; E_CONFLICT for a guide whose package is here or was handed over; E_THROTTLED as
 * inquiry_ask.  Who asks again about the same guide from the same phone or e-mail adds to their open question, and so do
 * another phone or e-mail: the clerk reads them, and no message goes there. */
enum err missing_ask(struct ctx *c, const struct missing_in *in, struct inquiry *out) MUST_CHECK;

/* The functions below give E_NOT_FOUND for an unknown number, E_CONFLICT for a question of another kind or one that
 * is closed. */

/* Somebody looked there; the first one who did stays. */
struct missing_step_in { int64_t id; const char *step; };
enum err missing_tick(struct ctx *c, const struct missing_step_in *in, struct inquiry *out) MUST_CHECK;
/* The box is that package, by its code or guide as scanned, which was received; who asked is told.  E_INVALID names
 * "found". */
struct missing_found_in { int64_t id; const char *found; };
enum err missing_found(struct ctx *c, const struct missing_found_in *in, struct inquiry *out) MUST_CHECK;
/* The box is not here: who asked is told where it was looked for, and what to ask the carrier.  E_CONFLICT while a
 * place is not ticked.  note: what the clerk adds; NULL: nothing. */
struct missing_gone_in { int64_t id; const char *note; };
enum err missing_gone(struct ctx *c, const struct missing_gone_in *in, struct inquiry *out) MUST_CHECK;

#endif
