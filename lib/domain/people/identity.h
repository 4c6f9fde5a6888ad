/* Identity: the documents by which a person in Colombia is identified. */
#ifndef DOMAIN_IDENTITY_H
#define DOMAIN_IDENTITY_H

#include "base/words.h"

extern const struct word identity_types[];

#endif
