/* The page of one package: its state, what to do, and all that is known of it. */
#ifndef CGI_PACKAGES_DETAIL_H
#define CGI_PACKAGES_DETAIL_H

#include "app/route.h"

enum err package_page(struct req *r, int64_t id) MUST_CHECK;

#endif
