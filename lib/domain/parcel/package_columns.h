/* The columns of a package in the order of package_fields, for the statements of package.c and
 * package_list.c. */
#ifndef DOMAIN_PACKAGE_COLUMNS_H
#define DOMAIN_PACKAGE_COLUMNS_H

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
    " p.cancel_text, p.observations, p.last_event_id, o.code, c.full_name, c.phone, c.email,"    \
    " c.email_confirmed_at"
#define PACKAGE_SELECT PACKAGE_COLUMNS PACKAGE_FROM

#endif
