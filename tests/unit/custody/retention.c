#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/custody/retention.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_receive.h"
#include "tests/unit/fixture.h"

static const struct stmt photo = STMT("t_photo", "is",
    "INSERT INTO package_files (package_id, key, kind, state, storage_key, created_at)"
    " VALUES ($1, $2, 'RECEPCION', 'ready', $2, 0)");
static const struct stmt deletions = STMT("t_deletions", "", "SELECT count(*) FROM jobs WHERE kind = 'file.delete'");

struct photo { int64_t package; const char *key; };

static enum err add_photo(struct db *db, void *arg)
{
    struct photo *x = arg;

    return db_exec(db, NULL, &photo, x->package, x->key);
}

static int64_t with_photo(struct fixture *f, const char *guide)
{
    struct photo x = { .key = guide };
    struct package p;

    cr_assert_eq(package_receive(&f->c, &(struct receive_in){ .guide = guide }, &p), OK, "%s", fixture_fault(f));
    x.package = p.id;
    cr_assert_eq(db_write(f->db, add_photo, &x), OK);
    return p.id;
}

Test(retention, photos_go_thirty_days_after_the_parcel_left_and_only_then)
{
    struct fixture f;
    struct package p;
    struct cancel_in in = { .reason = "paquete_danado" };
    int expired;

    fixture_open(&f);
    with_photo(&f, "SEQUEDA01");
    in.id = with_photo(&f, "SEVA00001");
    f.c.now += 5 * 86400;        /* what counts is when it left, not when it came */
    cr_assert_eq(package_cancel(&f.c, &in, &p), OK, "%s", fixture_fault(&f));
    f.c.now += 30 * 86400;
    cr_expect_eq(retention_due(&f.c), 0);
    f.c.now++;
    cr_expect_eq(retention_due(&f.c), 1, "the one that waits on the shelf stays");
    cr_assert_eq(retention_photos(&f.c, 50, &expired), OK);
    cr_expect_eq(expired, 1);
    cr_expect_eq(db_scalar(f.db, 0, &deletions), 1);
    cr_assert_eq(retention_photos(&f.c, 50, &expired), OK);
    cr_expect_eq(expired, 0, "once");
    fixture_close(&f);
}
