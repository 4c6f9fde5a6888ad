/* Carrier: who brings parcels, by one name each.  Most are listed beside the forms of their guides (courier.h); one
 * that is not is kept as a clerk wrote it first, so that "servientrega" and "Servientrega " are never two. */
#ifndef DOMAIN_CARRIER_H
#define DOMAIN_CARRIER_H

#include "base/ctx.h"

#define CARRIER_OTHER "otra"     /* the carrier that a form sends when none of the list was meant */

/* The name of the carrier that a typed text means; NULL for a blank text and for one that nobody wrote before. */
const char *carrier_known(struct ctx *c, const char *typed);
/* Inside a db_write: *name is the name of what a clerk typed, which is kept when it is new; NULL for a blank text. */
enum err carrier_keep_tx(struct ctx *c, const char *typed, const char **name) MUST_CHECK;

/* The carrier that a form names: its field "carrier" chooses from the list, its field "carrier_other" says which other
 * one it is.  NULL when neither names any; a fault is added when the other one is not named. */
const char *carrier_said(struct ctx *c, const char *carrier, const char *other);

struct carrier_names { const char **v; size_t n; };
/* All names: those of the list, the usual ones first, then the others by name. */
enum err carrier_names(struct ctx *c, struct carrier_names *out) MUST_CHECK;

#endif
