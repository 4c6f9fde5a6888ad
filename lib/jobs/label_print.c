/* Sends labels to the printer of the counter.  The printer never answers, so after a failure all labels of
 * the job are sent again. */
#include "json/json.h"
#include "domain/paper/label.h"
#include "domain/ground/operation.h"
#include "jobs/jobs.h"
#include "print/label.h"
#include "send/printer.h"

#define PATIENCE 20              /* seconds that the printer may accept nothing, as while its roll is changed */

static void read_args(struct ctx *c, const struct job *j, struct label_in *in)
{
    const struct text *why;
    struct json_object *o = json_parse(j->args, strlen(j->args), &why);
    const char *ids = "", *zone = "", *symbol = "";
    int64_t *list;

    json_get_text(o, "ids", &ids);
    json_get_text(o, "zone", &zone);
    json_get_text(o, "symbol", &symbol);
    in->count = operation_ids_read(c->a, ids, &list);
    in->ids = list;
    in->batch = job_arg(j->args, "batch");
    in->zone = arena_strdup(c->a, zone);
    in->symbol = arena_strdup(c->a, symbol);
    json_object_put(o);
}

static void label_add(struct ctx *c, struct buf *out, const struct label *l, bool line, const char *language)
{
    const struct label_face face = { l->code, l->position, l->name, l->date, line, l->is_position };
    const struct dots d = label_draw(c->a, &face, (int)c->conf->label_dpi);

    if (streq(language, "escpos"))
        label_escpos(out, &d);
    else
        label_zpl(out, &d);
}

struct job_outcome label_print_job(struct ctx *c, const struct job *j)
{
    struct label_in in = { 0 };
    const struct label_printer printer = label_printer_now(c);
    struct buf bytes = { 0 };
    struct send_result sent;
    struct labels all;
    enum err e;

    read_args(c, j, &in);
    if (is_blank(printer.address))
        return job_dead("no hay impresora de etiquetas");
    e = labels_read(c, &in, &all);
    if (e == E_NOT_FOUND || (e == OK && all.n == 0))     /* the parcels are gone meanwhile */
        return job_done();
    if (e != OK)
        return job_again("la base de datos no respondió");
    for (size_t i = 0; i < all.n; i++)
        label_add(c, &bytes, &all.v[i], streq(in.symbol, "128"), printer.language);
    sent = printer_send(printer.address, bytes.data, bytes.len, PATIENCE);
    buf_free(&bytes);
    return sent.sent == SENT_YES ? job_done() : job_again(sent.error);
}
