/* Wrong PINs: how many were typed at the counter since an ADMIN said that they were seen. */
#ifndef DOMAIN_PINS_WRONG_H
#define DOMAIN_PINS_WRONG_H

#include "base/ctx.h"

struct pins_wrong {
    int64_t count;               /* 0 for whoever is no ADMIN */
    int64_t newest;              /* the last one's number in the audit log; 0: none */
};
enum err pins_wrong_read(struct ctx *c, struct pins_wrong *out) MUST_CHECK;
/* An ADMIN has seen them as far as `newest`.  Audited.  E_CONFLICT: there are newer ones. */
enum err pins_wrong_seen(struct ctx *c, int64_t newest) MUST_CHECK;

#endif
