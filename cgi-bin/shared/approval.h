/* Approval: the fields of a form by which an ADMIN approves on the spot what an OPERADOR may not do alone
 * (templates/shared/approval.cst). */
#ifndef CGI_APPROVAL_H
#define CGI_APPROVAL_H

#include "app/route.h"
#include "domain/people/approval.h"

/* The rows of a page's form whose struct has a struct approval: its name there is the second argument. */
#define APPROVAL_PARAMS(st, member)                                                                            \
    PARAM_AS(st, member.by, "approver", P_ID, PARAM_PAGE, 0, 0, "Qué administrador lo aprueba"),               \
    PARAM_AS(st, member.pin, "pin", P_RAW, PARAM_PAGE, 0, 20, "Su PIN"),                                       \
    PARAM_AS(st, member.of, "approval_of", P_TEXT, PARAM_PAGE, 0, 64, "Qué se le mostró")

/* The approval that a form asks for: NULL to the API, where nobody types a PIN. */
struct approval *approval_typed(const struct req *r, struct approval *a);
/* Offers the ADMINs who have a PIN as the options "approvers", to who is none. */
enum err approval_fill(struct req *r) MUST_CHECK;
/* Puts into the form that comes back what is to be approved, and who does if only one can; gives the fault e back. */
enum err approval_again(struct req *r, const struct approval *a, enum err e);

#endif
