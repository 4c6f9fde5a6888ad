#include "base/texts.h"
#include "domain/ground/operation.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/parcel/carrier.h"
#include "domain/parcel/claim.h"
#include "domain/parcel/email_proof.h"
#include "domain/parcel/event.h"
#include "domain/parcel/guides_typed.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_notify.h"
#include "domain/parcel/texts.h"
#include "domain/people/consent.h"
#include "domain/people/customer.h"
#include "json/json.h"
#include "local/name.h"
#include "base/random.h"
#include "base/utf8.h"
#include "crypto/crypto.h"

#define CODE_TRIES 20
#define HOUR_S 3600
#define ALL_TIMES 20             /* all networks together may announce so many times what one may */

static const struct stmt insert = STMT("package_insert", "ssisssIssIisss",
    "INSERT INTO packages (tracking_code, public_token, link_version, guide_number, guide_key, carrier,"
    " customer_id, announced_name, announced_phone, declared_value, announced_at, announced_email, email_proof,"
    " announced_address, state)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'ANUNCIADO') RETURNING id");
static const struct stmt code_taken = STMT("package_code_taken", "s",
    "SELECT 1 FROM packages WHERE tracking_code = $1");
static const struct stmt guide_active = STMT("package_guide_active", "s",
    "SELECT 1 FROM packages WHERE guide_key = $1 AND state <> 'CANCELADO'");
DB_REGISTER(&insert, &code_taken, &guide_active)

struct announce {
    struct ctx *c;
    const struct announce_in *in;
    struct customer_in person;
    struct guides_typed guides;
    struct announcement *out;
};

/* A tracking code that no package has, or NULL after CODE_TRIES clashes; inside the transaction, so
 * that nobody takes it meanwhile. */
static const char *tracking_code_new(struct ctx *c)
{
    for (int i = 0; i < CODE_TRIES; i++) {
        const char *code = random_text(c->a, ALPHABET_CODE, 6);

        if (db_scalar(c->db, 0, &code_taken, code) == 0)
            return code;
    }
    return NULL;
}

enum err package_insert_tx(struct ctx *c, struct package *p)
{
    struct json_object *details = json_object_new_object();
    enum err e;

    if (db_scalar(c->db, 0, &guide_active, p->guide_key) != 0) {
        json_object_put(details);
        return ctx_fail(c, E_CONFLICT, "guides", T_GUIDE_ACTIVE, p->guide_number, NULL);
    }
    p->tracking_code = tracking_code_new(c);
    p->link_version = 0;
    p->announced_at = p->announced_at != 0 ? p->announced_at : c->now;
    p->state = "ANUNCIADO";
    e = p->tracking_code == NULL ? E_BUSY : link_next(c, p);
    if (e == OK)
        e = db_insert(c->db, &p->id, &insert, p->tracking_code, p->public_token, p->link_version, p->guide_number,
                      p->guide_key, p->carrier, p->customer_id, p->announced_name, p->announced_phone,
                      p->declared_value, p->announced_at, p->announced_email, p->email_proof, p->announced_address);
    if (e != OK) {
        json_object_put(details);
        return e;
    }
    json_add_text(details, "guide", p->guide_number);
    return event_add_tx(c, p, (struct event_new){ .kind = "ANUNCIO", .after = "ANUNCIADO",
                                                  .details = details });
}

/* "Torres del Parque, 2, 301": the building, the tower and the apartment, those that were given; NULL: none. */
static const char *announced_address(struct arena *a, const struct customer_in *in)
{
    const char *const parts[] = { in->building, in->tower, in->apartment };
    const char *out = NULL;

    for (size_t i = 0; i < COUNT(parts); i++)
        if (!is_blank(parts[i]))
            out = out == NULL ? parts[i] : arena_printf(a, "%s, %s", out, parts[i]);
    return out;
}

static enum err announce_one_tx(struct announce *a, const struct guide_typed *g)
{
    struct ctx *c = a->c;
    struct packages *made = &a->out->packages;
    struct package p = { .guide_number = g->number, .guide_key = g->key,
                         .announced_name = a->person.name,
                         .announced_phone = a->person.phone, .declared_value = a->in->declared_value,
                         .announced_email = a->person.email,
                         .announced_address = announced_address(c->a, &a->person) };
    enum err e = customer_ensure_tx(c, &a->person, &p.customer_id);

    if (e == OK && p.announced_email == NULL)
        p.announced_email = customer_email_waiting(c, p.customer_id, p.announced_name);
    if (e == OK)
        e = carrier_keep_tx(c, a->in->carrier, &p.carrier);
    if (e == OK)
        e = package_insert_tx(c, &p);
    if (e == OK)
        e = consent_add_tx(c, (struct consent_of){ p.id, p.customer_id, 0 });
    if (e == OK)
        e = package_by_id(c, p.id, &p);
    made->v[made->n++] = p;
    return e;
}

/* True when the announcement that made the package was by the same person, by whichever of their phones, who is told its
 * tracking code: a stranger who knows the guide and the phone may well know one word of the name. */
static bool is_by_the_same(const struct announce *a, const struct package *p)
{
    const char *name = p->customer_name, *phone = p->customer_phone;

    return name != NULL && (text_equal(phone, a->person.phone)
                            || customer_has_phone(a->c, p->customer_id, a->person.phone))
        && (names_same_typed(a->c->a, a->person.name, name) || name_is_whole(a->c->a, a->person.name, name));
}

/* Sets *p to the package of that guide that is not cancelled; *found: there is one. */
static enum err announce_find(struct ctx *c, const struct guide_typed *g, struct package *p, bool *found)
{
    enum err e = package_by_guide(c, g->number, p);

    *found = e == OK && !streq(p->state, "CANCELADO");
    if (e == E_NOT_FOUND)
        c->fault = (struct fault){ 0 };
    return e == E_NOT_FOUND ? OK : e;
}

static void guide_list_add(struct guide_list *l, const char *guide)
{
    if (l->n < GUIDES_TYPED_MAX)
        l->v[l->n++] = guide;
}

/* A guide that is active already: the same person's announcement is the one that there is, another's claims it. */
static enum err announce_again_tx(struct announce *a, const struct guide_typed *g, struct package *p)
{
    struct announcement *out = a->out;
    enum claim_answer answer;
    enum err e;

    if (is_by_the_same(a, p) && !email_is_anothers(a->c, p, a->person.email)) {
        e = email_later_tx(a->c, p, a->person.email);
        out->packages.v[out->packages.n++] = *p;
        return e;
    }
    e = claim_add_tx(a->c, p, &a->person, &answer);
    if (e == OK)
        guide_list_add(&out->others[answer], g->number);
    return e;
}

static enum err announce_all_tx(struct announce *a)
{
    struct ctx *c = a->c;
    struct { const struct guide_typed *guide; struct package p; } active[GUIDES_TYPED_MAX];
    size_t n = 0;
    enum err e = OK;

    for (size_t i = 0; i < a->guides.n && e == OK; i++) {
        bool found;

        e = announce_find(c, &a->guides.v[i], &active[n].p, &found);
        active[n].guide = &a->guides.v[i];
        if (e == OK && found)
            n++;
        else if (e == OK)
            e = announce_one_tx(a, &a->guides.v[i]);
    }
    a->out->fresh = a->out->packages.n;
    if (e == OK && a->out->fresh > 0)
        e = notify_announced_tx(c, &a->out->packages);
    for (size_t i = 0; i < n && e == OK; i++)
        e = announce_again_tx(a, active[i].guide, &active[i].p);
    return e;
}

/* The facts of an announcement: ids of its packages, and behind bars which of its guides are another person's. */
static const char *announce_answer(struct announce *a)
{
    const struct announcement *out = a->out;
    int64_t ids[GUIDES_TYPED_MAX];
    const char *answer;

    for (size_t i = 0; i < out->packages.n; i++)
        ids[i] = out->packages.v[i].id;
    answer = operation_ids(a->c->a, ids, out->packages.n);
    for (int k = 0; k < CLAIM_ANSWERS; k++) {
        answer = arena_printf(a->c->a, "%s|", answer);
        for (size_t i = 0; i < out->others[k].n; i++)
            answer = arena_printf(a->c->a, "%s%s%s", answer, i == 0 ? "" : ";", out->others[k].v[i]);
    }
    return answer;
}

static enum err announce_replay(struct announce *a, const char *answer)
{
    struct announcement *out = a->out;
    char *rest = arena_strdup(a->c->a, answer);
    const char *made = strsep(&rest, "|");
    int64_t *ids;
    size_t n = operation_ids_read(a->c->a, made, &ids);

    for (int k = 0; k < CLAIM_ANSWERS && rest != NULL; k++) {
        char *guides = strsep(&rest, "|"), *guide;

        while ((guide = strsep(&guides, ";")) != NULL)
            if (*guide != '\0')
                guide_list_add(&out->others[k], guide);
    }
    out->fresh = n;
    return packages_by_ids(a->c, ids, n, &out->packages);
}

/* Counts the parcels of an announcement that anybody may write: those of its network, and those of all.  When all
 * have announced too many, nobody is asked to wait in silence: the parcel is received without it as well. */
static enum err announce_count_tx(const struct announce *a)
{
    struct ctx *c = a->c;
    int64_t most = c->conf->announce_per_hour;
    int wait;
    enum err e;

    if (!a->in->counted || throttle_exempt(c))
        return OK;
    e = throttle_window_spend_tx(c, "announce", (int64_t)a->guides.n, most, HOUR_S);
    if (e != OK)
        return e;
    e = throttle_spend_tx(c, "announce:all", (int64_t)a->guides.n, most * ALL_TIMES, HOUR_S);
    if (e != E_THROTTLED)
        return e;
    wait = c->fault.retry_after;
    e = ctx_fail(c, E_THROTTLED, NULL, T_ANNOUNCE_FULL, NULL);
    c->fault.retry_after = wait;
    return e;
}

static enum err announce_tx(struct db *db UNUSED, void *arg)
{
    struct announce *a = arg;
    struct ctx *c = a->c;
    const char *answer;
    enum err e = operation_begin_tx(c, &answer);

    a->out->packages.n = a->out->fresh = 0;
    for (int k = 0; k < CLAIM_ANSWERS; k++)
        a->out->others[k].n = 0;
    if (e != OK)
        return e;
    if (answer != NULL)
        return announce_replay(a, answer);
    e = announce_count_tx(a);
    if (e == OK)
        e = announce_all_tx(a);
    return e != OK ? e : operation_end_tx(c, announce_answer(a));
}

enum err announcement_make(struct ctx *c, const struct announce_in *in, struct announcement *out)
{
    struct announce a = { .c = c, .in = in, .out = out,
        .person = { in->name, in->phone, in->email, in->building, in->tower, in->apartment, in->no_phone, false } };
    bool known;

    c->fault = (struct fault){ 0 };
    known = customer_check(c, &a.person) == OK;      /* first, so that faults are in the form's order */
    guides_typed(c, in->guides, &a.guides);
    if (c->actor != ACTOR_USER && !is_blank(in->carrier) && carrier_known(c, in->carrier) == NULL)
        ctx_invalid(c, "carrier", T_CARRIER_LIST, NULL);
    if (!in->consent && !in->walk_in)
        ctx_invalid(c, "consent", T_CONSENT, NULL);
    if (!known || ctx_faults(c) != OK)
        return ctx_faults(c);
    *out = (struct announcement){ .packages.v = arena_alloc(c->a, GUIDES_TYPED_MAX * sizeof *out->packages.v) };
    for (int k = 0; k < CLAIM_ANSWERS; k++)
        out->others[k].v = arena_alloc(c->a, GUIDES_TYPED_MAX * sizeof *out->others[k].v);
    return domain_operation(c, "announce", announce_tx, &a);
}

enum err package_announce(struct ctx *c, const struct announce_in *in, struct packages *out)
{
    struct announcement all;
    enum err e = announcement_make(c, in, &all);

    if (e == OK)
        *out = all.packages;
    return e;
}
