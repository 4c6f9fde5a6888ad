#include "domain/ground/operation.h"
#include "domain/ground/setting.h"
#include "domain/parcel/label_job.h"
#include "json/json.h"
#include "queue/job.h"

const struct word label_symbols[] = { WORD("qr"), WORD("128"), WORDS_END };

bool label_printer(const struct ctx *c)
{
    return !is_blank(c->conf->label_printer);
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
