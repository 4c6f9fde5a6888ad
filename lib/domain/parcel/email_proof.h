/* Email proof: whoever announces a parcel, a clerk too, writes an e-mail, which may be anybody's.  Until it is proved
 * (the members of struct package) it gets one letter, which asks its reader and tells neither name, guide nor code. */
#ifndef DOMAIN_EMAIL_PROOF_H
#define DOMAIN_EMAIL_PROOF_H

#include "domain/parcel/package.h"

/* Inside a db_write: asks the e-mail of the package's announcement whether it is its reader's, once for an
 * announcement of several packages; nothing when there is none or it is proved. */
enum err email_ask_tx(struct ctx *c, const struct package *p) MUST_CHECK;
/* True when nobody can tell whether somebody of the same name and phone who announced *p later, with this e-mail or
 * with none (NULL), is the same person: the package waits, no SMS goes to the phone, its own e-mail is another one, and
 * neither the person nor a clerk has said which is theirs.  Whoever announced later claims the package (claim.h). */
bool email_is_anothers(struct ctx *c, const struct package *p, const char *email);
/* Inside a db_write: the e-mail, which is not another's, is the package's from now on, and is asked as
 * above; one that the phone's owner or a clerk had said to be the person's stays.  Sets *p, whose history tells it. */
enum err email_later_tx(struct ctx *c, struct package *p, const char *email) MUST_CHECK;
/* Inside a db_write: a clerk has written the e-mail of its customer, who has not confirmed it: a package that
 * waits, in a name that is theirs, and of which no e-mail was announced asks it. */
enum err email_written_tx(struct ctx *c, struct package *p, const char *email) MUST_CHECK;
/* The address by which the reader of that letter proves it; derived and stored nowhere.  NULL, with the fault
 * E_INTERNAL, when the secret token_key cannot be read. */
const char *email_link(struct ctx *c, const struct package *p);
/* The package whose announcement's e-mail a token of email_link proves; E_NOT_FOUND for any other. */
enum err package_by_email_link(struct ctx *c, const char *token, struct package *out) MUST_CHECK;

/* The announcement's e-mail is proved by its link, for the *n packages in ids (room for EMAIL_PACKAGES) that were
 * announced together and were not proved yet. */
#define EMAIL_PACKAGES 20
enum err email_prove_tx(struct ctx *c, const struct package *p, int64_t *ids, size_t *n) MUST_CHECK;
/* The phone's owner says that it is theirs, for all their parcels that were announced with it; *opened: somebody who
 * reads that mailbox, or a clerk, has said so too. */
enum err email_say_tx(struct ctx *c, const struct package *p, bool *opened) MUST_CHECK;
/* The phone's owner has said so and the mailbox's reader too: it is theirs, for all those parcels. */
enum err email_own_tx(struct ctx *c, const struct package *p) MUST_CHECK;
/* Its customer's e-mail is that of the announcement, which has none: the phone's owner has typed it. */
enum err email_adopt_tx(struct ctx *c, const struct package *p) MUST_CHECK;
/* Inside a db_write: all parcels of the package's customer forget its announced e-mail, which is a stranger's.
 * *changed: there was one to forget. */
enum err email_forget_tx(struct ctx *c, const struct package *p, bool *changed) MUST_CHECK;

#endif
