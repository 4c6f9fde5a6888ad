/* Lists of packages: each filter alone and with the others, page by page. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/package_list.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

#define DAY DAY_SECONDS

static const struct stmt arrive = STMT("t_list_arrive", "iis",
    "UPDATE packages SET received_at = $2, type = $3 WHERE id = $1");
static const struct stmt closure = STMT("t_list_closure", "i",
    "INSERT INTO closures (day, reason) VALUES ($1, 'inventario')");

/* Receives a package that has been on the shelf for so many days; its id. */
static int64_t shelve(struct fixture *f, const char *guide, int64_t days, const char *type)
{
    int64_t id = parcel_received(f, .guide = guide).id;

    cr_assert_eq(db_exec(f->db, NULL, &arrive, id, f->c.now - days * DAY, type), OK);
    return id;
}

/* Package 1 is announced; 2 (Ana, today), 3 (Ana, 5 days, large), 4 (nobody's, 5 days) and 5 (nobody's, 40
 * days) are on the shelf; 6 is cancelled.  Luz claims 1, 3 and 6. */
static void fill(struct fixture *f)
{
    static const char *const claimed[] = { "GUIA0001", "GUIA0003", "GUIA0006" };
    struct announcement all;
    struct package p;

    parcel_announced(f, .guides = "GUIA0001", .name = "Ana María Ríos", .phone = "3005550001");
    parcel_announced(f, .guides = "GUIA0002", .name = "Ana María Ríos", .phone = "3005550002");
    parcel_announced(f, .guides = "GUIA0003", .name = "Ana María Ríos", .phone = "3005550002");
    shelve(f, "GUIA0002", 0, "NORMAL");
    shelve(f, "GUIA0003", 5, "EXTRA_DIMENSIONADO");
    shelve(f, "GUIA0004", 5, "NORMAL");
    shelve(f, "GUIA0005", 40, "NORMAL");
    parcel_announced(f, .guides = "GUIA0006", .name = "Ana María Ríos", .phone = "3005550003");
    for (size_t i = 0; i < COUNT(claimed); i++)
        cr_assert_eq(announcement_make(&f->c, &(struct announce_in){ .name = "Luz Gil", .phone = "3005550009",
                     .guides = claimed[i], .consent = true }, &all), OK, "%s", fixture_fault(f));
    cr_assert_eq(package_cancel(&f->c, &(struct cancel_in){ 6, "paquete_perdido", NULL, NULL }, &p), OK);
}

static const char *ids_of(struct fixture *f, const struct packages *list)
{
    const char *text = "";

    for (size_t i = 0; i < list->n; i++)
        text = arena_printf(f->a, "%s%lld ", text, (long long)list->v[i].id);
    return text;
}

Test(list, filters_by_state_type_age_owner_and_words_and_by_several_at_once)
{
    static const struct { struct package_filter filter; const char *ids; } rows[] = {
        { { .state = NULL }, "6 5 4 3 2 1 " },
        { { .state = "ANUNCIADO" }, "1 " },
        { { .state = "RECIBIDO" }, "5 4 3 2 " },
        { { .type = "EXTRA_DIMENSIONADO" }, "3 " },
        { { .state = "RECIBIDO", .type = "NORMAL" }, "5 4 2 " },
        { { .band = "0-1" }, "2 " },
        { { .band = "4-7" }, "4 3 " },
        { { .band = "30+" }, "5 " },
        { { .band = "4-7", .type = "NORMAL" }, "4 " },
        { { .band = "4-7", .state = "RECIBIDO" }, "4 3 " },
        { { .band = "4-7", .state = "ENTREGADO" }, "" },
        { { .unidentified = true }, "5 4 " },
        { { .unidentified = true, .band = "30+" }, "5 " },
        { { .unidentified = true, .state = "CANCELADO" }, "" },
        { { .disputed = true }, "3 1 " },
        { { .disputed = true, .state = "RECIBIDO" }, "3 " },
        { { .disputed = true, .band = "4-7" }, "3 " },
        { { .disputed = true, .state = "CANCELADO" }, "" },
        { { .disputed = true, .customer_id = 1 }, "1 " },
        { { .q = "GUIA000", .disputed = true }, "1 3 " },
        { { .customer_id = 2 }, "3 2 " },
        { { .customer_id = 2, .type = "NORMAL" }, "2 " },
        { { .customer_id = 2, .band = "4-7" }, "3 " },
        { { .customer_id = 2, .state = "ANUNCIADO" }, "" },
        { { .q = "300 555 0002" }, "3 2 " },
        { { .q = "300 555 0002", .band = "4-7" }, "3 " },
        { { .q = "GUIA000", .state = "ANUNCIADO" }, "1 " },
        { { .q = "GUIA000", .unidentified = true }, "4 5 " },      /* a search orders by guide */
        { { .q = "GUIA000", .customer_id = 2, .type = "NORMAL" }, "2 " },
    };
    struct fixture f;

    fixture_open(&f);
    fill(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct packages out;
        int64_t next;

        cr_assert_eq(package_list(&f.c, &rows[i].filter, &out, &next), OK, "row %zu", i);
        cr_expect_str_eq(ids_of(&f, &out), rows[i].ids, "row %zu: %s", i, ids_of(&f, &out));
        cr_expect_eq(next, 0, "row %zu", i);
    }
    fixture_close(&f);
}

Test(list, pages_go_back_from_the_last_row_seen_and_end)
{
    struct fixture f;
    struct package_filter filter = { .limit = 4 };
    struct packages out;
    int64_t next;

    fixture_open(&f);
    fill(&f);
    cr_assert_eq(package_list(&f.c, &filter, &out, &next), OK);
    cr_expect_str_eq(ids_of(&f, &out), "6 5 4 3 ");
    cr_assert_eq(next, 3);
    filter.before = next;
    cr_assert_eq(package_list(&f.c, &filter, &out, &next), OK);
    cr_expect_str_eq(ids_of(&f, &out), "2 1 ");
    cr_expect_eq(next, 0);
    fixture_close(&f);
}

Test(list, fees_of_many_are_those_of_each)
{
    struct fixture f;
    struct packages out;
    struct fee one, *all;
    int64_t next;

    fixture_open(&f);
    fill(&f);
    cr_assert_eq(db_exec(f.db, NULL, &closure, clock_day(f.c.now) - 2), OK);
    cr_assert_eq(package_list(&f.c, &(struct package_filter){ .limit = 10 }, &out, &next), OK);
    cr_assert_eq(fees_of(&f.c, &out, &all), OK);
    for (size_t i = 0; i < out.n; i++) {
        cr_assert_eq(fee_of(&f.c, &out.v[i], &one), OK);
        cr_expect_eq(all[i].total, one.total, "package %lld", (long long)out.v[i].id);
        cr_expect_eq(all[i].days, one.days);
        cr_expect_eq(all[i].grows_at, one.grows_at);
    }
    cr_expect_eq(all[0].total, 0, "a cancelled one owes nothing");
    cr_expect_eq(all[2].total, 1500 + 3 * 1000, "five days, one of them closed, one free");
    fixture_close(&f);
}
