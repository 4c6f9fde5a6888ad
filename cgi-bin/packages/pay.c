#include "pay.h"

#include "base/log.h"
#include "cgi-bin/texts.h"
#include "local/money.h"
#include "domain/money/cash.h"
#include "domain/money/payment.h"
#include "cgi-bin/deliver/page.h"

struct id_in { int64_t id; };
static const struct param id_rows[] = {
    PARAM(struct id_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete"),
};
const struct params pay_page_params = PARAMS(struct id_in, id_rows);

#define P struct payment_record_in
static const struct param pay_rows[] = {
    PARAM(P, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete"),
    PARAM_ENUM(P, method, PARAM_REQUIRED, payment_methods, "Medio de pago"),
    PARAM(P, amount, P_MONEY, PARAM_REQUIRED, 1, PAYMENT_CHARGE_MAX,
          "Cuánto, en pesos; de un paquete entregado, como máximo lo que falta"),
    PARAM(P, reference, P_TEXT, 0, 0, 60, "Referencia; obligatoria si no es efectivo"),
    PARAM(P, reason, P_TEXT, PARAM_REQUIRED, 3, 200, "Por qué se cobra"),
};
const struct params pay_params = PARAMS(P, pay_rows);

enum err pay_page(struct req *r)
{
    const struct id_in *in = r->in;
    struct package p;
    int64_t most;
    enum err e = package_by_id(r->c, in->id, &p);

    if (e == OK)
        e = payment_room(r->c, &p, &most);
    if (e != OK)
        return e;
    payment_methods_fill(r);
    view_fields(view_child(r->page, "package"), package_fields, &p);
    view_text(r->page, "form.method", payment_methods[0].value);
    if (streq(p.state, "ENTREGADO")) {
        view_money(r->page, "missing", most);
        view_int(r->page, "form.amount", most);
    }
    view_bool(r->page, "no_drawer", !cash_can_take(r->c));
    req_title(r, arena_printf(r->c->a, "Anotar un pago de la guía %s", p.guide_number));
    req_operation(r);
    return req_page(r, "packages/pay.cst");
}

enum err pay(struct req *r)
{
    struct payment p;
    enum err e = payment_record(r->c, r->in, &p);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, payment_fields, &p);
    req_flash(r, T_PAYMENT_RECORDED, money_text(r->c->a, p.amount));
    return req_redirect(r, "/packages/%lld", (long long)p.package_id);
}
