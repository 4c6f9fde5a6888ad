#include "domain/people/identity.h"

#include <stddef.h>

const char *const identity_types[] = { "CC", "CE", "TI", "NIT", "PAS", "PPT", NULL };
