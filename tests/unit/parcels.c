#include <criterion/criterion.h>

#include "domain/custody/history.h"
#include "domain/parcel/email_proof.h"
#include "domain/public/customer_email.h"
#include "parcels.h"

void parcel_email_confirmed(struct fixture *f, const struct package *p)
{
    const char *link = email_link(&f->c, p);

    cr_assert_not_null(link, "%s", fixture_fault(f));
    cr_assert_eq(email_confirm(&f->c, strrchr(link, '/') + 1), OK, "%s", fixture_fault(f));
}

struct package parcel_announce(struct fixture *f, struct announce_in in)
{
    struct packages out;

    in.consent = true;
    if (in.name == NULL)
        in.name = "Ana Ríos";
    if (in.phone == NULL && !in.no_phone)
        in.phone = "300 555 0001";
    cr_assert_eq(package_announce(&f->c, &in, &out), OK, "%s: %s", in.guides, fixture_fault(f));
    if (in.email != NULL && f->c.actor == ACTOR_USER) {
        parcel_email_confirmed(f, &out.v[0]);
        cr_assert_eq(package_by_id(&f->c, out.v[0].id, &out.v[0]), OK);
    }
    return out.v[0];
}

struct package parcel_receive(struct fixture *f, struct receive_in in)
{
    struct package p;

    cr_assert_eq(package_receive(&f->c, &in, &p), OK, "%s: %s", in.guide ? in.guide : "", fixture_fault(f));
    return p;
}

struct deliver_in parcel_by_document(const int64_t *ids, size_t n)
{
    return (struct deliver_in){ .ids = ids, .count = n, .override_reason = "codigo_olvidado", .identity_checked = true,
                                .receiver_name = "Rosa Prueba", .receiver_document_type = "CC",
                                .receiver_document_last4 = "1234",
                                .method = "nequi", .reference = "N-1", .amount = 1500 * (int64_t)n };
}

struct package parcel_shelve(struct fixture *f, struct announce_in in)
{
    return parcel_receive(f, (struct receive_in){ .id = parcel_announce(f, in).id });
}

const char *parcel_last_words(struct fixture *f, int64_t id)
{
    struct package_events all;

    cr_assert_eq(package_events(&f->c, id, &all), OK);
    return all.v[all.n - 1].text;
}
