/* Import row: what one row of a list of people says, and what it would do. */
#ifndef DOMAIN_IMPORT_ROW_H
#define DOMAIN_IMPORT_ROW_H

#include "domain/custody/import.h"
#include "domain/people/customer_edit.h"

struct import_said {
    struct customer_edit in;     /* the new person of whom the row speaks */
    struct customer who;         /* the same, made normal */
    bool no_phone, vip;
};
/* Reads the cells; what is wrong is named in the fault, by the field of the form. */
enum err import_said(struct ctx *c, const char *columns, const char *cells, struct import_said *out) MUST_CHECK;

struct import_fate_of {
    enum import_fate fate;
    int64_t customer_id, version;
    const char *field, *words;
};
/* The person who is there already, and what would change. */
enum err import_match(struct ctx *c, const struct import_said *said, struct import_fate_of *out) MUST_CHECK;
/* Writes somebody who is there already: *in without what stays.  Returns what stays, in words, or NULL. */
const char *import_edit(struct ctx *c, const struct import_said *said, const struct customer *before, struct customer_edit *in);
/* The wrong fields in words: "Celular: …  Correo: …"; *field is the first. */
const char *import_faults(struct ctx *c, const char **field);

#endif
