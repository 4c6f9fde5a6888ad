/* Correction: what an administrator puts right of a package when undo is over, with before
 * and after kept in its chain (domain.md §4). */
#ifndef DOMAIN_CORRECTION_H
#define DOMAIN_CORRECTION_H

#include "domain/parcel/package.h"

/* Which parts a state lets one correct: RECIBIDO all but the receiver, ANUNCIADO what an
 * announcement has, ENTREGADO what no money hangs on, CANCELADO the carrier and the note. */
struct correct_in {
    int64_t id;
    int64_t version;             /* the last_event_id that was read; 0: whatever it is now */
    const char *type, *condition, *carrier, *guide, *announced_name, *observations, *receiver_name;
    int64_t declared_value;
    const char *name, *phone;    /* another customer; both empty: the same */
    const char *reason;
    const char *clear;           /* parts to empty, one a line */
    bool whole;                  /* a form: what it shows and leaves empty is emptied */
};
bool correction_takes(const struct package *p, const char *part);

/* Another type takes the rate that was in force at the announcement.  Another customer gets
 * the messages; code, link and authorisations of the former die.  E_INVALID when nothing
 * differs, E_PRECONDITION when the package has changed since that version, E_CONFLICT for
 * a guide that another active package has, and for a part that its state does not let. */
enum err package_correct(struct ctx *c, const struct correct_in *in, struct package *out) MUST_CHECK;

/* The words of the event of a correction (kinds.h): "Corregido: tipo NORMAL → EXTRA_DIMENSIONADO · por qué";
 * NULL when it is no correction. */
struct json_object;
const char *correction_details_words(struct ctx *c, struct json_object *details, const char *values);

#endif
