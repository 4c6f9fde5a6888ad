/* Drop: a courier's drop counts what was left in it, and a signed one stays as it was signed. */
#include <criterion/criterion.h>

#include "domain/custody/drop.h"
#include "domain/custody/undo.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_receive.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt age_all = STMT("t_age_all", "i", "UPDATE packages SET announced_at = announced_at - $1");
static const struct stmt colleague = STMT("t_colleague", "s",
    "INSERT INTO users (username, email, full_name, role, password_hash, created_at)"
    " VALUES ($1, $1 || '@example.com', $1, 'OPERADOR', 'x', 0) RETURNING id");

static struct package announce(struct fixture *f, const char *guide)
{
    return parcel_announced(f, .name = "Rosa Prueba", .phone = "300 555 0199", .guides = guide);
}

static void undo(struct fixture *f, int64_t id)
{
    struct package p;

    cr_assert_eq(package_undo(&f->c, id, &p), OK, "%s", fixture_fault(f));
}

static enum err refuse(struct fixture *f, const char *guide)
{
    struct batch b;
    int64_t id;

    return drop_refuse(&f->c, &(struct refuse_in){ guide, "danado", NULL }, &b, &id);
}

static struct batch drop(struct fixture *f, int64_t id)
{
    struct batch b;

    cr_assert_eq(id == 0 ? batch_open_of(&f->c, &b) : batch_by_id(&f->c, id, &b), OK, "%s", fixture_fault(f));
    return b;
}

static struct batch signed_drop(struct fixture *f)
{
    struct batch b;

    cr_assert_eq(drop_close(&f->c, &(struct drop_close_in){ drop(f, 0).id, "Pedro R.", NULL }, &b), OK, "%s",
                 fixture_fault(f));
    return b;
}

/* The newest line of a drop. */
static struct batch_line line(struct fixture *f, int64_t id)
{
    struct batch_lines all;

    cr_assert_eq(batch_lines(&f->c, id, &all), OK);
    cr_assert_gt(all.n, 0);
    return all.v[0];
}

static void expect(struct fixture *f, int64_t id, int64_t received, int64_t refused)
{
    struct batch b = drop(f, id);

    cr_expect_eq(b.received, received, "received %lld, not %lld", (long long)b.received, (long long)received);
    cr_expect_eq(b.refused, refused, "refused %lld, not %lld", (long long)b.refused, (long long)refused);
}

static void become(struct fixture *f, int64_t user)
{
    f->c.user_id = user;
}

static int64_t second_operator(struct fixture *f)
{
    int64_t id;

    cr_assert_eq(db_insert(f->db, &id, &colleague, "beto"), OK);
    return id;
}

Test(batch, a_late_parcel_that_was_undone_is_not_received)
{
    struct fixture f;
    struct package p;
    int expired;

    fixture_open(&f);
    p = announce(&f, "TARDE0001");
    cr_assert_eq(db_exec(f.db, NULL, &age_all, (int64_t)31 * 86400), OK);
    cr_assert_eq(package_expire(&f.c, 10, &expired), OK);
    cr_assert_eq(expired, 1);
    parcel_received(&f, .guide = "TARDE0001", .late_reason = "llegó tarde", .in_batch = true);
    expect(&f, 0, 1, 0);
    undo(&f, p.id);
    expect(&f, 0, 0, 0);
    fixture_close(&f);
}

Test(batch, a_parcel_undone_in_one_drop_and_received_in_another_is_in_the_other)
{
    struct fixture f;
    struct package p;
    int64_t first, second;

    fixture_open(&f);
    second = second_operator(&f);
    announce(&f, "DOSVECES1");
    p = parcel_received(&f, .guide = "DOSVECES1", .in_batch = true);
    first = drop(&f, 0).id;
    undo(&f, p.id);
    f.c.now += 5;
    become(&f, second);
    parcel_received(&f, .guide = "DOSVECES1", .in_batch = true);
    expect(&f, 0, 1, 0);
    expect(&f, first, 0, 0);
    fixture_close(&f);
}

Test(batch, a_refusal_that_was_undone_is_none)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = announce(&f, "RECHAZO01");
    cr_assert_eq(refuse(&f, "RECHAZO01"), OK, "%s", fixture_fault(&f));
    expect(&f, 0, 0, 1);
    undo(&f, p.id);
    expect(&f, 0, 0, 0);
    cr_expect_eq(line(&f, drop(&f, 0).id).counts, 0);
    fixture_close(&f);
}

Test(batch, what_was_signed_stays_as_it_was_signed)
{
    struct fixture f;
    struct package p, q;
    struct batch b;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "FIRMADO01", .in_batch = true);
    q = parcel_received(&f, .guide = "FIRMADO02", .in_batch = true);
    b = signed_drop(&f);
    undo(&f, q.id);              /* within the seconds of undo, but after the signature */
    f.c.now += 3600;
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "error_operador", NULL, NULL }, &p), OK, "%s",
                 fixture_fault(&f));
    expect(&f, b.id, 2, 0);
    cr_expect_eq(line(&f, b.id).counts, 1);
    fixture_close(&f);
}

Test(batch, what_the_operator_took_for_a_parcel_is_gone_before_the_signature_and_back_when_it_was_none)
{
    struct fixture f;
    struct package p, out;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "VOLANTE01", .in_batch = true);
    f.c.now += 3600;
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "error_operador", NULL, NULL }, &out), OK);
    expect(&f, 0, 0, 0);
    undo(&f, p.id);
    expect(&f, 0, 1, 0);
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "cliente_solicita", NULL, NULL }, &out), OK);
    expect(&f, 0, 1, 0);
    fixture_close(&f);
}

Test(batch, a_guide_is_refused_once_and_a_reception_takes_the_place_of_a_refusal)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    cr_assert_eq(refuse(&f, "una vez 01"), OK, "%s", fixture_fault(&f));
    cr_expect_eq(refuse(&f, "UNA-VEZ-01"), E_CONFLICT, "the same guide, typed otherwise");
    cr_expect_str_eq(fixture_fault(&f), "La guía UNA-VEZ-01 ya está en esta entrega como no recibida.");
    expect(&f, 0, 0, 1);
    p = parcel_received(&f, .guide = "UNAVEZ01", .in_batch = true);
    expect(&f, 0, 1, 0);
    cr_expect_eq(refuse(&f, "UNAVEZ01"), E_CONFLICT);
    undo(&f, p.id);
    expect(&f, 0, 0, 1);         /* as before */
    fixture_close(&f);
}

Test(batch, what_was_received_and_left_again_is_not_refused_in_the_same_drop)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "SALIO0001", .in_batch = true);
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "devuelto_transportadora", NULL, NULL }, &p), OK);
    cr_expect_eq(refuse(&f, "SALIO0001"), E_CONFLICT);
    cr_expect_str_eq(fixture_fault(&f), "La guía SALIO0001 ya está en esta entrega como recibida.");
    expect(&f, 0, 1, 0);
    fixture_close(&f);
}

Test(batch, a_refusal_of_what_nobody_announced_is_undone_by_who_noted_it_while_the_drop_is_open)
{
    struct fixture f;
    struct batch b;
    int64_t id;

    fixture_open(&f);
    cr_assert_eq(drop_refuse(&f.c, &(struct refuse_in){ "SINAVISO1", "con_cobro", NULL }, &b, &id), OK);
    become(&f, 2);
    cr_expect_eq(drop_refusal_undo(&f.c, id, &b), E_FORBIDDEN);
    become(&f, 1);
    f.c.now += f.c.conf->undo_s + 1;
    cr_expect_eq(drop_refusal_undo(&f.c, id, &b), E_CONFLICT);
    f.c.now -= 1;
    cr_assert_eq(drop_refusal_undo(&f.c, id, &b), OK, "%s", fixture_fault(&f));
    cr_expect_eq(b.refused, 0);
    cr_expect_eq(drop_refusal_undo(&f.c, id, &b), E_CONFLICT, "once");
    cr_expect_eq(drop_refusal_undo(&f.c, 99, &b), E_NOT_FOUND);
    cr_assert_eq(drop_refuse(&f.c, &(struct refuse_in){ "SINAVISO1", "con_cobro", NULL }, &b, &id), OK, "noted again");
    signed_drop(&f);
    cr_expect_eq(drop_refusal_undo(&f.c, id, &b), E_CONFLICT, "signed");
    expect(&f, b.id, 0, 1);
    fixture_close(&f);
}

Test(batch, a_refusal_of_an_announced_guide_is_undone_with_its_cancellation)
{
    struct fixture f;
    struct package p;
    struct batch b;
    int64_t id;

    fixture_open(&f);
    p = announce(&f, "AVISADA01");
    cr_assert_eq(drop_refuse(&f.c, &(struct refuse_in){ "AVISADA01", "danado", NULL }, &b, &id), OK);
    cr_assert_eq(drop_refusal_undo(&f.c, id, &b), OK, "%s", fixture_fault(&f));
    cr_expect_eq(b.refused, 0);
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_str_eq(p.state, "ANUNCIADO");
    fixture_close(&f);
}

Test(batch, keeps_the_size_of_the_series_and_the_carrier_that_was_said_at_its_start)
{
    struct fixture f;
    struct batch b;

    fixture_open(&f);
    parcel_received(&f, .guide = "SERIE0001", .carrier = "Envía", .type = "EXTRA_DIMENSIONADO",
                    .in_series = true, .in_batch = true);
    parcel_received(&f, .guide = "SERIE0002", .in_batch = true);        /* from another page, or the API */
    parcel_received(&f, .guide = "9123456782", .in_batch = true);
    b = drop(&f, 0);
    cr_expect_str_eq(b.carrier, "Envía", "not what a parcel of it suggests");
    cr_expect_str_eq(b.package_type, "EXTRA_DIMENSIONADO");
    parcel_received(&f, .guide = "9123456790", .carrier = "", .type = "NORMAL", .in_series = true, .in_batch = true);
    b = drop(&f, 0);
    cr_expect_str_eq(b.package_type, "NORMAL");
    cr_expect_str_eq(b.carrier, "Envía");
    cr_expect_str_eq(parcel_received(&f, .guide = "SERIE0003", .in_series = true, .in_batch = true).carrier, "Envía");
    parcel_received(&f, .guide = "SERIE0004", .carrier = "TCC", .in_batch = true);
    cr_expect_str_eq(drop(&f, 0).carrier, "Envía", "one parcel of another carrier changes nothing");
    fixture_close(&f);
}

static const struct stmt signed_for = STMT("t_drop_signed", "s",
    "SELECT count(*) FROM audit_log WHERE action = 'batch_close' AND details ->> '$.after' = $1");

Test(batch, is_closed_by_who_opened_it_or_by_an_administrator)
{
    struct fixture f;
    struct batch b;
    struct batches all;
    int64_t id;

    fixture_open(&f);
    parcel_received(&f, .guide = "AJENA0001", .in_batch = true);
    id = drop(&f, 0).id;
    become(&f, second_operator(&f));
    cr_expect_eq(drop_close(&f.c, &(struct drop_close_in){ id, "Pedro R.", NULL }, &b), E_CONFLICT);
    cr_assert_eq(batch_open(&f.c, &all), OK);
    cr_expect_eq(all.n, 1, "everybody sees what is open");
    f.c.role = ROLE_ADMIN;
    cr_assert_eq(drop_close(&f.c, &(struct drop_close_in){ id, "Pedro R.", NULL }, &b), OK, "%s", fixture_fault(&f));
    cr_expect_eq(b.opened_by, 1);
    cr_expect_eq(b.closed_by, f.c.user_id);
    cr_expect_str_eq(b.closed_by_name, "beto");
    cr_expect_eq(db_scalar(f.db, 0, &signed_for, "Cerrada: 1 recibidos, 0 rechazados, 0 con daño"), 1, "the log says what for");
    cr_assert_eq(batch_open(&f.c, &all), OK);
    cr_expect_eq(all.n, 0);
    fixture_close(&f);
}

Test(batch, in_which_nothing_is_left_begins_with_what_comes_next)
{
    struct fixture f;
    struct package p;
    int64_t id;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "AYER00001", .in_batch = true);
    id = drop(&f, 0).id;
    undo(&f, p.id);
    f.c.now += 86400;
    parcel_received(&f, .guide = "HOY000001", .in_batch = true);
    cr_expect_eq(drop(&f, 0).id, id);
    cr_expect_eq(drop(&f, 0).opened_at, f.c.now);
    f.c.now += 86400;
    parcel_received(&f, .guide = "MANANA001", .in_batch = true);
    cr_expect_eq(drop(&f, 0).opened_at, f.c.now - 86400, "one with parcels is older than they are");
    fixture_close(&f);
}

/* Six digits such as 482913 are what a customer shows to collect a parcel, so a scan of them is most
 * likely no guide. */
Test(batch, takes_no_six_digits_for_a_guide_in_a_series_unless_somebody_announced_them)
{
    struct fixture f;
    struct package p;
    const struct receive_in scan = { .guide = " 482 913 ", .in_batch = true, .in_series = true };

    fixture_open(&f);
    cr_expect_eq(package_receive(&f.c, &scan, &p), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "guide");
    cr_expect(strstr(fixture_fault(&f), "código de entrega") != NULL, "%s", fixture_fault(&f));
    announce(&f, "482913");
    cr_expect_eq(package_receive(&f.c, &scan, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "482914", .in_batch = true }, &p), OK,
                 "alone, and looked at, it may be one");
    fixture_close(&f);
}
