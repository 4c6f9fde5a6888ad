/* Guide told: what of a guide a message may say.  Anybody may announce any text as a guide, with anybody's phone, and
 * the message goes out in the name of the point. */
#ifndef DOMAIN_GUIDE_TOLD_H
#define DOMAIN_GUIDE_TOLD_H

#include "domain/parcel/package.h"

/* "su paquete" for an own number (own_guide.h).  The guide as it was written if it is all digits, has the form of a carrier, or has at most four letters beside its
 * digits, and no word, telephone or price can be read in it; else its last four characters, "…1234". */
const char *guide_told(struct arena *a, const struct package *p);

#endif
