/* Privacy desk: what an ADMIN does with a request about somebody's data: says whose data it is about, notes that a
 * document was seen, extends its term once, and closes it with an answer and what was done, of which the audit log
 * has the proof. */
#ifndef DOMAIN_PRIVACY_DESK_H
#define DOMAIN_PRIVACY_DESK_H

#include "domain/law/privacy_request.h"

#define PRIVACY_ANSWER_MOST 2000
#define PRIVACY_WHY_MOST 500
#define PRIVACY_SEEN_MOST 100

/* Somebody who may be the person that asks: the phone or the e-mail that was written stands with them. */
struct privacy_person {
    int64_t id;
    const char *full_name, *phone, *email, *home;
    int64_t by_phone, by_email;  /* 1: by that */
    int64_t others;              /* how many more people have the phone or the e-mail that proves it */
    bool enough;                 /* the link that was opened is enough to hand the data over: it is theirs alone */
};
FIELD_TABLE(struct privacy_person, privacy_person_fields)
struct privacy_people { struct privacy_person *v; size_t n; };
enum err privacy_people_of(struct ctx *c, const struct privacy_request *p, struct privacy_people *out) MUST_CHECK;

/* The functions below give E_NOT_FOUND for an unknown number and E_CONFLICT for a request that is closed; *out is the
 * request as it is afterwards. */

/* The data are of that customer; seen: the document that a clerk saw, a few words (kept beside the audit log, where it
 * can be erased); NULL: none was seen.  E_INVALID names "customer_id" for nobody. */
struct privacy_identify_in { int64_t id, customer_id; const char *seen; };
enum err privacy_identify(struct ctx *c, const struct privacy_identify_in *in, struct privacy_request *out) MUST_CHECK;
/* Extends the term once, before it is over, and tells the person why.  E_CONFLICT when it was extended before, or is
 * late, or nobody has proved who they are; E_INVALID names "why". */
struct privacy_extend_in { int64_t id; const char *why; };
enum err privacy_extend(struct ctx *c, const struct privacy_extend_in *in, struct privacy_request *out) MUST_CHECK;
/* Answers and closes.  done: of privacy_deeds.  `datos` makes the link give the data for PRIVACY_DATA_DAYS; it needs the
 * customer, and a proof that is theirs alone or a document that was seen.  The others but `respuesta` need a row of
 * the audit log that this was done to that customer since the request.  E_INVALID names "answer" or "done". */
struct privacy_close_in { int64_t id; const char *outcome, *answer, *done; };
enum err privacy_close(struct ctx *c, const struct privacy_close_in *in, struct privacy_request *out) MUST_CHECK;

/* The request by whose link its person may have their data now; E_NOT_FOUND for any other, and once what proved who they
 * are proves it no longer. */
enum err privacy_data_by_secret(struct ctx *c, const char *secret, struct privacy_request *out) MUST_CHECK;

#endif
