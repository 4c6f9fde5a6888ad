/* Docs: the description of the API (/api/v1/openapi.json), and the pages that show it (/docs). */
#ifndef SITE_DOCS_H
#define SITE_DOCS_H

#include "app/route.h"

extern const struct params docs_params, docs_operation_params;

enum err docs_index(struct req *r);          /* what the API asks of its clients, and its operations, found by q */
enum err docs_operation(struct req *r);      /* one operation: who may, parameters, answer, errors, an example */
enum err docs_openapi(struct req *r);        /* the document itself */

#endif
