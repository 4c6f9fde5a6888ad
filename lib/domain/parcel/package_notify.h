/* Package notify: the customer of a package is told what happened to it. */
#ifndef DOMAIN_PACKAGE_NOTIFY_H
#define DOMAIN_PACKAGE_NOTIFY_H

#include "domain/message/notification.h"
#include "domain/parcel/package.h"

/* Where its customer is told of the package, and in which order of channels. */
enum err package_addressee(struct ctx *c, const struct package *p, struct addressee *to) MUST_CHECK;
/* notify_addressee_tx (message/notification.h) to the customer whose phone and e-mail are in *p.  What
 * still waits and is not true of the package as it is now is withdrawn.  That a disputed package has arrived is
 * told to all whose it may be, without a code (claim.h). */
enum err notify_package_tx(struct ctx *c, const char *event, const struct package *p, int64_t occurrence,
                           int delay) MUST_CHECK;
/* Queues one message for an announcement: *all are its packages, at least one, of the same person. */
enum err notify_announced_tx(struct ctx *c, const struct packages *all) MUST_CHECK;
/* A message at once to the e-mail of their announcement alone, which was just proved; *all as above. */
enum err notify_email_tx(struct ctx *c, const char *event, const struct packages *all) MUST_CHECK;

#endif
