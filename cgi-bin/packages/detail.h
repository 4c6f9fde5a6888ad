/* The page of one package: its state, what to do, and all that is known of it. */
#ifndef CGI_PACKAGES_DETAIL_H
#define CGI_PACKAGES_DETAIL_H

#include "app/route.h"

/* who, chosen: by what words its person is looked for, and who was chosen, when nobody knows whose it is (people.h). */
enum err package_page(struct req *r, int64_t id, const char *who, int64_t chosen) MUST_CHECK;

#endif
