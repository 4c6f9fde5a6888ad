/* WhatsApp: links with a written message, which staff tap.  Others may see the message, and it passes
 * through another company, so it names no pickup code and no address of a customer's page, which opens that page to
 * anybody.  The address of a receipt opens that receipt alone (domain/handover/receipt.h).  A customer who
 * authorises somebody sends that person's own code themselves (track/page.c). */
#ifndef CGI_WHATSAPP_H
#define CGI_WHATSAPP_H

#include "app/route.h"
#include "domain/handover/delivery.h"

/* NULL for a phone without WhatsApp: none, or a Colombian landline. */
const char *whatsapp_link(struct req *r, const char *phone, const char *text);
const char *whatsapp_name(struct req *r, const char *full_name);     /* first name, for a greeting */

/* A message about what was handed over, when, and what was paid and not reversed.  NULL if the customer is
 * unknown or has no phone with WhatsApp. */
const char *whatsapp_receipt(struct req *r, const struct delivery *d);

#endif
