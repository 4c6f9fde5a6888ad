#include "export.h"

#include "base/log.h"
#include "base/texts.h"
#include "local/money.h"
#include "storage/storage.h"

#define LOOK_AGAIN "1"           /* seconds until the page is loaded again while the file is made */
#define LATE_S 60                /* seconds after which the page says that it takes long */

#define X struct export_in
static const struct param ask_rows[] = {
    PARAM(X, q, P_TEXT, 0, 0, 100, "Nombre, celular, documento, torre o apartamento"),
    PARAM_ENUM(X, kind, 0, customer_kinds, "Cuáles"),
    PARAM_ENUM(X, format, 0, export_formats, "xlsx si no se dice"),
};
const struct params export_params = PARAMS(X, ask_rows);

struct id_in { int64_t id; };
static const struct param id_rows[] = {
    PARAM(struct id_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Hoja"),
};
const struct params export_id_params = PARAMS(struct id_in, id_rows);

enum err export_ask(struct req *r)
{
    struct customer_export x;
    enum err e = export_begin(r->c, r->in, &x);

    if (e != OK)
        return e;
    if (!req_is_api(r))
        return req_redirect(r, "/customers/exports/%lld", (long long)x.id);
    req_header(r, "Location", arena_printf(r->c->a, "/api/v1/customer-exports/%lld", (long long)x.id));
    return req_one(r, customer_export_fields, &x);
}

enum err export_page(struct req *r)
{
    const struct id_in *in = r->in;
    struct customer_export x;
    enum err e = export_by_id(r->c, in->id, &x);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, customer_export_fields, &x);
    if (streq(x.state, "pending"))
        req_header(r, "Refresh", LOOK_AGAIN);
    view_fields(view_child(r->page, "export"), customer_export_fields, &x);
    view_bool(r->page, "export.waits", streq(x.state, "pending"));
    view_bool(r->page, "export.ready", streq(x.state, "ready"));
    view_bool(r->page, "export.late", streq(x.state, "pending") && r->c->now - x.at > LATE_S);
    view_text(r->page, "export.count", count_text(r->c->a, x.rows));
    view_bool(r->page, "export.one", x.rows == 1);
    view_int(r->page, "export.kb", (x.size + 1023) / 1024);
    view_text(r->page, "export.words", words_of(export_formats, x.format));
    return req_page(r, "customers/export.cst");
}

/* Sends the file to be kept: it is all the point knows of people, so no cache keeps it. */
enum err export_file(struct req *r)
{
    const struct id_in *in = r->in;
    struct arena *a = r->c->a;
    struct customer_export x;
    enum err e = export_by_id(r->c, in->id, &x);

    if (e != OK)
        return e;
    if (!streq(x.state, "ready") || !storage_key_ok(x.storage_key))
        return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    req_header(r, "X-Accel-Redirect", arena_printf(a, "/_files/%s", x.storage_key));
    req_header(r, "Cache-Control", "private, no-store");
    req_header(r, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
    req_header(r, "Content-Disposition", arena_printf(a, "attachment; filename=\"clientes.%s\"", x.format));
    return req_raw(r, streq(x.format, "csv") ? "text/csv; charset=utf-8"
                   : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
}
