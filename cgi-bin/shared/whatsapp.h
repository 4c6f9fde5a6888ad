/* WhatsApp: links that staff tap; the message is written already.  It may be read over a
 * shoulder and passes through another company, so it names nothing secret: no code, and no
 * address of a customer's page, since who has that has the page. */
#ifndef CGI_WHATSAPP_H
#define CGI_WHATSAPP_H

#include "app/route.h"
#include "domain/handover/delivery.h"

/* NULL for a phone that has no WhatsApp: none, or a landline. */
const char *whatsapp_link(struct req *r, const char *phone, const char *text);
const char *whatsapp_name(struct req *r, const char *full_name);     /* as one is greeted: the first */

/* What was handed over, when, and what was paid of it and stands.  NULL: nobody to send it to. */
const char *whatsapp_receipt(struct req *r, const struct delivery *d);

#endif
