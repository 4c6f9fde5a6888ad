/* Customer: a person, known by phone and name: several share a phone, some have none (domain.md §1). */
#ifndef DOMAIN_CUSTOMER_H
#define DOMAIN_CUSTOMER_H

#include "base/ctx.h"
#include "base/field.h"
#include "store/db.h"

struct customer {
    int64_t id;
    const char *full_name, *phone, *email;       /* phone NULL: they have none; email: see email_confirmed_at */
    const char *building, *tower, *apartment;
    int64_t sms_opt_out, email_opt_out, created_at;
    int64_t email_confirmed_at;  /* 0: a clerk wrote the e-mail, and nobody who reads it or has the phone has confirmed it */
    const char *document_type, *document_number; /* identity.h; both or neither */
    const char *floor, *address, *city, *notes;
    int64_t is_vip, is_active;
    int64_t known_at;            /* since when a clerk knows them; 0: only an announcement names them */
    const char *other_phones;    /* E.164, with a blank between; messages of a parcel go to the one that announced it */
    int64_t version;             /* grows with every change that their page shows */
};
FIELD_TABLE(struct customer, customer_fields)

struct customer_in {
    const char *name, *phone, *email, *building, *tower, *apartment;
    bool no_phone;               /* staff say that the person has none; phone is empty then */
    bool unmet;                  /* customer_ensure_tx: the public said all this, though a clerk acts on it */
};

/* Normalises *in in place; a wrong member is named in the fault, no_phone with a phone as "phone". */
enum err customer_check(struct ctx *c, struct customer_in *in) MUST_CHECK;
/* Finds the person, or makes one: of those with that phone the one whose name shares most words with in->name
 * (names_shared, local/name.h), by another phone of theirs (customer_phones) only one whose name leaves no doubt,
 * of those without a phone the one of the same name.  What the public says changes no person: only staff fill in
 * what is empty. */
enum err customer_ensure_tx(struct ctx *c, const struct customer_in *in, int64_t *id) MUST_CHECK;
/* The person has stood at the counter with what only their phone was told, and a clerk has read this name (or NULL) on
 * their document, by which they are called from then on.  Only people who were met so, or whom a clerk has written down,
 * are those whose phone it is for the others of that phone: an announcement may have invented its name, and whoever
 * collects it may not know. */
enum err customer_met_tx(struct ctx *c, int64_t id, const char *name) MUST_CHECK;
/* The person is called so from now on, as a clerk says. */
enum err customer_rename_tx(struct ctx *c, int64_t id, const char *name) MUST_CHECK;
/* The person's e-mail from now on, which they have proved to be theirs. */
enum err customer_email_set_tx(struct ctx *c, int64_t id, const char *email) MUST_CHECK;
/* The person's e-mail is forgotten if it is this one; *changed says whether it was. */
enum err customer_email_forget_tx(struct ctx *c, int64_t id, const char *email, bool *changed) MUST_CHECK;
/* True when it is their first phone or another one of theirs, E.164. */
bool customer_has_phone(struct ctx *c, int64_t id, const char *phone);
/* The person's e-mail that a clerk wrote down and that nobody has confirmed, or NULL; NULL also for a parcel in a
 * name that is not theirs beyond doubt (name NULL: in theirs).  Such a parcel asks it as it asks the e-mail of an
 * announcement (parcel/email_proof.h). */
const char *customer_email_waiting(struct ctx *c, int64_t id, const char *name);
/* The person's e-mail if it is confirmed: to no other goes anything but the question whose it is. */
static inline const char *customer_email_confirmed(const struct customer *who)
{
    return who->email_confirmed_at > 0 ? who->email : NULL;
}
enum err customer_by_id(struct ctx *c, int64_t id, struct customer *out) MUST_CHECK;
/* Where an answer to a stranger goes: *phone and *email, as typed, become E.164 and an address, or NULL where blank.  What is
 * wrong is named at its field; `neither` where no SMS and no letter could go. */
void answer_address_check(struct ctx *c, const char **phone, const char **email, const struct text *neither);
/* The customers of these numbers, as far as there are any, read by one statement, in any order. */
struct customers { struct customer *v; size_t n; };
enum err customers_by_ids(struct ctx *c, const int64_t *ids, size_t n, struct customers *out) MUST_CHECK;
/* Where somebody lives, in words: "Los Robles · torre 2 · apto 301"; NULL when nothing of it is known. */
const char *customer_home(struct arena *a, const char *building, const char *tower, const char *apartment);

#endif
