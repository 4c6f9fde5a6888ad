/* Label: the sticker of a box or of a shelf position, 50 × 25 mm.  The page shows labels, the job
 * label.print sends them to the printer of the counter. */
#ifndef DOMAIN_LABEL_H
#define DOMAIN_LABEL_H

#include "domain/parcel/label_job.h"

#define LABELS_MAX 200           /* at once: a roll has about so many */
#define LABEL_ZONES "todas"      /* as a zone: each of them */

struct label {
    const char *code;            /* the text, which the QR or bar code holds as well */
    const char *position, *name, *date;      /* NULL: none */
    bool is_position;
};
struct labels { struct label *v; size_t n; bool more; };      /* more: LABELS_MAX are here, more were asked for */

enum err labels_read(struct ctx *c, const struct label_in *in, struct labels *out) MUST_CHECK;

/* Prints labels; out: which ones.  E_CONFLICT without a printer. */
enum err labels_print(struct ctx *c, const struct label_in *in, struct labels *out) MUST_CHECK;

#endif
