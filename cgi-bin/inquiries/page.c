#include "page.h"

#include "base/clock.h"
#include "base/log.h"
#include "cgi-bin/shared/age.h"
#include "cgi-bin/shared/photos.h"
#include "cgi-bin/shared/whatsapp.h"
#include "domain/custody/history.h"
#include "domain/ground/setting.h"
#include "domain/parcel/batch.h"
#include "domain/parcel/guide_told.h"
#include "domain/parcel/package_fee.h"
#include "domain/people/user.h"
#include "local/money.h"

#define HISTORY_SHOWN 6
#define DROPS_SHOWN 8
#define HOUR_S 3600
#define BAR_DAYS 30              /* the bar of the macro `age` is full at so many days, … */
#define BAR_TARGETS 3            /* … and that of a question after so many times the target */

/* ---- what waits ---- */

/* Gives the row waited (words), band and days, by which the macro `age` shows how long it has waited beside the
 * target. */
static void fill_waiting(const struct req *r, struct view_node *row, const struct inquiry *i)
{
    const int64_t target = setting_int(r->c, S_INQUIRY_HOURS) * HOUR_S, days = i->waited * BAR_DAYS / (target * BAR_TARGETS);

    if (i->since == 0)
        return;
    view_text(row, "waited", i->waited < 60 ? "hace un momento" : clock_ago(r->c->a, i->waited));
    view_int(row, "days", days > BAR_DAYS ? BAR_DAYS : days);
    view_int(row, "band", i->late ? 4 : i->waited * 2 > target ? 2 : 0);
}

/* An answer by WhatsApp begins with what it is about; the question itself stays here. */
static const char *inquiry_whatsapp(struct req *r, const struct inquiry *i)
{
    const struct package about = { .guide_number = i->guide_number, .guide_key = i->guide_key };

    return whatsapp_link(r, i->customer_phone,
                         arena_printf(r->c->a, "Hola, %s. Le escribimos de %s por su pregunta sobre la guía %s: ",
                                      whatsapp_name(r, i->customer_name), setting_text(r->c, S_SITE_NAME),
                                      guide_told(r->c->a, &about)));
}

static void fill_inquiry(struct req *r, struct view_node *row, const struct inquiry *i)
{
    view_fields(row, inquiry_fields, i);
    view_text(row, "state_words", words_of(inquiry_states, i->state));
    view_text(row, "outcome_words", words_of(inquiry_outcomes, i->outcome));
    view_bool(row, "missing", streq(i->kind, "NO_LLEGO"));
    view_bool(row, "is_open", i->closed_at == 0);
    view_bool(row, "mine", i->assigned_to != 0 && i->assigned_to == r->c->user_id);
    view_bool(row, "urgent", streq(i->priority, "URGENTE") || streq(i->priority, "ALTA"));
    view_text(row, "priority_words", words_of(inquiry_priorities, i->priority));
    view_text(row, "category_words", words_of(inquiry_categories, i->category));
    if (i->said_on != NULL) {
        int64_t day;

        if (clock_parse_day(i->said_on, &day))
            view_text(row, "said_day", clock_day_exact(r->c->a, day));
    }
    fill_waiting(r, row, i);
}

/* ---- the inbox ---- */

/* An address with all of a filter but where its page begins. */
static const char *inbox_link(struct arena *a, const char *path, const struct inquiry_filter *f)
{
    const char *link = link_add(a, link_add(a, path, "state", f->state), "mine", f->mine ? "1" : NULL);

    link = link_add(a, link, "assigned_to", f->assigned_to != 0 ? NUM(f->assigned_to) : NULL);
    return link_add(a, link_add(a, link, "category", f->category), "priority", f->priority);
}

static void fill_chip(struct req *r, const char *list, const char *label, const char *href, bool current, int64_t n)
{
    struct view_node *row = view_row(r->page, list);

    view_text(row, "label", label);
    view_text(row, "href", href);
    view_bool(row, "current", current);
    if (n > 0)
        view_text(row, "count", n >= INQUIRY_COUNTED ? "999+" : arena_strdup(r->c->a, NUM(n)));
}

static void fill_chips(struct req *r, const struct inquiry_filter *f, const struct inquiry_stats *s)
{
    const int64_t counts[] = { s->unread, s->reading, s->answered, 0 };
    struct inquiry_filter to = *f;

    to.state = NULL;
    fill_chip(r, "states", "Por responder", inbox_link(r->c->a, "/messages", &to), is_blank(f->state), s->waiting);
    for (size_t i = 0; inquiry_states[i].value != NULL; i++) {
        to.state = inquiry_states[i].value;
        fill_chip(r, "states", inquiry_states[i].words, inbox_link(r->c->a, "/messages", &to), text_is(f->state, to.state),
                  counts[i]);
    }
    to = *f;
    to.mine = !f->mine;
    fill_chip(r, "whose", "Mías", inbox_link(r->c->a, "/messages", &to), f->mine, s->mine);
    to = *f;
    to.priority = text_is(f->priority, "URGENTE") ? NULL : "URGENTE";
    fill_chip(r, "whose", "Urgentes", inbox_link(r->c->a, "/messages", &to), text_is(f->priority, "URGENTE"), s->urgent);
    for (const struct word *w = inquiry_categories; w->value != NULL; w++) {
        to = *f;
        to.category = text_is(f->category, w->value) ? NULL : w->value;
        fill_chip(r, "about", w->words, inbox_link(r->c->a, "/messages", &to), text_is(f->category, w->value), 0);
    }
}

enum err inquiries_page(struct req *r, const struct inquiry_filter *f, const struct inquiries *all)
{
    struct inquiry_stats stats;
    enum err e = inquiry_stats(r->c, &stats);

    if (e != OK)
        return e;
    fill_chips(r, f, &stats);
    view_fields(view_child(r->page, "stats"), inquiry_stats_fields, &stats);
    view_bool(r->page, "any_late", stats.late > 0);
    view_bool(r->page, "filtered", !streq(inbox_link(r->c->a, "", f), ""));
    view_text(r->page, "sheet_href", inbox_link(r->c->a, "/messages/sheet", f));
    view_bool(r->page, "closable", !text_is(f->state, "CERRADO") && r->c->role >= ROLE_OPERADOR);
    for (size_t i = 0; i < all->n; i++)
        fill_inquiry(r, view_row(r->page, "inquiries"), &all->v[i]);
    req_pages(r, all->next);
    return req_page(r, "inquiries/list.cst");
}

/* ---- one question ---- */

/* Words for what became of an answer's message, where somebody asks whether it arrived. */
static const struct word sent_words[] = {
    { "queued", "por salir" }, { "sending", "saliendo" }, { "sent", "enviado" }, { "delivered", "entregado" },
    { "failed", "no salió" }, { "unknown", "no se sabe si llegó" }, { "suppressed", "no se envía" }, { "cancelled", "retirado" },
    WORDS_END
};

static void fill_texts(struct req *r, const struct inquiry *i)
{
    int64_t seen = 0;

    for (size_t k = 0; k < i->texts.n; k++) {
        const struct inquiry_text *t = &i->texts.v[k];
        struct view_node *row = view_row(r->page, "texts");

        view_fields(row, inquiry_text_fields, t);
        view_text(row, "sms_words", words_of(sent_words, t->sms));
        view_text(row, "email_words", words_of(sent_words, t->email));
        seen = t->user_id == 0 ? t->id : seen;
    }
    view_int(r->page, "seen", seen);
}

static enum err fill_reach(struct req *r, const struct inquiry *i)
{
    struct inquiry_reach to;
    enum err e = inquiry_reach(r->c, i, &to);

    if (e == OK)
        view_fields(view_child(r->page, "reach"), inquiry_reach_fields, &to);
    return e;
}

/* Offers the answers that are written already; the chosen one stands in the form. */
static enum err fill_canned(struct req *r, const struct inquiry *i, int64_t canned)
{
    struct canned_answers all;
    enum err e = canned_answers_for(r->c, i, &all);

    for (size_t k = 0; e == OK && k < all.n; k++) {
        struct view_node *row = view_row(r->page, "canned");

        view_fields(row, canned_answer_fields, &all.v[k]);
        if (all.v[k].id == canned)
            view_text(r->page, "form.answer", all.v[k].body);
    }
    return e;
}

static enum err fill_clerks(struct req *r)
{
    struct users all;
    enum err e = inquiry_clerks(r->c, &all);

    for (size_t k = 0; e == OK && k < all.n; k++)
        view_option(r->page, "clerks", arena_strdup(r->c->a, NUM(all.v[k].id)), all.v[k].full_name);
    return e;
}

/* Lists the last drops, in one of which the box may have been. */
static enum err fill_drops(struct req *r)
{
    struct batches all;
    enum err e = batch_list(r->c, 0, DROPS_SHOWN, &all);

    for (size_t k = 0; e == OK && k < all.n; k++)
        view_fields(view_row(r->page, "drops"), batch_fields, &all.v[k]);
    return e;
}

static enum err fill_steps(struct req *r, const struct inquiry *i)
{
    const char *const where[MISSING_STEPS] = {
        link_add(r->c->a, "/packages", "q", i->guide_number), link_add(r->c->a, "/packages", "q", i->customer_name),
        "/packages?unidentified=1", "#drops",
    };
    struct missing_look look;
    enum err e = missing_looked(r->c, i->id, &look);
    size_t done = 0;

    for (size_t k = 0; e == OK && k < look.n; k++) {
        struct view_node *row = view_row(r->page, "steps");

        view_fields(row, missing_step_fields, &look.v[k]);
        view_text(row, "words", words_of(missing_steps, look.v[k].step));
        view_text(row, "href", where[k]);
        done += look.v[k].at != 0;
    }
    view_bool(r->page, "looked", done == MISSING_STEPS);
    return e != OK || r->c->role < ROLE_OPERADOR ? e : fill_drops(r);
}

/* ---- the package beside it ---- */

static enum err fill_history(struct req *r, const struct package *p)
{
    struct package_events all;
    enum err e = package_events(r->c, p->id, &all);

    for (size_t k = all.n; e == OK && k-- > 0 && all.n - k <= HISTORY_SHOWN;) {
        const struct package_event *ev = &all.v[k];
        struct view_node *row = view_row(r->page, "events");

        view_text(row, "text", ev->text);
        view_text(row, "who", ev->user_name ? ev->user_name : streq(ev->actor, "customer") ? "el cliente" : "el sistema");
        view_instant(row, "at", ev->at);
        view_bool(row, "current", k + 1 == all.n);
    }
    return e;
}

static enum err fill_photos(struct req *r, const struct package *p)
{
    struct package_files all;
    enum err e = package_files(r->c, p->id, &all);

    for (size_t k = 0; e == OK && k < all.n; k++)
        if (streq(all.v[k].state, "ready")) {
            struct view_node *row = view_row(r->page, "photos");

            view_text(row, "href", arena_printf(r->c->a, "/files/%lld", (long long)all.v[k].id));
            view_text(row, "thumb", arena_printf(r->c->a, "/files/%lld/thumb", (long long)all.v[k].id));
            view_text(row, "words", words_of(package_file_kinds, all.v[k].kind));
        }
    photos_shown(r);
    return e;
}

static enum err fill_package(struct req *r, int64_t id)
{
    struct view_node *node = view_child(r->page, "package");
    struct package p;
    struct fee fee;
    enum err e = package_by_id(r->c, id, &p);

    if (e == OK)
        e = fee_of(r->c, &p, &fee);
    if (e != OK)
        return e;
    view_fields(node, package_fields, &p);
    view_text(node, "name", p.customer_name ? p.customer_name : p.announced_name);
    if (streq(p.state, "RECIBIDO")) {
        view_age(r, node, p.received_at);
        view_fields(view_child(r->page, "fee"), fee_fields, &fee);
    }
    e = fill_history(r, &p);
    return e != OK ? e : fill_photos(r, &p);
}

enum err inquiry_page(struct req *r, const struct inquiry *i, int64_t canned)
{
    const bool acts = r->c->role >= ROLE_OPERADOR;
    enum err e = fill_reach(r, i);

    fill_inquiry(r, view_child(r->page, "inquiry"), i);
    view_text(r->page, "inquiry.whatsapp", inquiry_whatsapp(r, i));
    view_options(r->page, "priorities", inquiry_priorities);
    view_options(r->page, "categories", inquiry_categories);
    view_text(r->page, "form.priority", i->priority);
    view_text(r->page, "form.category", i->category);
    fill_texts(r, i);
    if (e == OK && i->package_id != 0)
        e = fill_package(r, i->package_id);
    if (e == OK && acts)
        e = fill_canned(r, i, canned);
    if (e == OK && acts)
        e = fill_clerks(r);
    view_int(r->page, "user.id", r->c->user_id);
    if (e == OK && streq(i->kind, "NO_LLEGO"))
        e = fill_steps(r, i);
    if (e != OK)
        return e;
    if (acts && streq(i->kind, "NO_LLEGO") && i->closed_at == 0)
        req_scans(r);
    req_operation(r);
    return req_page(r, "inquiries/inquiry.cst");
}
