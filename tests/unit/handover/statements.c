/* Statements: the lists of a page are read in a number of statements that does not grow with their rows. */
#include <criterion/criterion.h>

#include "domain/console/job_admin.h"
#include "domain/ground/setting.h"
#include "domain/handover/deliver.h"
#include "domain/handover/deliver_quote.h"
#include "domain/handover/authorization.h"
#include "domain/paper/label.h"
#include "domain/parcel/batch.h"
#include "domain/parcel/package_find.h"
#include "domain/parcel/package_list.h"
#include "domain/parcel/pickup.h"
#include "domain/stocktake/stocktake.h"
#include "tests/unit/claims.h"
#include "queue/doubt.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

#define MANY 12

static struct fixture f;
static int64_t ids[MANY], customer;
static size_t count;             /* packages received so far */

static void receive_until(size_t n)
{
    for (; count < n; count++) {
        struct package p = parcel_received(&f, .guide = arena_printf(f.a, "CUENTA%02zu", count), .name = "Rosa Prueba",
                                           .phone = "300 555 0001", .in_batch = true);

        cr_assert_eq(incident_report(&f.c, &(struct incident_in){ .id = p.id, .outcome = "no_encontrado" }, &p), OK,
                     "%s", fixture_fault(&f));
        ids[count] = p.id;
        customer = p.customer_id;
    }
}

/* A function …_read reads one list and returns how many rows it had. */
static size_t rows_read(void)
{
    struct package_rows rows;

    cr_assert_eq(package_rows(&f.c, &(struct package_filter){ .limit = 50 }, &rows), OK);
    return rows.all.n;
}

static size_t list_read(void)
{
    struct packages list;
    int64_t next;

    cr_assert_eq(package_list(&f.c, &(struct package_filter){ .limit = 50 }, &list, &next), OK);
    return list.n;
}

static size_t found_read(void)
{
    struct packages found;

    cr_assert_eq(package_find(&f.c, "3005550001", 50, &found), OK);
    return found.n;
}

static size_t quote_read(void)
{
    struct deliver_quote q = { 0 };

    cr_assert_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .customer_id = customer }, &q), OK);
    cr_expect_neq(q.v[q.n - 1].incident.id, 0);
    return q.n;
}

static size_t incidents_read(void)
{
    struct incidents list;

    cr_assert_eq(incident_list(&f.c, &(struct incident_filter){ .limit = 50 }, &list), OK);
    return list.n;
}

static size_t drop_read(void)
{
    struct batch b;
    struct batch_lines lines;

    cr_assert_eq(batch_open_of(&f.c, &b), OK);
    cr_assert_eq(batch_lines(&f.c, b.id, &lines), OK);
    return lines.n;
}

static size_t labels_of_drop_read(void)
{
    struct batch b;
    struct labels labels;

    cr_assert_eq(batch_open_of(&f.c, &b), OK);
    cr_assert_eq(labels_read(&f.c, &(struct label_in){ .batch = b.id }, &labels), OK);
    return labels.n;
}

static size_t labels_chosen_read(void)
{
    struct labels labels;

    cr_assert_eq(labels_read(&f.c, &(struct label_in){ .ids = ids, .count = count }, &labels), OK);
    return labels.n;
}

static const struct { const char *name; size_t (*read)(void); } lists[] = {
    { "packages", rows_read }, { "packages by API", list_read }, { "search", found_read },
    { "what a customer may take", quote_read }, { "incidents", incidents_read }, { "a drop", drop_read },
    { "labels of a drop", labels_of_drop_read }, { "labels of those chosen", labels_chosen_read },
};

static uint64_t statements_of(size_t (*read)(void), size_t rows, const char *name)
{
    const uint64_t before = db_statements(f.db);

    cr_expect_eq(read(), rows, "%s", name);
    return db_statements(f.db) - before;
}

Test(statements, of_a_list_do_not_grow_with_its_rows)
{
    uint64_t few[COUNT(lists)];

    fixture_open(&f);
    receive_until(2);
    (void)doubt_fair_now(&f.c);  /* asked once a request, by whichever list is read first */
    for (size_t i = 0; i < COUNT(lists); i++)
        few[i] = statements_of(lists[i].read, 2, lists[i].name);
    receive_until(MANY);
    for (size_t i = 0; i < COUNT(lists); i++)
        cr_expect_eq(statements_of(lists[i].read, MANY, lists[i].name), few[i], "%s", lists[i].name);
    fixture_close(&f);
}

/* Parcels of one person, in the short and in the long form of her name, each with an authorisation, and a disputed
 * one. */
static void shared_until(size_t n)
{
    static const struct stmt authorize = STMT("t_authorize", "iii",
        "INSERT INTO pickup_authorizations (package_id, customer_id, name, document_type, document_number, created_at, expires_at)"
        " VALUES ($1, $2, 'Luz Gil', 'CC', '1234', $3, $3 + 86400)");

    for (; count < n; count++) {
        struct package p = parcel_shelved(&f, .guides = arena_printf(f.a, "CUENTA%02zu", count),
                                          .name = count % 2 ? "Rosa Prueba" : "Rosa Prueba Gil");

        ids[count] = p.id;
        cr_assert_eq(db_exec(f.db, NULL, &authorize, p.id, p.customer_id, f.c.now), OK);
    }
}

static size_t opened_read(void)
{
    struct package p;
    struct packages out;

    cr_assert_eq(package_by_id(&f.c, ids[0], &p), OK);
    cr_assert_eq(pickup_opens(&f.c, &p, &out), OK);
    return out.n;
}

static size_t authorizations_read(void)
{
    struct package p;
    struct authorizations out;

    cr_assert_eq(package_by_id(&f.c, ids[0], &p), OK);
    cr_assert_eq(authorizations_of(&f.c, &p, &out), OK);
    return out.n;
}

static size_t claims_read(void)
{
    struct claims out;
    struct package p;

    cr_assert_eq(package_by_guide(&f.c, "DISPUTADA1", &p), OK);
    cr_assert_eq(claims_of(&f.c, p.id, &out), OK);
    return out.n;
}

Test(statements, of_what_a_code_opens_of_authorisations_and_of_claims_do_not_grow_with_their_rows)
{
    uint64_t few[3];

    fixture_open(&f);
    count = 0;
    shared_until(2);
    announce(&f, "Ana Ríos", ANA, "DISPUTADA1");
    announce(&f, "Pedro Gil", PEDRO, "DISPUTADA1");
    few[0] = statements_of(opened_read, 2, "what a code opens");
    few[1] = statements_of(authorizations_read, 2, "authorisations");
    few[2] = statements_of(claims_read, 1, "claims");
    shared_until(5);
    announce(&f, "Luz Mora", "300 555 0107", "DISPUTADA1");
    announce(&f, "Leo Paz", "300 555 0108", "DISPUTADA1");
    cr_expect_eq(statements_of(opened_read, 5, "what a code opens"), few[0]);
    cr_expect_eq(statements_of(authorizations_read, AUTHORIZATIONS_MAX, "authorisations"), few[1]);
    cr_expect_eq(statements_of(claims_read, 3, "claims"), few[2]);
    fixture_close(&f);
}

static uint64_t statements_of_delivery(const int64_t *handed, size_t n)
{
    int64_t known[MANY];
    struct deliver_in in = parcel_by_document(handed, n);
    struct incident open;
    struct delivery d;
    uint64_t before;

    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(incident_of(&f.c, handed[i], &open), OK);
        known[i] = open.id;
    }
    in.incidents = known;
    in.incidents_count = n;
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    before = db_statements(f.db);
    cr_assert_eq(delivery_of(&f.c, handed[0], &d), OK);
    cr_expect_eq(d.packages.n, n);
    cr_expect_eq(d.paid, in.amount);
    return db_statements(f.db) - before;
}

Test(statements, of_a_hand_over_do_not_grow_with_its_parcels)
{
    uint64_t few;

    fixture_open(&f);
    receive_until(MANY);
    few = statements_of_delivery(ids, 2);
    cr_expect_eq(statements_of_delivery(ids + 2, MANY - 2), few);
    fixture_close(&f);
}

/* ---- what an administrator sees ---- */

static void schedule_write(size_t lines)
{
    char *path = arena_printf(f.a, "%s/schedule", f.dir);
    FILE *out = fopen(path, "w");

    cr_assert_not_null(out);
    for (size_t i = 0; i < lines; i++)
        fprintf(out, "50 2 * * * 60 program-%zu\n", i);
    fclose(out);
    f.conf->schedule_file = path;
}

static size_t cron_read(void)
{
    struct cron_entries all;

    cr_assert_eq(cron_list(&f.c, &all), OK);
    return all.n;
}

static size_t stocktakes_read(void)
{
    struct stocktakes open;

    cr_assert_eq(stocktakes_open(&f.c, &open), OK);
    for (size_t i = 0; i < open.n; i++)
        cr_expect_eq(open.v[i].positions, 1);
    return open.n;
}

static size_t settings_read(void)
{
    struct setting_rows all;

    cr_assert_eq(setting_list(&f.c, NULL, &all), OK);
    return all.n;
}

static void stocktakes_start(size_t from, size_t to)
{
    struct stocktake a;

    for (size_t i = from; i < to; i++)
        cr_assert_eq(stocktake_start(&f.c, &(struct stocktake_in){ NULL, arena_printf(f.a, "%02zu", i) }, &a), OK, "%s",
                     fixture_fault(&f));
}

Test(statements, of_the_clock_and_of_open_stocktakes_do_not_grow_with_their_lines)
{
    uint64_t few;

    fixture_open(&f);
    schedule_write(2);
    few = statements_of(cron_read, 2, "the clock");
    schedule_write(MANY);
    cr_expect_eq(statements_of(cron_read, MANY, "the clock"), few);
    stocktakes_start(0, 2);
    few = statements_of(stocktakes_read, 2, "open stocktakes");
    stocktakes_start(2, MANY);
    cr_expect_eq(statements_of(stocktakes_read, MANY, "open stocktakes"), few);
    fixture_close(&f);
}

Test(statements, of_all_settings_and_of_what_every_page_says_of_the_point_are_one_each)
{
    uint64_t before;
    struct site site;

    fixture_open(&f);
    cr_expect_eq(statements_of(settings_read, SETTING_COUNT, "settings"), 1);
    cr_assert_eq(setting_change(&f.c, NULL, 0, &(struct setting_change){ "site.hours", "Todo el día" }, 1), OK);
    before = db_statements(f.db);
    site_read(&f.c, &site);
    cr_expect_eq(db_statements(f.db) - before, 1);
    cr_expect_str_eq(site.hours, "Todo el día");
    cr_expect_str_eq(site.name, "Paquetería");
    fixture_close(&f);
}
