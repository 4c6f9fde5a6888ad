/* The page of a package for the public. */
#ifndef CGI_TRACK_PAGE_H
#define CGI_TRACK_PAGE_H

#include "app/route.h"
#include "domain/handover/authorization.h"
#include "domain/public/track.h"

/* Shows the page, with as much as the key by which the package was found may see. */
enum err track_show(struct req *r, const struct track *t) MUST_CHECK;
/* Shows the code of a person who was authorised at this link, and the ways to send it. */
enum err track_authorization(struct req *r, const struct track *t, const struct authorization *z) MUST_CHECK;
/* Shows a link to announce that guide. */
void track_fill_announce(struct req *r, const char *guide);
/* True when the package's customer gets SMS, which they may want no more. */
bool track_takes_sms(const struct package *p);

#endif
