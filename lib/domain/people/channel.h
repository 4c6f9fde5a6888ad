/* Channel: in which order a person wants to be told by WhatsApp, SMS and e-mail.  Who has chosen no order is told by SMS
 * and e-mail at once, and never by WhatsApp: that needs the person's own consent, for one phone of theirs, which is given
 * by the link that came to that phone, or to a clerk who notes how. */
#ifndef DOMAIN_CHANNEL_H
#define DOMAIN_CHANNEL_H

#include "base/ctx.h"
#include "base/words.h"

/* The text that a person agrees to when they choose an order, as pages show it; a changed text needs a new version. */
extern const char whatsapp_consent_version[], whatsapp_consent_text[];

/* The choices, by which channel is first; the value "ninguno" takes the consent back. */
extern const struct word channel_choices[];
/* How a clerk knows that the person agrees. */
extern const struct word channel_proofs[];

/* *order: the person's channels with blanks between, the first one first; NULL: they chose none for that phone. */
enum err channel_order(struct ctx *c, int64_t customer_id, const char *phone, const char **order) MUST_CHECK;
/* The value of channel_choices that an order is; "ninguno" for NULL. */
const char *channel_choice_of(const char *order);

struct channel_choosing {
    int64_t customer_id, package_id;     /* package_id: by whose link; 0: a clerk noted it */
    const char *phone;           /* E.164 */
    const char *choice;          /* a value of channel_choices */
    const char *proof;           /* a value of channel_proofs; NULL by the link */
};
/* Notes the choice with the consent, or that it was taken back, audited. */
enum err channel_choose(struct ctx *c, const struct channel_choosing *in) MUST_CHECK;
/* Inside a db_write: whoever has that phone wants no more by WhatsApp, as they wrote there. */
enum err channel_stop_tx(struct ctx *c, const char *phone) MUST_CHECK;

#endif
