/* Person find: whose parcel it is.  People are found by words of the name, by building, tower and apartment, by the phone
 * or its last four digits, as a clerk types them; one search for the omnibox, for every intake and for the hand-over. */
#ifndef DOMAIN_PERSON_FIND_H
#define DOMAIN_PERSON_FIND_H

#include "base/ctx.h"
#include "base/field.h"

struct person {
    int64_t id;                  /* the customer's */
    const char *full_name, *phone;           /* phone: E.164, or NULL */
    const char *building, *tower, *apartment;
    int64_t known_at;            /* since when a clerk knows them; 0: only an announcement names them */
    int64_t waiting;             /* how many of their parcels are on the shelf */
    const char *phone_of;        /* name of the person whose phone it is, if another's; else NULL */
    const char *home;            /* "Los Robles · torre 2 · apto 301", or NULL */
};
FIELD_TABLE(struct person, person_fields)
struct people { struct person *v; size_t n; };

enum person_scope {
    PERSON_KNOWN,                /* whom a clerk has met or written down: a stranger's words are nobody */
    PERSON_COLLECTS,             /* who has a parcel on the shelf, known or not */
    PERSON_ANY,                  /* either */
};

/* Who has a parcel on the shelf comes first, then the newest; at most `limit`.  Each word must fit: one with letters may
 * be only begun, a number is whole.  Nothing is found by fewer than two characters. */
enum err person_find(struct ctx *c, const char *q, enum person_scope scope, size_t limit, struct people *out) MUST_CHECK;

/* The expression of FTS5 by which person_words is asked for what was typed; "" when there is nothing to look for. */
const char *person_match(struct arena *a, const char *text);

/* A person whom a clerk knows, by id; E_NOT_FOUND, without a fault, for nobody and for whom only an announcement
 * names. */
enum err person_known(struct ctx *c, int64_t id, struct person *out) MUST_CHECK;

#endif
