/* Signature: strokes as a path of SVG, of who left a courier's drop or received a hand-over. */
#ifndef DOMAIN_SIGNATURE_H
#define DOMAIN_SIGNATURE_H

#include "base/ctx.h"

#define SIGNATURE_MAX 8000       /* bytes of its path … */
#define SIGNATURE_WIDTH 400      /* … on a field of so many units (macros.cst) */
#define SIGNATURE_HEIGHT 160

/* The signature to keep of what was sent: NULL for none.  Another text than a path is a fault of
 * the field "signature", and NULL. */
const char *signature_check(struct ctx *c, const char *sent);

/* The signature of the hand-over that the package was part of; *out is NULL without one. */
enum err signature_of(struct ctx *c, int64_t package_id, const char **out) MUST_CHECK;

/* Inside a db_write: one signature is kept for all packages of a hand-over; undone, it goes with the
 * last of them. */
enum err signature_keep_tx(struct ctx *c, const char *operation, const int64_t *ids, size_t n,
                           const char *signature) MUST_CHECK;
enum err signature_forget_tx(struct ctx *c, int64_t package_id) MUST_CHECK;

#endif
