/* Override: why a hand-over may go without a code. */
#ifndef DOMAIN_OVERRIDE_H
#define DOMAIN_OVERRIDE_H

#include "base/words.h"

extern const struct word override_reasons[];

#endif
