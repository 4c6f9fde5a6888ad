/* Deliver: the hand-over of one or many packages against a proof and a payment,
 * as one operation (domain.md §4). */
#ifndef DOMAIN_DELIVER_H
#define DOMAIN_DELIVER_H

#include "domain/handover/deliver_in.h"
#include "domain/handover/delivery.h"

/* Hand over all packages or none.  E_INVALID names what is missing or does not add up (the payments
 * must be what is due; the fields of the second are method_2, amount_2 and reference_2),
 * E_NOT_FOUND a wrong code, E_CONFLICT a package that is not on the shelf or another
 * customer's or has an incident that is not among the known ones, or cash without an open drawer
 * (cash.h), E_FORBIDDEN what an OPERADOR may not do alone and no ADMIN has approved (approval.h). */
enum err deliver_packages(struct ctx *c, const struct deliver_in *in, struct delivery *out) MUST_CHECK;

/* The words of the event ENTREGA (kinds.h): "sin código: Otro motivo", else "posición A1". */
struct json_object;
const char *deliver_event_words(struct ctx *c, struct json_object *details, const char *values);

#endif
