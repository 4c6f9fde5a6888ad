/* The form for a box that a carrier says it left here (domain/public/missing.h). */
#ifndef CGI_TRACK_MISSING_H
#define CGI_TRACK_MISSING_H

#include "app/route.h"

extern const struct params missing_form_params, missing_ask_params, missing_done_params;
handler missing_form, missing_asking, missing_done;

#endif
