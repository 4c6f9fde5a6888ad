/* Message template: the wording of a message, by event and channel.  An edit is a new version;
 * messages written before go out as they were worded then. */
#ifndef DOMAIN_TEMPLATE_H
#define DOMAIN_TEMPLATE_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"

struct message_template {
    int64_t id;
    const char *event, *channel;
    int64_t version;
    const char *subject, *body, *class;
    int64_t created_at;
    const char *created_by;
    const char *provider_name;   /* WhatsApp: the name of the template that Meta approved; NULL: none yet */
    const char *provider_language, *category;
};
FIELD_TABLE(struct message_template, message_template_fields)
extern const struct word message_classes[], whatsapp_categories[];
struct message_templates { struct message_template *v; size_t n; };

/* The versions in use: one for each event and channel. */
enum err message_template_list(struct ctx *c, struct message_templates *out) MUST_CHECK;
enum err message_template_get(struct ctx *c, const char *event, const char *channel,
                              struct message_template *out) MUST_CHECK;
/* The versions of one template, the newest first. */
enum err message_template_versions(struct ctx *c, const char *event, const char *channel,
                                   struct message_templates *out) MUST_CHECK;

struct message_template_in {
    const char *event, *channel, *subject, *body, *class;
    const char *provider_name, *provider_language, *category;    /* of WhatsApp */
};

/* A wording tried out: the text of an SMS or an e-mail with usual values; for an SMS also what it
 * takes with usual and with the longest values.  Prices are pesos. */
struct message_template_preview {
    const char *subject, *text;
    const char *warning;         /* a sentence in Spanish about words that will read wrong; NULL when none is known */
    const char *numbered;        /* of WhatsApp: with {{1}} for its first variable, as Meta is given it */
    const char *encoding;        /* "GSM-7" or "UCS-2"; NULL but for an SMS */
    int64_t characters, parts, price;
    int64_t longest_characters, longest_parts, longest_price;
};
FIELD_TABLE(struct message_template_preview, message_template_preview_fields)
/* E_INVALID for a variable that the event does not have, and for a needed one that the text does not
 * have. */
enum err message_template_preview(struct ctx *c, const struct message_template_in *in,
                                  struct message_template_preview *out) MUST_CHECK;
/* The characters and parts of an SMS of that text, and what it costs in pesos. */
enum err sms_measure(struct ctx *c, const char *text, int64_t *characters, int64_t *parts, int64_t *price) MUST_CHECK;
/* Writes a new version, which is in use from now on; audited. */
enum err message_template_set(struct ctx *c, const struct message_template_in *in,
                              struct message_template *out) MUST_CHECK;

#endif
