/* Document: private to the files that make PDFs, one for each kind of document.  A document reads everything
 * that it shows before anything is drawn. */
#ifndef JOBS_DOCUMENT_H
#define JOBS_DOCUMENT_H

#include "base/ctx.h"
#include "print/sheet.h"

struct document_page {
    struct sheet_head head;      /* owner, address and foot are set already when a document_read is called */
    sheet_draw *draw;
    const void *arg;
};
/* Reads a document; subject_id is the id of a package, a drawer, a courier's drop or a customer.  E_NOT_FOUND or
 * E_CONFLICT: there is no such thing to show any more. */
typedef enum err document_read(struct ctx *c, int64_t subject_id, struct document_page *out);
document_read receipt_read, closing_read, dossier_read, proof_read, drop_read, person_read;

/* Public address of the page that shows the package of that code. */
const char *document_lookup(struct ctx *c, const char *tracking_code);
/* Draws a table of the messages that were sent about a package. */
struct notifications;
void document_messages(struct sheet *s, struct arena *a, const struct notifications *all);
/* Words for how something was paid: "Nequi, ref. 123". */
const char *document_method(struct arena *a, const char *method, const char *reference);

#endif
