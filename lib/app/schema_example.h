/* Schema example: a value that a JSON schema of the API's description would take. */
#ifndef APP_SCHEMA_EXAMPLE_H
#define APP_SCHEMA_EXAMPLE_H

#include "json/json.h"

/* The schema that a reference ("$ref") leads to; the schema itself if it is none.  Borrowed. */
struct json_object *schema_resolve(struct json_object *doc, struct json_object *schema);
/* An example of a value, made of the examples of its parts: a new reference. */
struct json_object *schema_example(struct json_object *doc, struct json_object *schema);

#endif
