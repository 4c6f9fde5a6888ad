/* Docs: the description of the API (/api/v1/openapi.json), and the pages that show it (/docs). */
#ifndef SITE_DOCS_H
#define SITE_DOCS_H

#include "app/route.h"

extern const struct params docs_params, docs_operation_params;

enum err docs_index(struct req *r);          /* tells what the API asks of its clients, and lists its operations */
enum err docs_operation(struct req *r);      /* shows one operation: who may, parameters, answer, errors */
enum err docs_openapi(struct req *r);        /* sends the document itself */

#endif
