/* Users: what only administrators see to: the settings of the point, each group a page (settings.c), and the audit
 * log (audit.c). */
#include "audit.h"
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
    { GET, "/admin/audit", ROLE_ADMIN, &audit_params, audit_show, PAGE, "Auditoría" },
    { GET, "/admin/audit/sheet", ROLE_ADMIN, &audit_sheet_params, audit_sheet_show, RAW, "Auditoría en una hoja" },
    { GET, "/admin/audit/verify", ROLE_ADMIN, NULL, audit_verify, PAGE, "Revisar la auditoría" },
    { GET, "/api/v1/audit", ROLE_ADMIN, &audit_params, audit_show, JSON, "Lo que se hizo, lo más nuevo primero",
      "audit:read", GIVES_LIST_OF(200, audit_entry_fields) },
    { POST, "/admin/settings/{group}/logo", ROLE_ADMIN, &settings_logo_params, settings_logo, PAGE, "Subir el logo",
      .form = "/admin/settings/{group}" },
    { GET, "/api/v1/settings", ROLE_ADMIN, NULL, settings_json, JSON | TAGGED, "Ajustes del punto", READ,
      GIVES_ALL_OF(200, setting_fields) },
    { PATCH, "/api/v1/settings", ROLE_ADMIN, &settings_patch_params, settings_patch, JSON | TAGGED,
      "Cambiar ajustes: solo los que se dan; con If-Match, si nadie los cambió", WRITE,
      GIVES_ALL_OF(200, setting_fields), .shows = "site.hours site.phone" },
};
const struct area area = { "users", routes, COUNT(routes), .about = "Ajustes y auditoría" };
