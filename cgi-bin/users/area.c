/* Users: what only administrators see to: the settings of the point, each group a page (settings.c). */
#include "settings.h"

#define READ "settings:read"
#define WRITE "settings:write"
static const struct route routes[] = {
    { GET, "/admin/settings", ROLE_ADMIN, NULL, settings_index, PAGE, "Ajustes" },
    { GET, "/admin/settings/{group}", ROLE_ADMIN, &settings_group_params, settings_group, PAGE, "Ajustes" },
    { POST, "/admin/settings/{group}", ROLE_ADMIN, &settings_save_params, settings_save, PAGE, "Guardar ajustes",
      .form = "/admin/settings/{group}" },
    { POST, "/admin/settings/{group}/remove", ROLE_ADMIN, &settings_remove_params, settings_remove, PAGE,
      "Quitar una clave", .form = "/admin/settings/{group}" },
    { POST, "/admin/settings/{group}/test", ROLE_ADMIN, &settings_test_params, settings_test, PAGE,
      "Enviar una prueba", .form = "/admin/settings/{group}" },
    { GET, "/api/v1/settings", ROLE_ADMIN, NULL, settings_json, JSON, "Ajustes del punto", READ,
      GIVES_ALL_OF(200, setting_fields) },
    { PATCH, "/api/v1/settings", ROLE_ADMIN, &settings_patch_params, settings_patch, JSON,
      "Cambiar ajustes: solo los que se dan; con If-Match, si nadie los cambió", WRITE,
      GIVES_ALL_OF(200, setting_fields) },
};
const struct area area = { "users", routes, COUNT(routes) };
