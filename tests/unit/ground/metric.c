/* Business metrics: each operation by how it ended, money taken, hand-overs without a code; a replay is no
 * second hand-over. */
#include <criterion/criterion.h>

#include "metric/metric.h"
#include "domain/custody/undo.h"
#include "domain/handover/deliver.h"
#include "domain/parcel/pickup.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static bool counted(struct fixture *f, const char *line)
{
    struct buf b = { 0 };
    bool found;

    metric_render(f->c.conf, &b);
    found = strstr(b.data, arena_printf(f->a, "\n%s\n", line)) != NULL;
    buf_free(&b);
    return found;
}

Test(metrics_of_the_business, count_operations_by_how_they_ended)
{
    struct fixture f;
    struct package p;
    struct delivery out;
    struct deliver_in in = { .count = 1, .method = "efectivo", .amount = 1500 };

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "COUNT0001");
    in.ids = &p.id;
    in.code = package_pickup_code(&f.c, &p);
    cr_assert_eq(deliver_packages(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(deliver_packages(&f.c, &in, &out), E_CONFLICT);
    cr_expect(counted(&f, "paqueteria_operations_total{op=\"announce\",result=\"ok\"} 1"));
    cr_expect(counted(&f, "paqueteria_operations_total{op=\"receive\",result=\"ok\"} 1"));
    cr_expect(counted(&f, "paqueteria_operations_total{op=\"deliver\",result=\"ok\"} 1"));
    cr_expect(counted(&f, "paqueteria_operations_total{op=\"deliver\",result=\"conflict\"} 1"));
    cr_expect(counted(&f, "paqueteria_payments_pesos_total{method=\"efectivo\"} 1500"));
    cr_expect_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    cr_expect(counted(&f, "paqueteria_operations_total{op=\"undo\",result=\"ok\"} 1"));
    fixture_close(&f);
}

Test(metrics_of_the_business, count_a_hand_over_without_its_code_once_however_often_it_is_sent)
{
    struct fixture f;
    struct package p;
    struct delivery out;
    struct deliver_in in;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "COUNT0002");
    in = parcel_by_document(&p.id, 1);
    in.method = "efectivo";
    in.reference = NULL;
    f.c.operation_key = "0123456789abcdef";
    f.c.operation_print = "same";
    cr_assert_eq(deliver_packages(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_assert_eq(deliver_packages(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect(counted(&f, "paqueteria_handover_override_total{reason=\"codigo_olvidado\"} 1"));
    cr_expect(counted(&f, "paqueteria_payments_pesos_total{method=\"efectivo\"} 1500"));
    cr_expect(counted(&f, "paqueteria_operations_total{op=\"deliver\",result=\"ok\"} 1"));
    cr_expect(counted(&f, "paqueteria_operations_total{op=\"deliver\",result=\"replayed\"} 1"));
    fixture_close(&f);
}
