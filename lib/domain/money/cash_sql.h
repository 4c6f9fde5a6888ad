/* Cash sql: how the payments of a drawer, and those in none, are listed: all packages of a hand-over in one row for each
 * way to pay.  Only files of this folder include this header. */
#ifndef DOMAIN_CASH_SQL_H
#define DOMAIN_CASH_SQL_H

/* The columns of struct cash_payment; a condition on p follows, and then CASH_AT_ONCE. */
#define CASH_PAYMENTS                                                                                           \
    "SELECT min(p.id), p.taken_at, sum(p.amount), p.method, p.reference, count(DISTINCT p.package_id),"         \
    " min(p.package_id), min(k.guide_number), u.full_name, max(p.reverses), p.reason FROM payments p"           \
    " JOIN packages k ON k.id = p.package_id JOIN users u ON u.id = p.taken_by WHERE "
/* How many rows these are. */
#define CASH_ROWS                                                                                               \
    "count(DISTINCT p.operation_id || '|' || coalesce(p.reference, '') || '|' || p.taken_at || '|' || p.method"  \
    " || (p.reverses IS NULL))"
/* The payments that were taken, or given back, at once. */
#define CASH_AT_ONCE                                                                                            \
    " GROUP BY p.operation_id, p.method, p.reference, p.taken_at, p.taken_by, p.reverses IS NULL, p.reason"

#endif
