/* Incidents: why a box was not handed over, who resolves it, and the list of those that are open. */
#ifndef CGI_DELIVER_INCIDENTS_H
#define CGI_DELIVER_INCIDENTS_H

#include "app/route.h"

extern const struct params incident_list_params, incident_params, incident_again_params, incident_end_params;
handler incidents, incident_say, incident_undo, incident_cancel, incident_end, incident_report_json;

#endif
