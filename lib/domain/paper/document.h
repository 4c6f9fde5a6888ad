/* Document: a PDF of one thing, asked for by a person and made by the job document.build
 * from what the database says then.  It is no record: it goes after some days and is made
 * again when it is wanted. */
#ifndef DOMAIN_DOCUMENT_H
#define DOMAIN_DOCUMENT_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"
#include "store/db.h"

#define DOCUMENT_DAYS 7          /* how long one is kept */

struct document {
    int64_t id;
    const char *key, *kind;      /* of document_kinds */
    int64_t subject_id;          /* a package; of a cierre a drawer, of an entrega a batch */
    const char *state;           /* pending, ready, failed */
    const char *title;           /* as it stands on it, once it is ready */
    const char *storage_key, *error;
    int64_t asked_at, ready_at, size, pages;
};
FIELD_TABLE(struct document, document_fields)
extern const struct word document_kinds[];       /* recibo, cierre, expediente, custodia, entrega */

/* Asking for a document that is under way gives the same one.  E_NOT_FOUND, E_FORBIDDEN as for the thing
 * itself; E_CONFLICT while there is nothing to print: a receipt before the hand-over, a
 * closing before the count. */
struct document_in { const char *kind; int64_t subject_id; };
enum err document_ask(struct ctx *c, const struct document_in *in, struct document *out) MUST_CHECK;
enum err document_by_id(struct ctx *c, int64_t id, struct document *out) MUST_CHECK;

/* Send a document by e-mail to whom it may concern, as an attachment; audited.  E_CONFLICT before it is
 * ready, and when it went to that address already. */
struct document_mail_in { int64_t id; const char *email; };
enum err document_mail(struct ctx *c, const struct document_mail_in *in, struct document *out) MUST_CHECK;

/* The receipt, by the customer's link; E_THROTTLED for a network that asks for too many. */
enum err document_ask_receipt(struct ctx *c, const char *token, struct document *out) MUST_CHECK;
enum err document_of_token(struct ctx *c, const char *token, const char *key, struct document *out) MUST_CHECK;

#endif
