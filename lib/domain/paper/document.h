/* Document: a PDF about one thing, asked for by a person and made by the job document.build from the
 * database of that moment.  It is no record: it is deleted after some days, and made again when
 * somebody wants it. */
#ifndef DOMAIN_DOCUMENT_H
#define DOMAIN_DOCUMENT_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"
#include "store/db.h"

#define DOCUMENT_DAYS 7          /* how long one is kept */

struct document {
    int64_t id;
    const char *key, *kind;      /* from document_kinds */
    int64_t subject_id;          /* id of a drawer for cierre, of a batch for entrega, of a customer for datos, else of a package */
    const char *state;           /* pending, ready, failed */
    const char *title;           /* the title on the page, once it is ready */
    const char *storage_key, *error;
    int64_t asked_at, ready_at, size, pages;
};
FIELD_TABLE(struct document, document_fields)
extern const struct word document_kinds[];       /* recibo, cierre, expediente, custodia, entrega, datos */

/* Asking for a document that is under way gives the same one.  E_NOT_FOUND, E_FORBIDDEN as for the thing
 * itself; E_CONFLICT while there is nothing to print: a receipt before the hand-over, a
 * closing before the count. */
struct document_in { const char *kind; int64_t subject_id; };
enum err document_ask(struct ctx *c, const struct document_in *in, struct document *out) MUST_CHECK;
enum err document_by_id(struct ctx *c, int64_t id, struct document *out) MUST_CHECK;

/* Inside a db_write: asks for all that the point knows of a customer, which is handed over by the link of their request. */
enum err document_data_tx(struct ctx *c, int64_t customer_id, struct document *out) MUST_CHECK;
/* The newest one of a customer that was asked for since then; E_NOT_FOUND when there is none. */
enum err document_data(struct ctx *c, int64_t customer_id, int64_t since, struct document *out) MUST_CHECK;

/* Send a document by e-mail to whom it may concern, as an attachment; audited.  E_CONFLICT before it is
 * ready, and when it went to that address already. */
struct document_mail_in { int64_t id; const char *email; };
enum err document_mail(struct ctx *c, const struct document_mail_in *in, struct document *out) MUST_CHECK;

/* The receipt, by the customer's link; E_THROTTLED for a network that asks for too many. */
enum err document_ask_receipt(struct ctx *c, const char *token, struct document *out) MUST_CHECK;
enum err document_of_token(struct ctx *c, const char *token, const char *key, struct document *out) MUST_CHECK;

#endif
