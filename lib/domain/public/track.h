/* Track: the page of a package for the public, and by which key it is opened (domain.md §9).  By the
 * token of the link: everything that concerns the owner.  By tracking code: the same without photos,
 * pickup code and full name.  By guide: the state only.  A key that fits nothing is E_NOT_FOUND,
 * always with the same sentence, and is counted: after too many, codes and guides are E_THROTTLED for
 * that network. */
#ifndef DOMAIN_TRACK_H
#define DOMAIN_TRACK_H

#include "domain/parcel/package_fee.h"
#include "domain/parcel/photo.h"
#include "domain/price/rate.h"

enum track_key { TRACK_TOKEN, TRACK_CODE, TRACK_GUIDE };

/* What a package may have and most have not: nothing of it is read where there is none.  Only a "no" is certain. */
struct attached { int64_t files, authorizations, questions; };

struct track {
    enum track_key key;          /* by which key it was found, which decides what is filled in */
    const char *token;           /* by token: the one by which it was found */
    struct package package;      /* the members of package_seen_fields; by guide only its state, and whether it is disputed */
    const char *name;            /* its announcer's; by code masked, "Ana M." */
    const char *phone;           /* masked, "•••67"; NULL when unknown */
    bool has_fee;
    struct fee fee;              /* once it was received */
    struct rates rates;          /* while it is announced: the rates of either type */
    const char *pickup_code;     /* by token, while it is on the shelf and nobody disputes it */
    struct packages ready;       /* by token: what that code hands over, this one with the others of the same person */
    struct fees_sum owes;        /* the sum that those owe together */
    struct attached attached;    /* by token */
    struct package_files photos; /* by token: photos that are ready */
    size_t photos_pending;
    bool email_asked;            /* by token: its announcement has an e-mail that its reader may say to be theirs */
    bool email_doubted;          /* by token: it has none, and its customer's is to be typed before it is told */
    bool email_said;             /* by token: they have, and the letter's own link is still to be opened */
};

enum err track_by_token(struct ctx *c, const char *token, struct track *out) MUST_CHECK;
enum err track_by_code(struct ctx *c, const char *code, struct track *out) MUST_CHECK;
/* Looks up a text that somebody typed: as a code, and if there is no such code, as a guide. */
enum err track_search(struct ctx *c, const char *q, struct track *out) MUST_CHECK;

/* The pickup code, to be shown at the counter; E_NOT_FOUND unless the package is on the shelf. */
enum err track_pickup_code(struct ctx *c, const char *token, const char **code) MUST_CHECK;
/* A photo of that package by its own key, once it is ready. */
enum err track_photo(struct ctx *c, const char *token, const char *key,
                     struct package_file *out) MUST_CHECK;
/* The packages of tracking codes separated by dots: all of them, or E_NOT_FOUND. */
enum err track_codes(struct ctx *c, const char *codes, struct packages *out) MUST_CHECK;

#endif
