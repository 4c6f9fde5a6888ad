/* Incidents: what the counter says of a box instead of handing it over, and how it ends. */
#ifndef CGI_DELIVER_INCIDENTS_H
#define CGI_DELIVER_INCIDENTS_H

#include "app/route.h"

extern const struct params incident_list_params, incident_params, incident_again_params, incident_end_params;
handler incidents_page, incident_say, incident_undo, incident_cancel, incident_end;
handler incidents_json, incident_json, incident_end_json;

#endif
