#include "domain/paper/label.h"

#include "base/clock.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/paper/texts.h"
#include "domain/parcel/batch.h"
#include "domain/shelf/position.h"
#include "json/json.h"
#include "local/name.h"
#include "queue/job.h"

/* ---- the texts of labels ---- */

static void labels_push(struct labels *out, struct label l)
{
    if (out->n < LABELS_MAX)
        out->v[out->n++] = l;
    else
        out->more = true;
}

/* The symbol of a box holds its tracking code, which is short and ours: the hand-over reads it. */
static enum err labels_add_packages(struct ctx *c, const int64_t *ids, size_t n, struct labels *out)
{
    struct packages all;
    enum err e = packages_by_ids(c, ids, n, &all);

    if (e == OK && all.n < n)
        e = package_fault(c, E_NOT_FOUND);
    for (size_t i = 0; e == OK && i < all.n; i++) {
        const struct package *p = &all.v[i];
        const char *name = p->customer_name ? p->customer_name : p->announced_name;

        labels_push(out, (struct label){ p->tracking_code, p->position_code,
            p->disputed ? "EN DISPUTA" : name ? name_masked(c->a, name) : "Por identificar",
            clock_day_exact(c->a, clock_day(p->received_at ? p->received_at : p->announced_at)), false });
    }
    return e;
}

static enum err labels_add_batch(struct ctx *c, int64_t id, struct labels *out)
{
    struct batch b;
    struct batch_lines lines;
    int64_t *ids;
    size_t n = 0;
    enum err e = batch_by_id(c, id, &b);

    if (e == OK)
        e = batch_lines(c, id, &lines);
    if (e != OK)
        return e;
    ids = arena_alloc(c->a, (lines.n + 1) * sizeof *ids);
    for (size_t i = lines.n; i-- > 0;)
        if (lines.v[i].counts && lines.v[i].position_code != NULL)
            ids[n++] = lines.v[i].package_id;
    return labels_add_packages(c, ids, n, out);
}

static enum err labels_add_zone(struct ctx *c, const char *zone, struct labels *out)
{
    const struct position_filter f = { .zone = streq(zone, LABEL_ZONES) ? NULL : zone, .limit = LABELS_MAX };
    struct positions all;
    enum err e = position_list(c, &f, &all);

    for (size_t i = 0; e == OK && i < all.n; i++)
        labels_push(out, (struct label){ all.v[i].code, all.v[i].code, all.v[i].zone, NULL, true });
    if (e == OK && all.next != 0)
        out->more = true;
    return e;
}

enum err labels_read(struct ctx *c, const struct label_in *in, struct labels *out)
{
    enum err e = OK;

    *out = (struct labels){ .v = arena_alloc(c->a, LABELS_MAX * sizeof *out->v) };
    if (in->count > 0)
        e = labels_add_packages(c, in->ids, in->count, out);
    if (e == OK && in->batch != 0)
        e = labels_add_batch(c, in->batch, out);
    if (e == OK && !is_blank(in->zone))
        e = labels_add_zone(c, in->zone, out);
    return e;
}

/* ---- printing ---- */

struct printing { struct ctx *c; const struct label_in *in; };

static enum err label_print_write(struct db *db UNUSED, void *arg)
{
    const struct printing *x = arg;
    const char *answer;
    enum err e = operation_begin_tx(x->c, &answer);

    if (e != OK || answer != NULL)
        return e;
    e = label_print_tx(x->c, x->in);
    return e != OK ? e : operation_end_tx(x->c, "printed");
}

enum err labels_print(struct ctx *c, const struct label_in *in, struct labels *out)
{
    struct printing x = { c, in };
    enum err e;

    if (!label_printer(c))
        return ctx_fail(c, E_CONFLICT, NULL, T_PRINTER_NONE, NULL);
    e = labels_read(c, in, out);
    if (e == OK && out->n == 0)
        e = ctx_fail(c, E_CONFLICT, NULL, T_LABELS_NONE, NULL);
    return e != OK ? e : domain_write(c, label_print_write, &x);
}
