/* Label job: what the printer of the counter is asked for (paper/label.h says what stands on a
 * label; the job label.print sends them). */
#ifndef DOMAIN_LABEL_JOB_H
#define DOMAIN_LABEL_JOB_H

#include "base/ctx.h"

extern const char *const label_symbols[];    /* qr, 128 */

/* Labels of packages, of a courier's drop, of the positions of a zone; these add up. */
struct label_in {
    const int64_t *ids;
    size_t count;
    int64_t batch;
    const char *zone, *symbol;   /* symbol NULL: qr */
};

bool label_printer(const struct ctx *c);     /* there is one */
/* A job that prints them. */
enum err label_print_tx(struct ctx *c, const struct label_in *in) MUST_CHECK;
/* Inside the reception, where the setting labels.on_receive asks for it. */
enum err label_received_tx(struct ctx *c, int64_t package_id) MUST_CHECK;

#endif
