/* Identity: the papers that a person in Colombia shows. */
#ifndef DOMAIN_IDENTITY_H
#define DOMAIN_IDENTITY_H

#include "base/words.h"

extern const struct word identity_types[];

#endif
