#include "area.h"

#include "base/log.h"
#include "cgi-bin/shared/whatsapp.h"
#include "cgi-bin/texts.h"
#include "domain/ground/setting.h"
#include "domain/parcel/guide_told.h"
#include "domain/public/inquiry.h"
#include "local/money.h"

static const struct param list_rows[] = {
    PARAM(struct inquiry_filter, after, P_ID, 0, 0, 0, "Número de la última pregunta ya vista"),
    PARAM(struct inquiry_filter, limit, P_INT, 0, 1, 200, "Cuántas, 50 si no se dice"),
};
const struct params inquiry_list_params = PARAMS(struct inquiry_filter, list_rows);

struct close_in { int64_t id; };
static const struct param close_rows[] = {
    PARAM(struct close_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Pregunta"),
};
const struct params inquiry_close_params = PARAMS(struct close_in, close_rows);

#define CHOSEN_MAX 200
struct close_many_in { struct ids ids; };
static const struct param close_many_rows[] = {
    PARAM(struct close_many_in, ids, P_IDS, 0, 0, CHOSEN_MAX, "Las preguntas"),
};
const struct params inquiries_close_params = PARAMS(struct close_many_in, close_many_rows);

/* An answer by WhatsApp begins with what it is about; the question itself stays here. */
static const char *inquiry_whatsapp(struct req *r, const struct inquiry *i)
{
    const struct package about = { .guide_number = i->guide_number, .guide_key = i->guide_key };

    return whatsapp_link(r, i->customer_phone,
                         arena_printf(r->c->a, "Hola, %s. Le escribimos de %s por su pregunta sobre la guía %s: ",
                                      whatsapp_name(r, i->customer_name), setting_text(r->c, S_SITE_NAME),
                                      guide_told(r->c->a, &about)));
}

enum err inquiries(struct req *r)
{
    struct inquiries all;
    enum err e = inquiry_list(r->c, r->in, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_list(r, inquiry_fields, all, all.next);
    for (size_t i = 0; i < all.n; i++) {
        struct view_node *row = view_row(r->page, "inquiries");

        view_fields(row, inquiry_fields, &all.v[i]);
        view_text(row, "whatsapp", inquiry_whatsapp(r, &all.v[i]));
    }
    if (all.next != 0)
        view_text(r->page, "following", link_add(r->c->a, "/messages", "after", NUM(all.next)));
    return req_page(r, "notifications/inquiries.cst");
}

enum err inquiry_closing(struct req *r)
{
    const struct close_in *in = r->in;
    struct inquiry i;
    enum err e = inquiry_close(r->c, in->id, &i);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, inquiry_fields, &i);
    req_flash(r, T_INQUIRY_ATTENDED, NULL);
    return req_redirect(r, "/messages");
}

enum err inquiries_closing(struct req *r)
{
    const struct close_many_in *in = r->in;
    int64_t closed;
    enum err e = inquiries_close(r->c, in->ids.v, in->ids.n, &closed);

    if (e != OK)
        return e;
    req_flash(r, T_INQUIRIES_ATTENDED, count_text(r->c->a, closed));
    return req_redirect(r, "/messages");
}
