/* Label: what stands on the sticker of a box or of a shelf position, 50 × 25 mm.  The
 * page shows them, the job label.print sends them to the printer of the counter. */
#ifndef DOMAIN_LABEL_H
#define DOMAIN_LABEL_H

#include "base/ctx.h"

#define LABELS_MAX 200           /* at once: a roll has about so many */
#define LABEL_ZONES "todas"      /* as a zone: each of them */

extern const char *const label_symbols[];    /* qr, 128 */

struct label {
    const char *code;            /* what its symbol says, too */
    const char *position, *name, *date;      /* NULL: none */
    bool is_position;
};
struct labels { struct label *v; size_t n; bool more; };      /* more: than LABELS_MAX were asked for */

/* Of packages, of a courier's drop, of the positions of a zone; these add up. */
struct label_in {
    const int64_t *ids;
    size_t count;
    int64_t batch;
    const char *zone, *symbol;   /* symbol NULL: qr */
};
enum err labels_read(struct ctx *c, const struct label_in *in, struct labels *out) MUST_CHECK;

bool label_printer(const struct ctx *c);     /* there is one */
/* out: which ones.  E_CONFLICT without a printer. */
enum err labels_print(struct ctx *c, const struct label_in *in, struct labels *out) MUST_CHECK;
/* Inside the reception, where the setting labels.on_receive asks for it. */
enum err label_received_tx(struct ctx *c, int64_t package_id) MUST_CHECK;

#endif
