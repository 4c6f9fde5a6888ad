/* What each kind of PDF shows: all of it is read before anything is drawn. */
#ifndef JOBS_DOCUMENT_H
#define JOBS_DOCUMENT_H

#include "base/ctx.h"
#include "print/sheet.h"

struct document_page {
    struct sheet_head head;      /* owner, address and foot are there already */
    sheet_draw *draw;
    const void *arg;
};
/* Of a package, a drawer, or a courier's drop. */
typedef enum err document_read(struct ctx *c, int64_t subject_id, struct document_page *out);
document_read receipt_read, closing_read, dossier_read, proof_read, drop_read;

/* Where anybody may look the package up by its code. */
const char *document_lookup(struct ctx *c, const char *tracking_code);
/* A table of what was sent about a package. */
struct notifications;
void document_messages(struct sheet *s, struct arena *a, const struct notifications *all);
/* "Nequi, ref. 123". */
const char *document_method(struct arena *a, const char *method, const char *reference);

#endif
