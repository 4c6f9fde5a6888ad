/* Identity: the documents by which a person in Colombia is identified. */
#ifndef DOMAIN_IDENTITY_H
#define DOMAIN_IDENTITY_H

#include "base/arena.h"
#include "base/words.h"

extern const struct word identity_types[];
/* The number of one as its letters and digits: "1.020.304" is 1020304; NULL when it is no number. */
const char *identity_number(struct arena *a, const char *typed);

#endif
