/* Guide owner: whether a box was thought to be another person's before, under the same guide.  Where giving a parcel to
 * another needs an approval (APPROVE_GIVING, people/approval.h), so does each way to the same end: a reception that was
 * undone, an announcement that was cancelled, a recipient who was taken back. */
#ifndef DOMAIN_GUIDE_OWNER_H
#define DOMAIN_GUIDE_OWNER_H

#include "domain/parcel/package.h"

struct guide_owner {
    const char *phone;           /* number of its person to be; NULL: none, and customer_id tells them */
    int64_t customer_id;
    bool claims;                 /* a claim of the package itself counts as well */
};
/* True when the guide of *p, of which number, id and the announcement's e-mail are read, was announced, received,
 * claimed or identified under another phone, or with another e-mail where no SMS goes: in another package,
 * cancelled since, or in a recipient of any that was taken back.  The package's own announcement does not count.
 * Also when that cannot be read. */
bool guide_is_anothers(struct ctx *c, const struct package *p, const struct guide_owner *to);

#endif
