/* Correcting a package: its page, its form, PATCH. */
#ifndef CGI_PACKAGES_CORRECT_H
#define CGI_PACKAGES_CORRECT_H

#include "app/route.h"

extern const struct params correct_page_params, correct_params;
enum err correct_page(struct req *r) MUST_CHECK;
enum err correct(struct req *r) MUST_CHECK;  /* the form and PATCH */

#endif
