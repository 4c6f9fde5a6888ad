/* Deliver quote: the packages that a code or a customer may take, before the hand-over: every one that
 * is ready, in walking order, with the fee that it owes. */
#ifndef DOMAIN_DELIVER_QUOTE_H
#define DOMAIN_DELIVER_QUOTE_H

#include "domain/parcel/incident.h"
#include "domain/parcel/package_fee.h"

struct deliver_quote_in {
    const char *code;            /* a code, or a package, or a customer */
    int64_t customer_id, package_id;
    int64_t authorized;          /* the authorisation that the form has shown before, or 0 */
};
struct deliver_quote_line { struct package package; struct fee fee; struct incident incident; };  /* id 0: none */
struct deliver_quote {
    int64_t customer_id;
    const char *customer_name, *customer_phone;  /* the name: those of the packages, "Ana Ríos, Luz Ríos" */
    const char *phone_name;      /* package_phone_name of the first package that has one */
    struct deliver_quote_line *v;
    size_t n;
    int64_t total;               /* the sum of the packages that are not disputed */
    int64_t at;                  /* the instant of these prices */
    bool held;                   /* the clock jumped ahead and is doubted: they are those of the time that was believed */
    bool by_code;                /* true: the code was right, and proves whose the packages are */
    int64_t authorization;       /* the authorisation whose code it was, or 0 */
    const char *authorized;
    const char *authorized_document;     /* the document to compare, "CC 1020304050" */
};
/* E_NOT_FOUND for a wrong code; five within ten minutes pause the user a
 * minute (E_THROTTLED) and are audited. */
enum err deliver_quote(struct ctx *c, const struct deliver_quote_in *in, struct deliver_quote *out) MUST_CHECK;

#endif
