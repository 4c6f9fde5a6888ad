#include "base/texts.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/pickup.h"
#include "domain/parcel/texts.h"
#include "domain/people/customer.h"
#include "domain/public/customer_email.h"
#include "domain/public/track.h"
#include "local/name.h"
#include "local/normal.h"

#define CODES_MAX 20
#define WINDOW_S 60

static const struct stmt attached_to = STMT("track_attached", "iI",
    "SELECT EXISTS (SELECT 1 FROM package_files WHERE package_id = $1),"
    " EXISTS (SELECT 1 FROM pickup_authorizations WHERE package_id = $1)"
    " OR EXISTS (SELECT 1 FROM pickup_authorizations WHERE customer_id = $2),"
    " EXISTS (SELECT 1 FROM inquiries WHERE package_id = $1)");
DB_REGISTER(&attached_to)

static const struct field attached_rows[] = {
    FIELD(struct attached, files, F_INT, "Fotos"),
    FIELD(struct attached, authorizations, F_INT, "Autorizaciones"),
    FIELD(struct attached, questions, F_INT, "Preguntas"),
};
FIELD_TABLE_HERE(struct attached, attached_fields, attached_rows)

/* A network that guesses codes and guides is stopped before it looks one up, since a hit would tell it
 * something.  Nobody guesses a token, so links work even from such a network. */
static enum err lookup_allowed(struct ctx *c)
{
    return throttle_window_check(c, "lookup", c->conf->lookup_per_minute, WINDOW_S);
}

/* Counts an answer E_NOT_FOUND against the network; any other answer passes. */
static enum err lookup_answer(struct ctx *c, enum err e)
{
    enum err counted;

    if (e != E_NOT_FOUND || c->fault.text == T_LINK_FORMER)      /* nobody guesses a link that once was one */
        return e;
    counted = throttle_uncounted(c, throttle_window(c, "lookup", c->conf->lookup_per_minute, WINDOW_S));
    return counted != OK ? counted : ctx_fail(c, E_NOT_FOUND, NULL, T_PACKAGE_NONE, NULL);
}

static bool package_on_shelf(const struct package *p)
{
    return streq(p->state, "RECIBIDO");
}

static void track_fill_person(struct ctx *c, struct track *t)
{
    const struct package *p = &t->package;
    const char *name = p->announced_name ? p->announced_name : p->customer_name;
    const char *phone = p->announced_phone ? p->announced_phone : p->customer_phone;

    if (name != NULL)
        t->name = t->key == TRACK_TOKEN ? name : name_masked(c->a, name);
    if (phone != NULL)
        t->phone = phone_masked(c->a, phone);
}

static enum err track_fill_money(struct ctx *c, struct track *t)
{
    const struct package *p = &t->package;

    if (streq(p->state, "ANUNCIADO"))
        return rates_at(c, p->announced_at, &t->rates);
    t->has_fee = package_on_shelf(p) || streq(p->state, "ENTREGADO");
    return t->has_fee ? fee_of(c, p, &t->fee) : OK;
}

/* Photos of a hand-over are left out: they show another person, or a document. */
static bool file_is_public(const struct package_file *f)
{
    return streq(f->kind, "RECEPCION") || streq(f->kind, "DANO");
}

/* Sums what all owe together; if this package is alone, its fee is known already. */
static enum err track_fill_owes(struct ctx *c, struct track *t)
{
    if (t->ready.n > 1)
        return fees_sum(c, &t->ready, &t->owes);
    if (t->ready.n == 1)
        t->owes = (struct fees_sum){ .v = &t->fee, .total = t->fee.total, .next_total = t->fee.next_total,
                                      .grows_at = t->fee.grows_at };
    return OK;
}

static enum err track_fill_photos(struct ctx *c, struct track *t)
{
    struct package_files all;
    enum err e = package_files(c, t->package.id, &all);

    t->photos.v = all.v;
    for (size_t i = 0; e == OK && i < all.n; i++) {
        if (!file_is_public(&all.v[i]))
            continue;
        if (streq(all.v[i].state, "ready"))
            t->photos.v[t->photos.n++] = all.v[i];
        t->photos_pending += streq(all.v[i].state, "pending");
    }
    return e;
}

static enum err track_fill_secrets(struct ctx *c, struct track *t)
{
    const struct package *p = &t->package;
    enum err e = domain_fault(c, db_get(c->db, attached_fields, &t->attached, c->a, &attached_to, p->id, p->customer_id));

    if (e == OK && t->attached.files)
        e = track_fill_photos(c, t);
    if (e == OK && package_on_shelf(p) && !p->disputed && (t->pickup_code = package_pickup_code(c, p)) == NULL)
        e = E_INTERNAL;
    if (e == OK)
        e = pickup_opens(c, p, &t->ready);
    if (e == OK)
        e = track_fill_owes(c, t);
    if (p->customer_phone != NULL && phone_takes_sms(p->customer_phone)) {
        t->email_asked = p->email_said_at == 0 && (package_email_waits(c, p) || text_is(p->email_proof, "enlace"));
        t->email_doubted = customer_email_doubted(c, p);
        t->email_said = p->email_said_at != 0 && package_email_waits(c, p);
    }
    return e;
}

static enum err track_fill(struct ctx *c, struct track *t, enum track_key key)
{
    enum err e;

    t->key = key;
    if (key == TRACK_GUIDE) {
        t->package = (struct package){ .state = t->package.state, .disputed = t->package.disputed };
        return OK;
    }
    track_fill_person(c, t);
    e = track_fill_money(c, t);
    return e == OK && key == TRACK_TOKEN ? track_fill_secrets(c, t) : e;
}

struct lookup { struct ctx *c; enum track_key key; const char *text; struct track *out; };

static enum err lookup_find(const struct lookup *l, enum track_key *found)
{
    struct package *p = &l->out->package;
    enum err e;

    *found = l->key;
    if (l->key == TRACK_TOKEN) {
        l->out->token = l->text;
        return package_seen_by_token(l->c, l->text, p);
    }
    e = lookup_allowed(l->c);
    if (e != OK)
        return e;
    *found = TRACK_CODE;
    e = package_seen_by_code(l->c, l->text, p);
    if (e != E_NOT_FOUND || l->key == TRACK_CODE)
        return e;
    *found = TRACK_GUIDE;
    return package_by_guide(l->c, l->text, p);
}

static enum err lookup_read(struct db *db UNUSED, void *arg)
{
    struct lookup *l = arg;
    enum track_key found;
    enum err e = lookup_find(l, &found);

    return e != OK ? e : track_fill(l->c, l->out, found);
}

/* The statements share one read: the lock is taken once, and all see the same state. */
static enum err track_lookup(struct lookup l)
{
    *l.out = (struct track){ 0 };
    return lookup_answer(l.c, domain_fault(l.c, db_read(l.c->db, lookup_read, &l)));
}

enum err track_by_token(struct ctx *c, const char *token, struct track *out)
{
    return track_lookup((struct lookup){ c, TRACK_TOKEN, token, out });
}

enum err track_by_code(struct ctx *c, const char *code, struct track *out)
{
    return track_lookup((struct lookup){ c, TRACK_CODE, code, out });
}

enum err track_search(struct ctx *c, const char *q, struct track *out)
{
    return track_lookup((struct lookup){ c, TRACK_GUIDE, q, out });
}

enum err track_pickup_code(struct ctx *c, const char *token, const char **code)
{
    struct package p;
    enum err e = lookup_answer(c, package_by_token(c, token, &p));

    if (e != OK)
        return e;
    if (!package_on_shelf(&p) || p.disputed)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_PACKAGE_NONE, NULL);
    *code = package_pickup_code(c, &p);
    return *code != NULL ? OK : E_INTERNAL;
}

/* The package's token and the photo's key are both secret, and neither opens the photo without the other. */
enum err track_photo(struct ctx *c, const char *token, const char *key, struct package_file *out)
{
    struct package p;
    enum err e = package_by_token(c, token, &p);

    if (e == OK)
        e = package_file_by_key(c, key, out);
    if (e == OK && (out->package_id != p.id || !file_is_public(out) || !streq(out->state, "ready")))
        e = E_NOT_FOUND;
    return lookup_answer(c, e);
}

enum err track_codes(struct ctx *c, const char *codes, struct packages *out)
{
    char *left = arena_strdup(c->a, codes), *code;
    enum err e = lookup_allowed(c);

    *out = (struct packages){ .v = arena_alloc(c->a, CODES_MAX * sizeof *out->v) };
    while (e == OK && (code = strsep(&left, ".")) != NULL)
        e = out->n == CODES_MAX ? E_NOT_FOUND : package_by_code(c, code, &out->v[out->n++]);
    return lookup_answer(c, e);
}
