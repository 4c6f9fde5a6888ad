/* The dossier of a parcel that nobody fetches shows everything that was tried to reach its owner. */
#include "base/clock.h"
#include "local/money.h"
#include "local/normal.h"
#include "base/utf8.h"
#include "domain/custody/attempt.h"
#include "domain/outbox/notification_log.h"
#include "domain/parcel/package_fee.h"
#include "jobs/document.h"

struct dossier {
    struct ctx *c;
    struct package p;
    struct fee fee;
    struct contacts contacts;
    struct ageing_policy policy;
    struct notifications messages;
};

static int64_t left_at(const struct dossier *d)
{
    return d->p.delivered_at ? d->p.delivered_at : d->p.cancelled_at ? d->p.cancelled_at : d->c->now;
}

static void draw_facts(struct sheet *s, const struct dossier *d)
{
    const struct package *p = &d->p;
    struct arena *a = d->c->a;
    const bool waits = streq(p->state, "RECIBIDO");

    sheet_fact(s, "De quién es", p->customer_name ? p->customer_name : p->announced_name);
    sheet_fact(s, "Celular", p->customer_phone ? phone_words(a, p->customer_phone) : NULL);
    sheet_fact(s, "Correo", package_email(d->c, p));
    sheet_fact(s, "Transportadora", p->carrier);
    sheet_fact(s, "Código de consulta", p->tracking_code);
    sheet_fact(s, "Recibido", clock_exact(a, p->received_at));
    if (p->delivered_at != 0)
        sheet_fact(s, "Entregado", clock_exact(a, p->delivered_at));
    if (p->cancelled_at != 0)
        sheet_fact(s, "Cancelado", clock_exact(a, p->cancelled_at));
    sheet_fact(s, "Días en el punto", count_text(a, (left_at(d) - p->received_at) / DAY_SECONDS));
    sheet_fact(s, "Posición", waits ? p->position_code : NULL);
    if (p->declared_value > 0)
        sheet_fact(s, "Valor declarado", money_text(a, p->declared_value));
    if (waits)
        sheet_fact(s, "Debe hoy", money_text(a, d->fee.total));
    sheet_fact(s, "Cómo terminó", p->cancel_text);
}

static void draw_steps(struct sheet *s, const struct dossier *d)
{
    const struct ageing_policy *y = &d->policy;
    struct arena *a = d->c->a;

    if (d->p.delivered_at != 0)
        return;
    sheet_heading(s, "Pasos");
    sheet_fact(s, arena_printf(a, "A los %d días, avisarle", AGEING_CALL_DAYS), y->called_at
               ? arena_printf(a, "Se le avisó el %s", clock_exact(a, y->called_at))
               : arena_printf(a, "Desde el %s", clock_exact(a, y->call_from)));
    sheet_fact(s, "Intentos en días distintos", arena_printf(a, "%lld, en %lld días; se piden %d", (long long)y->attempts,
                                                            (long long)y->attempt_days, AGEING_ATTEMPTS));
    sheet_fact(s, arena_printf(a, "A los %d días, abandono", AGEING_ABANDON_DAYS),
               arena_printf(a, "Desde el %s", clock_exact(a, y->abandon_from)));
}

static void draw_contacts(struct sheet *s, const struct dossier *d)
{
    static const struct sheet_column columns[] = {
        { "Cuándo", 20, false }, { "Por dónde", 16, false }, { "Qué pasó", 46, false }, { "Quién", 22, false },
    };
    struct arena *a = d->c->a;

    sheet_heading(s, "Intentos de contacto");
    if (d->contacts.n == 0) {
        sheet_note(s, "Ninguno.");
        return;
    }
    sheet_table(s, columns, COUNT(columns));
    for (size_t i = 0; i < d->contacts.n; i++) {
        const struct contact *k = &d->contacts.v[i];
        const char *what = utf8_sentence(a, words_of(contact_outcomes, k->outcome));

        if (k->promised_at != 0)
            what = arena_printf(a, "%s, para el %s", what, clock_day_exact(a, clock_day(k->promised_at)));
        if (!is_blank(k->note))
            what = arena_printf(a, "%s. %s", what, k->note);
        sheet_row(s, (const char *const[]){ clock_exact(a, k->at),
            utf8_sentence(a, words_of(contact_channels, k->channel)), what, k->user_name });
    }
    sheet_table_end(s);
}

static void draw_messages(struct sheet *s, const struct dossier *d)
{
    sheet_heading(s, "Avisos enviados");
    if (d->messages.n == 0)
        sheet_note(s, "Ninguno.");
    else
        document_messages(s, d->c->a, &d->messages);
}

static void dossier_draw(struct sheet *s, const void *arg)
{
    draw_facts(s, arg);
    draw_steps(s, arg);
    draw_contacts(s, arg);
    draw_messages(s, arg);
}

enum err dossier_read(struct ctx *c, int64_t subject_id, struct document_page *out)
{
    struct dossier *d = arena_alloc(c->a, sizeof *d);
    enum err e = package_by_id(c, subject_id, &d->p);

    d->c = c;
    if (e == OK)
        e = fee_of(c, &d->p, &d->fee);
    if (e == OK)
        e = contacts_of_package(c, subject_id, &d->contacts);
    if (e == OK)
        e = notifications_of_package(c, subject_id, &d->messages);
    if (e != OK)
        return e;
    d->policy = ageing_policy(&d->p, &d->contacts, c->now);
    out->head.title = "Expediente de contacto";
    out->head.subtitle = arena_printf(c->a, "Guía %s", d->p.guide_number);
    out->draw = dossier_draw;
    out->arg = d;
    return OK;
}
