/* Users: what only administrators see to: who works here (staff.c), the settings of the point, each group a page
 * (settings.c), and the audit log (audit.c). */
#include "audit.h"
#include "settings.h"
#include "staff.h"

#define READ "settings:read"
#define WRITE "settings:write"
#define USERS_READ "users:read"
#define USERS_WRITE "users:write"
static const struct route routes[] = {
    { GET, "/admin/users", ROLE_ADMIN, NULL, staff_list, PAGE, "Personas" },
    { GET, "/admin/users/new", ROLE_ADMIN, NULL, staff_new, PAGE, "Invitar a alguien" },
    { POST, "/admin/users", ROLE_ADMIN, &staff_invite_params, staff_invite, PAGE, "Invitar a alguien",
      .form = "/admin/users/new" },
    { GET, "/admin/users/{id}", ROLE_ADMIN, &staff_id_params, staff_person, PAGE, "Persona" },
    { POST, "/admin/users/{id}", ROLE_ADMIN, &staff_save_params, staff_save, PAGE, "Guardar a una persona",
      .form = "/admin/users/{id}" },
    { POST, "/admin/users/{id}/link", ROLE_ADMIN, &staff_link_params, staff_link, PAGE, "Otro enlace",
      .form = "/admin/users/{id}" },
    { POST, "/admin/users/{id}/disable", ROLE_ADMIN, &staff_id_params, staff_disable, PAGE | WHEN_FULL,
      "Deshabilitar a una persona", .form = "/admin/users/{id}" },
    { POST, "/admin/users/{id}/enable", ROLE_ADMIN, &staff_enable_params, staff_enable, PAGE, "Habilitar a una persona",
      .form = "/admin/users/{id}" },
    { POST, "/admin/users/{id}/sessions/end", ROLE_ADMIN, &staff_id_params, staff_sessions_end, PAGE | WHEN_FULL,
      "Cerrar las sesiones de una persona", .form = "/admin/users/{id}" },
    { GET, "/api/v1/users", ROLE_ADMIN, NULL, staff_list, JSON, "Quienes trabajan aquí", USERS_READ,
      GIVES_ALL_OF(200, user_fields) },
    { GET, "/api/v1/users/{id}", ROLE_ADMIN, &staff_id_params, staff_person, JSON | TAGGED, "Una persona", USERS_READ,
      GIVES(200, user_fields) },
    { POST, "/api/v1/users", ROLE_ADMIN, &staff_invite_params, staff_invite, JSON, "Invitar a alguien", USERS_WRITE,
      GIVES(201, user_linked_fields) },
    { PATCH, "/api/v1/users/{id}", ROLE_ADMIN, &staff_patch_params, staff_save, JSON | TAGGED,
      "Cambiar a una persona: solo lo que se da; con If-Match, si nadie la cambió", USERS_WRITE, GIVES(200, user_fields) },
    { POST, "/api/v1/users/{id}/link", ROLE_ADMIN, &staff_link_params, staff_link, JSON,
      "Otra invitación, o el enlace para otra contraseña", USERS_WRITE, GIVES(201, user_linked_fields) },
    { POST, "/api/v1/users/{id}/disable", ROLE_ADMIN, &staff_id_params, staff_disable, JSON, "Deshabilitar a una persona",
      USERS_WRITE, GIVES(200, user_fields) },
    { POST, "/api/v1/users/{id}/enable", ROLE_ADMIN, &staff_enable_params, staff_enable, JSON, "Habilitar a una persona",
      USERS_WRITE, GIVES(200, user_fields) },
    { POST, "/api/v1/users/{id}/sessions/end", ROLE_ADMIN, &staff_id_params, staff_sessions_end, JSON,
      "Cerrar las sesiones de una persona", USERS_WRITE, GIVES(200, user_fields) },
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
