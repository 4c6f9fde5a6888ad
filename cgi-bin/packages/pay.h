/* A payment of a package that belongs to no hand-over: its page, its form, the API. */
#ifndef CGI_PACKAGES_PAY_H
#define CGI_PACKAGES_PAY_H

#include "app/route.h"

extern const struct params pay_page_params, pay_params;
handler pay_page, pay;

#endif
