/* The figures of /metrics that are read from the tables. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/console/health.h"
#include "domain/parcel/package_list.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt wait_since = STMT("t_wait_since", "ii", "UPDATE packages SET received_at = $1 WHERE id = $2");

static void shelved(struct fixture *f, const char *guide, int64_t days)
{
    struct package p = parcel_received(f, .guide = guide);

    cr_assert_eq(db_exec(f->db, NULL, &wait_since, f->c.now - days * DAY_SECONDS - 1, p.id), OK);
}

Test(health, counts_the_shelf_by_the_bands_that_lists_have)
{
    struct fixture f;
    struct buf b = { 0 };

    fixture_open(&f);
    for (size_t i = 0; age_band_names[i].value != NULL; i++) {
        shelved(&f, arena_printf(f.a, "BANDFIRST%zu", i), age_bands[i].from);
        shelved(&f, arena_printf(f.a, "BANDLAST%zu", i), age_bands[i].to < 99 ? age_bands[i].to : 99);
    }
    shelved(&f, "BANDMORE1", 5);
    health_metrics(&f.c, &b);
    for (size_t i = 0; age_band_names[i].value != NULL; i++) {
        const char *line = arena_printf(f.a, "\npaqueteria_packages_overdue{band=\"%s\"} %d\n", age_band_names[i].value,
                                        age_bands[i].from <= 5 && age_bands[i].to >= 5 ? 3 : 2);

        cr_expect(strstr(b.data, line) != NULL, "%s is not in %s", line, b.data);
    }
    buf_free(&b);
    fixture_close(&f);
}
