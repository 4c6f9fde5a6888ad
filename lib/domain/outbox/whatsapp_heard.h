/* WhatsApp heard: what Meta's webhook tells: what became of messages, and that somebody who was written to wants no
 * more.  Nothing else that people write there is read. */
#ifndef DOMAIN_WHATSAPP_HEARD_H
#define DOMAIN_WHATSAPP_HEARD_H

#include "base/ctx.h"

/* Meta asks whether the webhook's address is ours.  E_NOT_FOUND when no verify token is set or it is another. */
enum err whatsapp_verify(struct ctx *c, const char *mode, const char *token) MUST_CHECK;
/* n bytes of a body as Meta sent it, with its header X-Hub-Signature-256 (NULL: without).  E_NOT_FOUND when no app
 * secret is set, E_FORBIDDEN when the signature is not by it.  Messages that are not ours, and what cannot be read, are
 * passed over, since Meta would repeat what is refused for days. */
enum err whatsapp_heard(struct ctx *c, const char *body, size_t n, const char *signature) MUST_CHECK;

#endif
