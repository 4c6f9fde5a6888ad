/* Label job: which labels the printer of the counter is asked for.  paper/label.h says what stands on
 * a label; the job label.print sends them. */
#ifndef DOMAIN_LABEL_JOB_H
#define DOMAIN_LABEL_JOB_H

#include "base/ctx.h"
#include "base/words.h"

extern const struct word label_symbols[];    /* qr, 128 */

/* Labels of packages (ids), of a courier's drop (batch, or 0) and of the positions of a zone (or
 * NULL): all of them are printed. */
struct label_in {
    const int64_t *ids;
    size_t count;
    int64_t batch;
    const char *zone, *symbol;   /* symbol: one of label_symbols; NULL: qr */
};

/* The printer of the counter: that of the settings, else of the configuration. */
struct label_printer {
    const char *address;         /* host:port; "": there is none */
    const char *language;        /* zpl or escpos */
};
struct label_printer label_printer_now(struct ctx *c);
bool label_printer(struct ctx *c);           /* true: there is one */
/* Queues a job that prints them. */
enum err label_print_tx(struct ctx *c, const struct label_in *in) MUST_CHECK;
/* Inside a reception: queues the package's label if the setting labels.on_receive asks for it. */
enum err label_received_tx(struct ctx *c, int64_t package_id) MUST_CHECK;

#endif
