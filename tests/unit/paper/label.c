/* Labels for the printer of the counter: asked for once, by number and never by name. */
#include <criterion/criterion.h>

#include "domain/paper/label.h"
#include "domain/ground/setting.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt jobs = STMT("t_label_jobs", "", "SELECT count(*) FROM jobs WHERE kind = 'label.print'");
static const struct stmt args = STMT("t_label_args", "", "SELECT args FROM jobs WHERE kind = 'label.print'");
static const struct stmt more = STMT("t_more_positions", "",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
    " INSERT INTO positions (code, zone, walk_order, capacity) SELECT 'X' || i, 'Bodega', 5000 + i, 1 FROM n");

static struct package shelved(struct fixture *f)
{
    return parcel_received(f, .guide = "ETIQUETA1", .name = "Rosa Prueba", .phone = "300 555 0001");
}

Test(label, without_a_printer_is_for_the_browser)
{
    struct fixture f;
    struct labels all;
    struct package p;
    struct label_in in = { .count = 1 };

    fixture_open(&f);
    p = shelved(&f);
    in.ids = &p.id;
    cr_expect_eq(labels_print(&f.c, &in, &all), E_CONFLICT);
    cr_assert_eq(labels_read(&f.c, &in, &all), OK);
    cr_assert_eq(all.n, 1);
    cr_expect_str_eq(all.v[0].code, p.tracking_code);
    cr_expect_str_eq(all.v[0].name, "Rosa P.");
    cr_expect_eq(db_scalar(f.db, -1, &jobs), 0);
    fixture_close(&f);
}

Test(label, goes_to_the_printer_of_the_settings_or_else_of_the_configuration)
{
    const struct setting_change list[] = { { "labels.printer", "192.0.2.50" }, { "labels.language", "escpos" } };
    struct fixture f;

    fixture_open(&f);
    cr_expect_not(label_printer(&f.c));
    f.conf->label_printer = "127.0.0.1:1";
    cr_expect_str_eq(label_printer_now(&f.c).address, "127.0.0.1:1");
    cr_expect_str_eq(label_printer_now(&f.c).language, "zpl");
    cr_assert_eq(setting_change(&f.c, NULL, 0, list, COUNT(list)), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(label_printer_now(&f.c).address, "192.0.2.50:9100");
    cr_expect_str_eq(label_printer_now(&f.c).language, "escpos");
    cr_expect_eq(setting_change(&f.c, NULL, 0, &(struct setting_change){ "labels.printer", "192.0.2.50:22" }, 1), E_INVALID,
                 "no other port");
    fixture_close(&f);
}

Test(label, is_a_job_that_names_nobody)
{
    struct fixture f;
    struct labels all;
    struct package p;
    struct rows q;
    struct label_in in = { .count = 1, .symbol = "128" };

    fixture_open(&f);
    f.conf->label_printer = "127.0.0.1:1";
    p = shelved(&f);
    cr_expect_eq(db_scalar(f.db, -1, &jobs), 0, "the setting does not ask for it");
    in.ids = &p.id;
    cr_assert_eq(labels_print(&f.c, &in, &all), OK, "%s", fixture_fault(&f));
    cr_assert_eq(db_one(f.db, &q, &args), OK);
    cr_expect_str_eq(db_text(&q, 0), "{\"ids\":\"1\",\"batch\":0,\"zone\":\"\",\"symbol\":\"128\"}");
    cr_assert_eq(db_end(&q), OK);
    in.ids = &(int64_t){ 999 };
    cr_expect_eq(labels_print(&f.c, &in, &all), E_NOT_FOUND);
    in = (struct label_in){ .zone = "No hay" };
    cr_expect_eq(labels_print(&f.c, &in, &all), E_CONFLICT, "nothing to print");
    cr_expect_eq(db_scalar(f.db, -1, &jobs), 1);
    fixture_close(&f);
}

static enum err insert_more(struct db *db, void *arg UNUSED)
{
    return db_exec(db, NULL, &more);
}

Test(label, of_more_than_a_roll_says_so)
{
    struct fixture f;
    struct labels all;

    fixture_open(&f);
    cr_assert_eq(labels_read(&f.c, &(struct label_in){ .zone = LABEL_ZONES }, &all), OK);
    cr_expect(!all.more);
    cr_assert_eq(db_write(f.db, insert_more, NULL), OK);
    cr_assert_eq(labels_read(&f.c, &(struct label_in){ .zone = LABEL_ZONES }, &all), OK);
    cr_expect_eq(all.n, LABELS_MAX);
    cr_expect(all.more);
    fixture_close(&f);
}
