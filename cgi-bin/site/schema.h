/* Schema: a JSON schema of the API's description, told to people. */
#ifndef SITE_SCHEMA_H
#define SITE_SCHEMA_H

#include "base/arena.h"
#include "json/json.h"
#include "view/view.h"

/* Says what a value must be, in Spanish: "texto de hasta 60", "entero de 1 a 200", "lista de enteros". */
const char *schema_words(struct arena *a, struct json_object *doc, struct json_object *schema);

/* Appends a row to the list `key` of n for each member of an object, and of the objects and lists inside: name with its
 * way ("items[].phone"), kind in words, doc, required.  */
void schema_rows(struct view_node *n, struct arena *a, struct json_object *doc, struct json_object *schema);

#endif
