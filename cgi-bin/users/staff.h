/* Staff: the people who work here, as an ADMIN sees and invites them; page and API. */
#ifndef CGI_USERS_STAFF_H
#define CGI_USERS_STAFF_H

#include "app/route.h"
#include "domain/people/user_invite.h"

extern const struct params staff_id_params, staff_invite_params, staff_add_params, staff_save_params, staff_patch_params,
    staff_link_params, staff_enable_params;
handler staff_list, staff_new, staff_invite, staff_person, staff_save, staff_link, staff_disable, staff_enable,
    staff_sessions_end, staff_totp_clear;

#endif
