/* The pages of ageing: the shelf by age with whom to call, and the dossier of a package. */
#ifndef CGI_AGEING_PAGE_H
#define CGI_AGEING_PAGE_H

#include "app/route.h"
#include "domain/custody/ageing.h"
#include "domain/custody/attempt.h"

enum err ageing_list(struct req *r, const struct callee_filter *f);
enum err ageing_dossier(struct req *r, int64_t id);

#endif
