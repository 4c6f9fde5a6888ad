/* Documents: asking for a PDF, waiting for it, and getting it; by staff, and for the receipt by the
 * customer's link. */
#ifndef CGI_DOCUMENTS_H
#define CGI_DOCUMENTS_H

#include "app/route.h"
#include "domain/paper/document.h"

struct document_id_in { int64_t id; };
struct document_key_in { const char *token, *key; };
extern const struct params document_ask_params, document_id_params, document_token_params, document_key_params,
    document_mail_params;

enum err document_request(struct req *r);     /* page and API */
enum err document_page(struct req *r);
enum err document_file(struct req *r);
enum err document_send(struct req *r);        /* page and API */
enum err document_ask_shared(struct req *r);
enum err document_shared(struct req *r);
enum err document_shared_file(struct req *r);
enum err document_json(struct req *r);

#endif
