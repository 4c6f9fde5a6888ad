/* Claims: people who announce one guide, and what they are told, for the tests about it. */
#ifndef UNIT_CLAIMS_H
#define UNIT_CLAIMS_H

#include "domain/custody/claim_settle.h"
#include "domain/parcel/package_announce.h"
#include "fixture.h"

#define ANA "300 555 0101"
#define PEDRO "300 555 0102"
#define LANDLINE "601 555 0103"  /* no SMS goes there */
#define THIEF "extrana@example.com"
#define MAIL "ana@example.com"

/* How many messages of an event wait for a recipient, and the newest one's id. */
extern const struct stmt claim_told, claim_newest;

struct announcement announce_mail(struct fixture *f, const char *name, const char *phone, const char *email,
                                  const char *guides);
struct announcement announce(struct fixture *f, const char *name, const char *phone, const char *guides);
/* A guide that Ana announced first and Pedro after her. */
struct package disputed(struct fixture *f, const char *guide);
int64_t first_claim(struct fixture *f, int64_t package_id);
/* The text of the newest message of that event to a phone, or why it is untrue. */
const char *text_to(struct fixture *f, const char *e164, const char *event);
size_t open_claims(struct fixture *f, int64_t package_id);
/* The consents to a package: of whom, by which claim, from where. */
const char *consents(struct fixture *f, int64_t package_id);
const char *messages_of(struct fixture *f, int64_t package_id);

#endif
