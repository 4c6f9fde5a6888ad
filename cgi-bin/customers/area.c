/* Customers: the people of the point: found and leafed through, written down and changed, with all that their parcels
 * came to. */
#include "app/route.h"
#include "detail.h"
#include "edit.h"
#include "list.h"
#include "merge.h"

#define READ "customers:read"
#define WRITE "customers:write"
#define ONE "/customers/{id}"
#define API "/api/v1/customers"
static const struct route routes[] = {
    { GET, "/customers", ROLE_USUARIO, NULL, customers_index, PAGE, "Clientes" },
    { GET, "/customers/manage", ROLE_USUARIO, &customers_params, customers_list, PAGE, "Clientes" },
    { GET, "/customers/sheet", ROLE_ADMIN, &customers_sheet_params, customers_sheet, RAW, "Clientes en una hoja" },
    { GET, "/customers/duplicates", ROLE_USUARIO, &customers_twins_params, customers_twins, PAGE, "Clientes repetidos" },
    { GET, "/customers/check-duplicate", ROLE_USUARIO, &customers_check_params, customers_check, PAGE,
      "Quién puede ser el mismo cliente" },
    { GET, "/customers/new", ROLE_OPERADOR, &customers_new_page_params, customers_new_page, PAGE, "Nuevo cliente" },
    { POST, "/customers", ROLE_OPERADOR, &customers_new_params, customers_new, PAGE | OPTIONAL_KEY,
      "Crear el cliente",
      .form = "/customers/new" },
    { GET, ONE, ROLE_USUARIO, &customers_id_params, customers_detail, PAGE, "Cliente" },
    { GET, ONE "/edit", ROLE_OPERADOR, &customers_id_params, customers_edit_page, PAGE, "Cambiar los datos de un cliente" },
    { POST, ONE "/edit", ROLE_OPERADOR, &customers_edit_params, customers_edit, PAGE, "Cambiar los datos de un cliente",
      .form = ONE "/edit" },
    { POST, ONE "/opt-out", ROLE_OPERADOR, &customers_opt_out_params, customers_opt_out, PAGE,
      "Que un cliente no reciba mensajes por un medio, o los reciba otra vez", .form = ONE },
    { GET, ONE "/merge", ROLE_ADMIN, &customers_merge_page_params, customers_merge_page, PAGE, "Unir dos fichas" },
    { POST, ONE "/merge", ROLE_ADMIN, &customers_merge_params, customers_merge, PAGE | IDEMPOTENT, "Unir dos fichas",
      .form = ONE "/merge" },
    { POST, ONE "/erase", ROLE_ADMIN, &customers_erase_params, customers_erase, PAGE, "Borrar los datos de un cliente", .form = ONE },
    { POST, ONE "/export", ROLE_ADMIN, &customers_id_params, customers_export, RAW, "Sacar los datos de un cliente", .form = ONE },
    { POST, ONE "/unmerge", ROLE_ADMIN, &customers_unmerge_params, customers_unmerge, PAGE, "Deshacer la unión de dos fichas",
      .form = ONE },
    { GET, API, ROLE_USUARIO, &customers_params, customers_list, JSON, "Clientes, los más nuevos primero", READ,
      GIVES_LIST_OF(200, customer_row_fields) },
    { GET, API "/duplicates", ROLE_USUARIO, &customers_twins_params, customers_twins, JSON,
      "Clientes que pueden ser una sola persona", READ, GIVES_LIST_OF(200, twin_pair_fields) },
    { GET, API "/check-duplicate", ROLE_USUARIO, &customers_check_params, customers_check, JSON,
      "Quién puede ser ya el cliente que se va a crear", READ, GIVES_ALL_OF(200, twin_fields) },
    { GET, API "/{id}", ROLE_USUARIO, &customers_id_params, customers_detail, JSON | TAGGED,
      "Un cliente, con lo que suman sus paquetes", READ, GIVES(200, customer_answer_fields) },
    { GET, API "/{id}/packages", ROLE_USUARIO, &customers_packages_params, customers_packages, JSON,
      "Sus paquetes, los más nuevos primero", READ, GIVES_LIST_OF(200, package_fields) },
    { POST, API, ROLE_OPERADOR, &customers_new_params, customers_new, JSON | OPTIONAL_KEY | TAGGED,
      "Crear un cliente; si se parece a uno que ya está, solo con another", WRITE, GIVES(201, customer_fields),
      .shows = "name phone email tower apartment" },
    { PATCH, API "/{id}", ROLE_OPERADOR, &customers_edit_params, customers_edit, JSON | OPTIONAL_KEY | TAGGED,
      "Cambiar los datos de un cliente: solo lo que se da; con If-Match, si nadie lo cambió", WRITE,
      GIVES(200, customer_fields), .shows = "tower apartment notes" },
    { POST, API "/merge", ROLE_ADMIN, &customers_merge_json_params, customers_merge_json, JSON | IDEMPOTENT,
      "Unir dos clientes que son una persona: todo lo del segundo pasa al primero", WRITE, GIVES(200, merge_fields) },
    { POST, API "/{id}/erase", ROLE_ADMIN, &customers_erase_params, customers_erase, JSON | OPTIONAL_KEY,
      "Borrar los datos de un cliente: quedan los paquetes y el dinero, sin decir de quién", WRITE, GIVES_EMPTY },
    { POST, API "/{id}/export", ROLE_ADMIN, &customers_id_params, customers_export, JSON,
      "Todo lo que el punto sabe de un cliente, y nada de otra persona", READ, GIVES(200, personal_data_fields),
      .keyless = "solo lee" },
    { POST, API "/merges/{id}/undo", ROLE_ADMIN, &customers_unmerge_json_params, customers_unmerge_json,
      JSON | OPTIONAL_KEY,
      "Deshacer una unión, durante un día", WRITE, GIVES(200, merge_fields) },
    { POST, API "/{id}/opt-out", ROLE_OPERADOR, &customers_opt_out_params, customers_opt_out, JSON | OPTIONAL_KEY,
      "Que un cliente no reciba mensajes por un medio, o los reciba otra vez", WRITE, GIVES(200, customer_fields) },
};
const struct area area = { "customers", routes, COUNT(routes), .about = "Clientes" };
