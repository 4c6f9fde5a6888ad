/* Package_select: the columns of package_fields and of a list's brief rows, for the files that
 * read packages. Only files of domain/ include it. */
#ifndef DOMAIN_PACKAGE_SELECT_H
#define DOMAIN_PACKAGE_SELECT_H

/* Of `rows`, among them the packages as p. */
#define PACKAGE_FROM(rows)                                                                        \
    " FROM " rows " LEFT JOIN positions o ON o.id = p.position_id"                                     \
    " LEFT JOIN customers c ON c.id = p.customer_id "
#define PACKAGE_SELECT_OF(rows)                                                                   \
    "SELECT p.id, p.tracking_code, p.public_token, p.pickup_version, p.guide_number, p.guide_key,"     \
    " p.carrier, p.state, p.type, p.condition, p.customer_id, p.announced_name, p.announced_phone,"    \
    " p.declared_value, p.position_id, p.rate_id, p.base_fee, p.storage_per_day, p.free_hours,"        \
    " p.announced_at, p.received_at, p.delivered_at, p.cancelled_at, p.received_by, p.delivered_by,"   \
    " p.cancelled_by, p.storage_days, p.storage_fee, p.total_fee, p.discount, p.proof,"                \
    " p.receiver_name, p.receiver_document_type, p.receiver_document_last4, p.cancel_reason,"          \
    " p.cancel_text, p.observations, p.last_event_id, o.code, c.full_name, c.phone, c.email"           \
    PACKAGE_FROM(rows)
#define PACKAGE_SELECT PACKAGE_SELECT_OF("packages p")
/* What a row of a list shows (brief_rows): a page of 50 is read in half the time. */
#define PACKAGE_SELECT_BRIEF                                                                      \
    "SELECT p.id, p.tracking_code, p.guide_number, p.carrier, p.state, p.customer_id, p.announced_name,"  \
    " p.base_fee, p.storage_per_day, p.free_hours, p.announced_at, p.received_at, p.delivered_at,"     \
    " p.cancelled_at, o.code, c.full_name, c.phone" PACKAGE_FROM("packages p")

#endif
