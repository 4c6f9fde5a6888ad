/* Claims, for the tests about them. */
#include "claims.h"

#include <criterion/criterion.h>

#include "domain/outbox/notification_log.h"
#include "domain/outbox/notification_render.h"

const struct stmt claim_told = STMT("t_claim_told", "ss",
    "SELECT count(*) FROM notifications WHERE recipient = $1 AND event = $2 AND state = 'queued'");
const struct stmt claim_newest = STMT("t_claim_newest", "ss",
    "SELECT max(id) FROM notifications WHERE recipient = $1 AND event = $2");
static const struct stmt consents_of = STMT("t_claim_consents", "i",
    "SELECT group_concat(coalesce(c.full_name, '-') || ' ' || coalesce(n.claim_id, '-') || ' ' || n.address, ', ')"
    " FROM consents n LEFT JOIN customers c ON c.id = n.customer_id WHERE n.package_id = $1");

struct announcement announce_mail(struct fixture *f, const char *name, const char *phone, const char *email,
                                  const char *guides)
{
    struct announce_in in = { .name = name, .phone = phone, .email = email, .guides = guides, .consent = true };
    struct announcement out;

    f->c.actor = ACTOR_CUSTOMER;
    cr_assert_eq(announcement_make(&f->c, &in, &out), OK, "%s", fixture_fault(f));
    f->c.actor = ACTOR_USER;
    return out;
}

struct announcement announce(struct fixture *f, const char *name, const char *phone, const char *guides)
{
    return announce_mail(f, name, phone, NULL, guides);
}

/* A guide that Ana announced first and Pedro after her. */
struct package disputed(struct fixture *f, const char *guide)
{
    struct announcement out = announce(f, "Ana Ríos", ANA, guide);

    cr_assert_eq(announce(f, "Pedro Gil", PEDRO, guide).others[CLAIM_DISPUTED].n, 1);
    cr_assert_eq(package_by_id(&f->c, out.packages.v[0].id, &out.packages.v[0]), OK);
    cr_assert(out.packages.v[0].disputed);
    return out.packages.v[0];
}

int64_t first_claim(struct fixture *f, int64_t package_id)
{
    struct claims all;

    cr_assert_eq(claims_of(&f->c, package_id, &all), OK);
    cr_assert_gt(all.n, 0);
    return all.v[0].id;
}

const char *text_to(struct fixture *f, const char *e164, const char *event)
{
    struct message m;

    cr_assert_eq(notification_render(&f->c, db_scalar(f->db, 0, &claim_newest, e164, event), &m), OK, "%s to %s", event, e164);
    return m.untrue != NULL ? m.untrue : m.text;
}

size_t open_claims(struct fixture *f, int64_t package_id)
{
    struct claims all;
    size_t n = 0;

    cr_assert_eq(claims_of(&f->c, package_id, &all), OK);
    for (size_t i = 0; i < all.n; i++)
        n += all.v[i].settled_at == 0;
    return n;
}

const char *consents(struct fixture *f, int64_t package_id)
{
    struct rows q;
    const char *out;

    cr_assert_eq(db_one(f->db, &q, &consents_of, package_id), OK);
    out = db_dup(&q, 0, f->a);
    cr_assert_eq(db_end(&q), OK);
    return out;
}

/* The messages of a package as its page shows them: "event to state", joined. */
const char *messages_of(struct fixture *f, int64_t package_id)
{
    struct notifications all;
    const char *out = "";

    cr_assert_eq(notifications_of_package(&f->c, package_id, &all), OK);
    for (size_t i = 0; i < all.n; i++)
        out = arena_printf(f->a, "%s%s%s %s %s", out, i > 0 ? ", " : "", all.v[i].event, all.v[i].recipient, all.v[i].state);
    return out;
}
