/* Document void: PDFs (paper/document.h) that became wrong are given to nobody any more.  A
 * document that is being made then finds itself failed and is thrown away. */
#ifndef DOMAIN_DOCUMENT_VOID_H
#define DOMAIN_DOCUMENT_VOID_H

#include "base/ctx.h"

/* A document whose job gave up: it will not be made, for that reason. */
enum err document_lost_tx(struct ctx *c, int64_t id, const char *why) MUST_CHECK;
/* A photo of that package went: its chain of custody shows it. */
enum err document_void_tx(struct ctx *c, int64_t package_id) MUST_CHECK;
/* The hand-over (operation) that the package was part of was undone: its receipts say that it was
 * paid. */
enum err document_void_receipts_tx(struct ctx *c, int64_t package_id, const char *operation) MUST_CHECK;

#endif
