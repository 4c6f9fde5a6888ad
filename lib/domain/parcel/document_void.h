/* Document void: PDFs (paper/document.h) that became wrong are given to nobody any more.  A document
 * that is being made meanwhile finds its row failed and is thrown away. */
#ifndef DOMAIN_DOCUMENT_VOID_H
#define DOMAIN_DOCUMENT_VOID_H

#include "base/ctx.h"

/* The job that was to make this document gave up: the document fails, with `why` as its error. */
enum err document_lost_tx(struct ctx *c, int64_t id, const char *why) MUST_CHECK;
/* Voids the chains of custody of that package, since they show a photo that was taken out. */
enum err document_void_tx(struct ctx *c, int64_t package_id) MUST_CHECK;
/* Voids the receipts of the hand-over (operation) that the package was part of, since it was undone:
 * they say that it was paid. */
enum err document_void_receipts_tx(struct ctx *c, int64_t package_id, const char *operation) MUST_CHECK;

#endif
