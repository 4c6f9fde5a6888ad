/* Package columns: the columns of a package in the order of package_fields, for the statements of package.c and
 * package_list.c, and those that the public sees; and under whose name it is, for the statements of this room;
 * those of other rooms say the same in their own words. */
#ifndef DOMAIN_PACKAGE_COLUMNS_H
#define DOMAIN_PACKAGE_COLUMNS_H

/* The name of a package's customer: as announced, else the customer's own.  "celular de" stands beside it on
 * pages when the phone is known under another's name (package_phone_name). */
#define PARCEL_NAME "CASE WHEN p.customer_id IS NOT NULL THEN coalesce(p.announced_name, c.full_name) END"
/* The phone to which its link, its code and its messages go: the one that was announced, or to which it was given since,
 * and the customer's own only where neither was. A customer has several phones, and a parcel goes to one of them. */
#define PARCEL_PHONE "CASE WHEN p.customer_id IS NOT NULL THEN coalesce(p.announced_phone, c.phone) END"
/* The name of the person whose phone it is, where that is another (customer_met_tx); NULL nearly always, and then
 * it costs nothing. */
#define PARCEL_PHONE_NAME \
    "CASE WHEN c.phone_of IS NOT NULL THEN (SELECT f.full_name FROM customers f WHERE f.id = c.phone_of) END"
/* Whether it is disputed (claim.h): it has an open claim, and waits.  Of one that was handed over or cancelled nobody
 * compares any more; if that is undone, its claims are open again. */
#define PARCEL_DISPUTED "p.disputed AND p.state IN ('ANUNCIADO', 'RECIBIDO')"

/* The e-mail of a package's customer, once they have confirmed it: what a clerk has typed may be another's. */
#define PARCEL_EMAIL "iif(c.email_confirmed_at > 0, c.email, NULL)"

#define PACKAGE_JOINS                                                                                     \
    " LEFT JOIN positions o ON o.id = p.position_id LEFT JOIN customers c ON c.id = p.customer_id "
#define PACKAGE_FROM " FROM packages p" PACKAGE_JOINS
#define PACKAGE_COLUMNS                                                                                  \
    "SELECT p.id, p.tracking_code, p.public_token, p.link_version, p.pickup_version, p.guide_number,"  \
    " p.guide_key, p.carrier, p.state, p.type, p.condition, p.customer_id, p.announced_name, p.announced_phone,"    \
    " p.declared_value, p.position_id, p.rate_id, p.base_fee, p.storage_per_day, p.free_hours,"        \
    " p.announced_at, p.received_at, p.delivered_at, p.cancelled_at, p.received_by, p.delivered_by,"   \
    " p.cancelled_by, p.operation_id, p.storage_days, p.storage_fee, p.total_fee, p.discount, p.proof,"  \
    " p.receiver_name, p.receiver_document_type, p.receiver_document_last4, p.cancel_reason,"          \
    " p.cancel_text, p.observations, p.last_event_id, p.announced_email, p.email_proof,"          \
    " p.announced_address, p.email_said_at, o.code, " PARCEL_NAME ", " PARCEL_PHONE ", " PARCEL_EMAIL ", " PARCEL_PHONE_NAME ", c.full_name, " PARCEL_DISPUTED
#define PACKAGE_SELECT PACKAGE_COLUMNS PACKAGE_FROM

/* The columns of package_seen_fields, in its order. */
#define PACKAGE_SEEN_SELECT                                                                               \
    "SELECT p.id, p.tracking_code, p.pickup_version, p.guide_number, p.carrier, p.state, p.type, p.customer_id,"     \
    " p.announced_name, p.announced_phone, p.base_fee, p.storage_per_day, p.free_hours, p.announced_at, p.received_at," \
    " p.delivered_at, p.cancelled_at, p.operation_id, p.storage_days, p.storage_fee, p.total_fee, p.discount,"       \
    " p.receiver_name, p.cancel_reason, p.announced_email, p.email_proof, p.email_said_at, " PARCEL_NAME ", " PARCEL_PHONE "," \
    " " PARCEL_EMAIL ", c.full_name, " PARCEL_DISPUTED " FROM packages p LEFT JOIN customers c ON c.id = p.customer_id "

#endif
