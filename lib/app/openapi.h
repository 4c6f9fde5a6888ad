/* Openapi: the routes of an area as part of an OpenAPI 3.1 document.  All of it is made from the tables that the programs
 * themselves run by: paths and roles from the routes, parameters from the PARAM rows, answers from the FIELD rows,
 * problems from enum err; examples of values from app/example.def.
 *
 * The build passes the document from program to program, and each adds its routes (cgi-bin/openapi.sh); the program
 * `site` serves it and shows it as pages. */
#ifndef APP_OPENAPI_H
#define APP_OPENAPI_H

#include "app/route.h"

/* Adds the API routes of the area, with the schemas, parameters and problems that they name, to the document.  False:
 * *why is a sentence about what the tables lack, or about two tables of one name; the document is then of no use. */
bool area_describe(struct arena *a, const struct area *ar, struct json_object *doc, const char **why);

/* The row of that name in the route's parameters, or NULL. */
const struct param *route_param(const struct route *rt, const char *name);

#endif
