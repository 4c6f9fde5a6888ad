/* Settings: their pages, a form for each group of setting.def, and their API. */
#ifndef CGI_USERS_SETTINGS_H
#define CGI_USERS_SETTINGS_H

#include "app/route.h"
#include "domain/ground/setting.h"

extern const struct params settings_group_params, settings_save_params, settings_remove_params, settings_test_params,
    settings_logo_params, settings_patch_params;

handler settings_index, settings_group, settings_save, settings_remove, settings_test, settings_logo, settings_json, settings_patch;

#endif
