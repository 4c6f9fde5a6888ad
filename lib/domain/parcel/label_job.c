#include "domain/ground/operation.h"
#include "domain/ground/setting.h"
#include "domain/parcel/label_job.h"
#include "json/json.h"
#include "queue/job.h"

const struct word label_symbols[] = { WORD("qr"), WORD("128"), WORDS_END };

#define RAW_PORT 9100            /* where printers take what they are to print; a person may name no other */

struct label_printer label_printer_now(struct ctx *c)
{
    const char *host = setting_text(c, S_LABELS_PRINTER);

    if (is_blank(host))
        return (struct label_printer){ c->conf->label_printer, c->conf->label_language };
    return (struct label_printer){ arena_printf(c->a, "%s:%d", host, RAW_PORT), setting_text(c, S_LABELS_LANGUAGE) };
}

bool label_printer(struct ctx *c)
{
    return !is_blank(label_printer_now(c).address);
}

enum err label_print_tx(struct ctx *c, const struct label_in *in)
{
    struct json_object *args = json_object_new_object();
    const char *text;

    json_add_text(args, "ids", operation_ids(c->a, in->ids, in->count));
    json_add_int(args, "batch", in->batch);
    json_add_text(args, "zone", in->zone ? in->zone : "");
    json_add_text(args, "symbol", in->symbol ? in->symbol : label_symbols[0].value);
    text = json_text(c->a, args);
    json_object_put(args);
    return job_add_tx(c, &(struct job_new){ .kind = "label.print", .args = text,
                                            .package_id = in->count == 1 ? in->ids[0] : 0 }, NULL);
}

enum err label_received_tx(struct ctx *c, int64_t package_id)
{
    const struct label_in in = { .ids = &package_id, .count = 1 };

    return label_printer(c) && setting_int(c, S_LABELS_RECEIVE) != 0 ? label_print_tx(c, &in) : OK;
}
