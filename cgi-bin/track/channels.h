/* The form in which the owner of a parcel's link says by which channel they want to be told (people/channel.h). */
#ifndef CGI_TRACK_CHANNELS_H
#define CGI_TRACK_CHANNELS_H

#include "app/route.h"
#include "domain/parcel/package.h"

extern const struct params track_channels_form_params, track_channels_params;
handler track_channels_form, track_channels_save;
/* Whether the form is for this package: WhatsApp goes out here, it has a phone, and nobody disputes whose it is. */
bool track_offers_channels(struct req *r, const struct package *p);

#endif
