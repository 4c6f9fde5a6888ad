/* Package: a parcel from its announcement to its end (domain.md §3, §4), and how it is read by a key.
 * Each step of its life has a header of its own: package_announce, package_receive, package_change,
 * handover/deliver, custody/undo.  A function *_tx runs inside the caller's db_write, so that several
 * steps share one transaction. */
#ifndef DOMAIN_PACKAGE_H
#define DOMAIN_PACKAGE_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"
#include "store/db.h"

struct guide_reading;            /* guide_reading.h */

struct package {
    int64_t id;
    const char *tracking_code;
    const char *public_token;    /* the hash of the link's token (link.h), or the token itself where link_version is 0 */
    int64_t link_version, pickup_version;
    const char *guide_number, *guide_key, *carrier;
    const char *state, *type, *condition;
    int64_t customer_id;
    const char *announced_name, *announced_phone;
    int64_t declared_value, position_id;
    int64_t rate_id, base_fee, storage_per_day, free_hours;
    int64_t announced_at, received_at, delivered_at, cancelled_at;
    int64_t received_by, delivered_by, cancelled_by;
    const char *operation_id;    /* the hand-over's; NULL unless ENTREGADO */
    int64_t storage_days, storage_fee, total_fee, discount;
    const char *proof, *receiver_name, *receiver_document_type, *receiver_document_last4;
    const char *cancel_reason, *cancel_text, *observations;
    int64_t last_event_id;
    /* Fields of the announcement beside name and phone.  email_proof tells how the e-mail was proved to be the
     * person's: "enlace" (by a link sent to it), "celular" (by that link, and typed whole on the page that the
     * phone got), "mostrador" (before 0057: a clerk wrote it); NULL: nobody yet, and nothing is told there.  email_said_at: when
     * it was typed on that page; 0: it was not. */
    const char *announced_email, *email_proof, *announced_address;
    int64_t email_said_at;
    /* read along from the package's position and customer: its customer's name is that of the announcement
     * if there is one; the e-mail is confirmed; phone_name is whose phone it is, if another's;
     * person_name is the customer's own name */
    const char *position_code, *customer_name, *customer_phone, *customer_email, *phone_name, *person_name;
    int64_t disputed;            /* 1: it waits, somebody else announced it too (claim.h), and nobody has compared */
};
FIELD_TABLE(struct package, package_fields)   /* every member */
FIELD_TABLE(struct package, package_public_fields)  /* for anybody who has the tracking code */
/* The members of which the public's page and answers of a package are made (public/track.h): nothing about where it
 * lies, who of the staff had it, or how its receiver was known. */
FIELD_TABLE(struct package, package_seen_fields)

extern const struct word package_states[];           /* words of several: "Anunciados" */
extern const struct word package_conditions[];

struct packages { struct package *v; size_t n; bool near; };  /* near: found as typos (package_find.h) */

/* A package is read by a key, a text as people type it; E_NOT_FOUND when there is none. */
enum err package_by_id(struct ctx *c, int64_t id, struct package *out) MUST_CHECK;
enum err package_by_code(struct ctx *c, const char *code, struct package *out) MUST_CHECK;
/* The same with the members of package_seen_fields alone; the others are 0 or NULL. */
enum err package_seen_by_code(struct ctx *c, const char *code, struct package *out) MUST_CHECK;
/* The package of a guide that the text may stand for (guide_reading.h) and that is not cancelled, else the latest
 * cancelled one. */
enum err package_by_guide(struct ctx *c, const char *guide, struct package *out) MUST_CHECK;
/* The packages of these ids, in their order, by one statement; ids without a package are left out. */
enum err packages_by_ids(struct ctx *c, const int64_t *ids, size_t n, struct packages *out) MUST_CHECK;
/* A scanner's reading of a box: a tracking code is tried first, then a guide, so that a guide that
 * looks like a code hides no package. */
enum err package_by_scan(struct ctx *c, const char *text, struct package *out) MUST_CHECK;

/* Adds the fault of a reading that is no guide, or two, to c->fault at the field, and returns E_INVALID. */
enum err guide_refuse(struct ctx *c, const struct guide_reading *read, const char *field);
/* E_INVALID at the field when a reading of which there is no package seems to be two guides that ran together, by
 * their form or because one of them is a package's; the sentence names both. */
enum err package_reading_check(struct ctx *c, const struct guide_reading *read, const char *field) MUST_CHECK;

/* The name under which its phone is known, when that is another person's than the package's; else NULL. */
const char *package_phone_name(struct ctx *c, const struct package *p);
/* True when the person of the announcement is its customer beyond doubt (local/name.h): of those with one phone a
 * customer is found by one word of the name. */
bool package_is_persons(struct ctx *c, const struct package *p);
/* Its customer's own e-mail, if package_is_persons; NULL otherwise: a name like theirs sends nothing to an e-mail. */
const char *package_own_email(struct ctx *c, const struct package *p);
/* The e-mail that is told of the package: its announcement's if it is proved, else its customer's own; NULL: none.
 * A proof by that e-mail's own link counts only where the customer has none. */
const char *package_email(struct ctx *c, const struct package *p);
/* True when its announcement's e-mail is not known to be the person's: it gets nothing but the question. */
bool package_email_waits(struct ctx *c, const struct package *p);
/* True when a letter about the package may go to that e-mail: it is package_email, or its customer's own. */
bool package_email_is_told(struct ctx *c, const struct package *p, const char *email);
/* True when a letter to that e-mail may hold its code and its link.  Where SMS goes, these go to the phone, and to
 * an e-mail of which the phone's owner or a clerk said that it is theirs; elsewhere to the e-mail that was
 * proved by a link. */
bool package_email_may_know(struct ctx *c, const struct package *p, const char *email);
/* The customer whose parcels on the shelf the package's code may open (package_code_opens); 0: it opens this one
 * alone, since nobody knows whether who announced it has the phone: no SMS goes there. */
int64_t package_code_customer(const struct package *p);
/* The names that people with one phone have; zero: not read yet.  Whoever asks for several packages of one customer
 * hands on the same one, so that they are read once. */
struct package_names { const char **v; size_t n; bool read, unknown; };
/* True when the code of the package `key`, or one that was made at its link, opens *p: it is the same, or of that
 * customer and in the same name (names_same), or in a shorter one that nobody else with that phone has a longer form
 * of, and told to the same phone: who has another phone of the customer may be another person.  People with one phone who
 * share a word of their names are one customer.  What was announced in no name is in its customer's. */
bool package_code_opens(struct ctx *c, const struct package *key, const struct package *p, struct package_names *names);

/* domain_fault (ground/tx.h) for a statement that looked for a package: E_NOT_FOUND has its sentence. */
enum err package_fault(struct ctx *c, enum err e);

#endif
