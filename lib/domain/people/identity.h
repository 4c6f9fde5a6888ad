/* Identity: the papers that a person in Colombia shows. */
#ifndef DOMAIN_IDENTITY_H
#define DOMAIN_IDENTITY_H

extern const char *const identity_types[];   /* "CC", "CE" …; ends with NULL */

#endif
