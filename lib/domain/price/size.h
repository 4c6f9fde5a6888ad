/* Size: the types of packages, by which they are charged and find their place. */
#ifndef DOMAIN_SIZE_H
#define DOMAIN_SIZE_H

#include "base/words.h"

#define PACKAGE_TYPE_WORDS { "NORMAL", "Normal" }, { "EXTRA_DIMENSIONADO", "Extra" }
extern const struct word package_types[];
extern const struct word package_type_limits[];      /* limits of each type: "hasta 30×30×30 cm y 5 kg" */

#endif
