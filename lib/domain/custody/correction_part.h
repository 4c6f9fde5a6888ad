/* Correction part: the parts of a package that can be corrected, in which states, and the words of the
 * event of a correction. */
#ifndef DOMAIN_CORRECTION_PART_H
#define DOMAIN_CORRECTION_PART_H

#include "domain/parcel/package.h"

/* The state says which parts can be corrected: RECIBIDO all but the receiver, ANUNCIADO those that an
 * announcement has, ENTREGADO those on which no money depends, CANCELADO the carrier and the note. */
struct correct_in {
    int64_t id;
    int64_t version;             /* the last_event_id that was read; 0: any */
    const char *type, *condition, *carrier, *guide, *announced_name, *observations, *receiver_name;
    int64_t declared_value;
    const char *name, *phone;    /* another customer; both empty: the same */
    bool no_phone;               /* the other customer has none; phone is empty */
    const char *reason;
    const char *clear;           /* parts to empty, one a line */
    bool whole;                  /* true: a form, whose empty fields empty their parts */
};
/* True when that part can be corrected in the package's state. */
bool correction_takes(const struct package *p, const char *part);

/* The words of the event of a correction (kinds.h): "Corregido: tipo NORMAL → EXTRA_DIMENSIONADO · por qué";
 * NULL when it is no correction. */
struct json_object;
const char *correction_details_words(struct ctx *c, struct json_object *details, const char *values);

/* ---- for correction.c ---- */

/* States of a package, as bits. */
enum { CORRECT_ANNOUNCED = 1, CORRECT_SHELF = 2, CORRECT_DELIVERED = 4, CORRECT_CANCELLED = 8, CORRECT_ANY = 15 };
#define CORRECT_PERSONAL 1u              /* its values stand outside the chain, but for a hash */
#define CORRECT_NEEDED 2u                /* cannot be emptied */
#define CORRECT_MONEY 4u
struct correction_part {
    const char *name, *words;
    size_t in, member;           /* offsets in struct correct_in and struct package */
    unsigned states, flags;
};
#define CORRECTION_PARTS 8
extern const struct correction_part correction_parts[CORRECTION_PARTS];
#define CORRECT_CUSTOMER "customer"      /* the part that is no member of struct package: whose package it is */

unsigned correction_state(const struct package *p);      /* the bit of the package's state */

#endif
