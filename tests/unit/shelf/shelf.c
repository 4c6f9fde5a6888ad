/* Shelf: what a position holds, boxes that change their place, and stocktakes that say what is missing,
 * misplaced or not of the shelf, whatever happens meanwhile. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "domain/custody/history.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/texts.h"
#include "domain/shelf/position.h"
#include "domain/shelf/texts.h"
#include "domain/stocktake/scan.h"
#include "domain/stocktake/stocktake.h"
#include "domain/stocktake/texts.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt audited = STMT("t_shelf_audited", "s", "SELECT count(*) FROM audit_log WHERE action = $1");
static const struct stmt events = STMT("t_shelf_events", "is",
    "SELECT count(*) FROM package_events WHERE package_id = $1 AND kind = $2");
static const struct stmt used_of = STMT("t_shelf_used", "s", "SELECT used FROM positions WHERE code = $1");
static const struct stmt no_overflow = STMT("t_shelf_no_overflow", "", "UPDATE positions SET is_active = 0 WHERE capacity IS NULL");
static const struct stmt counted_wrong = STMT("t_shelf_used_wrong", "",
    "SELECT count(*) FROM positions o WHERE used <> (SELECT count(*) FROM packages WHERE position_id = o.id)");

/* Leaves four positions in use: large, for any size, normal, large. */
static const struct stmt four_left = STMT("t_shelf_four_left", "",
    "UPDATE positions SET is_active = capacity IS NULL OR code < '04', size_class = CASE code"
    " WHEN '01' THEN 'CUALQUIERA' WHEN '02' THEN 'NORMAL' ELSE 'EXTRA_DIMENSIONADO' END");
static const struct stmt all_small = STMT("t_shelf_all_small", "", "UPDATE positions SET size_class = 'NORMAL'");

static struct package receive_type(struct fixture *f, const char *guide, const char *type, const char *position)
{
    return parcel_received(f, .guide = guide, .type = type, .position = position);
}

static struct package receive_at(struct fixture *f, const char *guide, const char *position)
{
    return receive_type(f, guide, "NORMAL", position);
}

static struct position position(struct fixture *f, const char *code)
{
    struct position p;

    cr_assert_eq(position_by_code(&f->c, code, &p), OK, "%s", fixture_fault(f));
    return p;
}

static struct stocktake start(struct fixture *f, const char *zone, const char *code)
{
    struct stocktake a;

    cr_assert_eq(stocktake_start(&f->c, &(struct stocktake_in){ zone, code }, &a), OK, "%s", fixture_fault(f));
    return a;
}

static struct stocktake_reading scan(struct fixture *f, int64_t audit, const char *text)
{
    struct stocktake_reading read;

    cr_assert_eq(stocktake_scan(&f->c, &(struct stocktake_scan_in){ audit, text, NULL }, &read), OK, "%s: %s",
                 text, fixture_fault(f));
    return read;
}

static const struct text *refused(struct fixture *f, int64_t audit, const char *text, enum err err)
{
    struct stocktake_reading read;

    cr_assert_eq(stocktake_scan(&f->c, &(struct stocktake_scan_in){ audit, text, NULL }, &read), err, "%s", text);
    return f->c.fault.text;
}

static const char *kind_at(struct fixture *f, int64_t audit, const char *code, const char *guide)
{
    struct stocktake_boxes all;

    cr_assert_eq(stocktake_boxes_of(&f->c, audit, code, &all), OK, "%s", fixture_fault(f));
    for (size_t i = 0; i < all.n; i++)
        if (streq(all.v[i].text, guide))
            return all.v[i].kind;
    return "";
}

static int64_t box_of(struct fixture *f, int64_t audit, const char *code, const char *guide)
{
    struct stocktake_boxes all;

    cr_assert_eq(stocktake_boxes_of(&f->c, audit, code, &all), OK);
    for (size_t i = 0; i < all.n; i++)
        if (streq(all.v[i].text, guide))
            return all.v[i].id;
    return 0;
}

/* ---- positions ---- */

static enum err change(struct fixture *f, int64_t id, const char *zone, int64_t order, int64_t capacity, bool active,
                       struct position *out)
{
    return position_change(&f->c, &(struct position_edit){ .id = id, .zone = zone, .size_class = "NORMAL",
        .walk_order = &order, .capacity = &capacity, .is_active = &active }, out);
}

Test(positions, that_are_full_or_out_of_use_or_unknown_are_told_apart)
{
    static const struct { const char *code; enum err err; const struct text *text; } rows[] = {
        { "01", E_CONFLICT, T_POSITION_FULL }, { "02", E_CONFLICT, T_POSITION_OFF },
        { "Z9", E_INVALID, T_POSITION_NONE }, { "00", E_CONFLICT, T_ALREADY_THERE }, { "03", OK, NULL },
    };
    struct fixture f;
    struct package p;
    struct position off;

    fixture_open(&f);
    receive_at(&f, "OTRA001", "01");
    p = receive_at(&f, "CAJA001", "00");
    off = position(&f, "02");
    cr_assert_eq(change(&f, off.id, off.zone, 2, 1, false, &off), OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert_eq(scan_move(&f.c, &(struct scan_move_in){ "CAJA001", rows[i].code }, &p), rows[i].err,
                     "row %zu: %s", i, fixture_fault(&f));
        if (rows[i].err != OK) {
            cr_expect_eq(f.c.fault.text, rows[i].text, "row %zu: %s", i, fixture_fault(&f));
            cr_expect_str_eq(f.c.fault.field, "position", "row %zu", i);
        }
    }
    cr_expect_str_eq(p.position_code, "03");
    cr_expect_eq(db_scalar(f.db, -1, &events, p.id, "REUBICACION"), 1);
    cr_expect_eq(db_scalar(f.db, -1, &counted_wrong), 0);
    fixture_close(&f);
}

Test(positions, the_box_that_is_moved_must_be_on_the_shelf_and_where_to_must_be_said)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    receive_at(&f, "CAJA001", "00");
    cr_expect_eq(scan_move(&f.c, &(struct scan_move_in){ "NADIE001", "01" }, &p), E_NOT_FOUND);
    cr_expect_str_eq(f.c.fault.field, "box");
    cr_expect_eq(scan_move(&f.c, &(struct scan_move_in){ " ", "01" }, &p), E_INVALID);
    cr_expect_eq(scan_move(&f.c, &(struct scan_move_in){ "CAJA001", "" }, &p), E_INVALID, "a second Enter");
    cr_expect_str_eq(f.c.fault.field, "position");
    cr_expect_eq(scan_move(&f.c, &(struct scan_move_in){ "]C1caja001", "]C101" }, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.position_code, "01");
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "cliente_solicita", NULL, NULL }, &p), OK);
    cr_expect_eq(scan_move(&f.c, &(struct scan_move_in){ "CAJA001", "02" }, &p), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_NOT_ON_SHELF);
    fixture_close(&f);
}

Test(positions, a_hundred_and_one_parcels_on_a_hundred_go_to_the_overflow_even_if_one_walks_past_it_first)
{
    struct fixture f;
    struct receive_in in = { .guide = "GUIA0102", .type = "NORMAL", .condition = "BUENO" };
    struct position piso;
    struct package p = { 0 };
    char guide[16];

    fixture_open(&f);
    piso = position(&f, "PISO");
    cr_assert_eq(change(&f, piso.id, piso.zone, 0, 0, true, &piso), OK);
    for (int i = 1; i <= 101; i++) {
        snprintf(guide, sizeof guide, "GUIA%04d", i);
        p = receive_at(&f, guide, NULL);
        cr_expect(i == 101 ? streq(p.position_code, "PISO") : !streq(p.position_code, "PISO"), "%d", i);
    }
    cr_expect_eq(position_free(&f.c), 0);
    cr_assert_eq(db_exec(f.db, NULL, &no_overflow), OK);
    cr_expect_eq(package_receive(&f.c, &in, &p), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_POSITION_NO_ROOM);
    cr_expect_eq(db_scalar(f.db, -1, &counted_wrong), 0);
    fixture_close(&f);
}

Test(positions, a_parcel_goes_to_its_own_size_then_to_any_and_only_a_normal_one_then_to_a_large_one)
{
    static const struct { const char *type, *at[5]; } cases[] = {
        { "NORMAL", { "02", "01", "00", "03", "PISO" } },
        { "EXTRA_DIMENSIONADO", { "00", "03", "01", "PISO", "PISO" } },
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture f;

        fixture_open(&f);
        cr_assert_eq(db_exec(f.db, NULL, &four_left), OK);
        for (size_t j = 0; j < COUNT(cases[i].at); j++)
            cr_expect_str_eq(receive_type(&f, arena_printf(f.a, "TALLA%zu", j), cases[i].type, NULL).position_code,
                             cases[i].at[j], "%s, the %zu.", cases[i].type, j + 1);
        fixture_close(&f);
    }
}

Test(positions, a_large_parcel_lies_on_a_small_one_only_when_somebody_says_so)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    cr_assert_eq(db_exec(f.db, NULL, &all_small), OK);
    p = receive_type(&f, "GRANDE1", "EXTRA_DIMENSIONADO", NULL);
    cr_expect_str_eq(p.position_code, "PISO");
    cr_assert_eq(package_move(&f.c, &(struct move_in){ p.id, "05" }, &p), OK);
    cr_expect_str_eq(p.position_code, "05");
    cr_assert_eq(package_move(&f.c, &(struct move_in){ p.id, NULL }, &p), OK);
    cr_expect_str_eq(p.position_code, "PISO", "the first that fits, as when it came");
    cr_expect_str_eq(receive_at(&f, "CHICO1", NULL).position_code, "00");
    cr_expect_eq(db_scalar(f.db, -1, &counted_wrong), 0);
    fixture_close(&f);
}

static const char *plan_index(const char *name)
{
    return streq(name, "position_take_first") ? "positions_free (size_class=?)"
        : streq(name, "position_take_overflow") ? "positions_overflow" : NULL;
}

static bool plan_is_ours(const struct stmt *s, const char *file UNUSED)
{
    return plan_index(s->name) != NULL;
}

/* Steps of a plan find rows by an index or their key, and nothing is sorted. */
static bool plan_is_fine(const char *name, const char *step)
{
    const bool reads = strncmp(step, "SCAN", 4) == 0 || strncmp(step, "SEARCH", 6) == 0;

    return strstr(step, "TEMP B-TREE") == NULL && (!reads || strstr(step, plan_index(name)) != NULL
                                                   || strstr(step, "INTEGER PRIMARY KEY") != NULL);
}

Test(positions, the_first_free_one_is_found_without_a_look_at_those_that_are_taken)
{
    struct fixture f;

    fixture_open(&f);
    cr_expect_eq(fixture_plans(&f, plan_is_ours, plan_is_fine), 2);
    fixture_close(&f);
}

Test(positions, are_added_in_a_range_all_or_none)
{
    static const struct { struct position_in in; enum err err; const char *field; } rows[] = {
        { { "A01", "A20", "Pared", "NORMAL", 0, 1 }, OK, NULL },
        { { "A20", "A22", "Pared", "NORMAL", 0, 1 }, E_CONFLICT, "code" },
        { { "B1", "C3", "Pared", "NORMAL", 0, 1 }, E_INVALID, "last" },
        { { "B1", "B12", "Pared", "NORMAL", 0, 1 }, E_INVALID, "last" },
        { { "B9", "B1", "Pared", "NORMAL", 0, 1 }, E_INVALID, "last" },
        { { "B000", "B200", "Pared", "NORMAL", 0, 1 }, E_INVALID, "last" },
        { { "B", "D", "Pared", "NORMAL", 0, 1 }, E_INVALID, "last" },
        { { "ESTANTE-1", NULL, "Pared", "NORMAL", 0, 1 }, E_INVALID, "code" },
        { { "Ñ1", NULL, "Pared", "NORMAL", 0, 1 }, E_INVALID, "code" },
        { { "-1", NULL, "Pared", "NORMAL", 0, 1 }, E_INVALID, "code" },
        { { "ABC234", NULL, "Pared", "NORMAL", 0, 1 }, E_INVALID, "code" },
        { { "bodega", NULL, "Fondo", "EXTRA_DIMENSIONADO", 0, 0 }, OK, NULL },
        { { "P-1", NULL, "Pared", "NORMAL", 7, 3 }, OK, NULL },
    };
    struct fixture f;
    struct positions all;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert_eq(position_add(&f.c, &rows[i].in, &all), rows[i].err, "row %zu: %s", i, fixture_fault(&f));
        if (rows[i].field != NULL)
            cr_expect_str_eq(f.c.fault.field, rows[i].field, "row %zu", i);
    }
    cr_expect_eq(position(&f, "A01").walk_order, 100, "after the last one with a limit");
    cr_expect_eq(position(&f, "A20").walk_order, 119);
    cr_expect_eq(position(&f, "BODEGA").walk_order, 1001, "after the overflow");
    cr_expect_eq(position(&f, "P-1").capacity, 3);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "position_add"), 3);
    cr_expect_eq(position_by_code(&f.c, "A22", &all.v[0]), E_NOT_FOUND, "none of a range that clashes");
    fixture_close(&f);
}

Test(positions, never_hold_less_than_what_lies_there)
{
    struct fixture f;
    struct position p, piso;

    fixture_open(&f);
    receive_at(&f, "CAJA001", "PISO");
    receive_at(&f, "CAJA002", "PISO");
    receive_at(&f, "CAJA003", "05");
    piso = position(&f, "PISO");
    cr_expect_eq(change(&f, piso.id, "Desborde", 1000, 2, true, &p), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_POSITION_LAST, "receiving would stop");
    cr_expect_eq(change(&f, position(&f, "06").id, "Desborde", 6, 0, true, &p), OK);
    cr_expect_eq(change(&f, piso.id, "Desborde", 1000, 1, true, &p), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_POSITION_HOLDS);
    cr_expect_str_eq(f.c.fault.field, "capacity");
    cr_expect_eq(change(&f, piso.id, "Desborde", 1000, 2, true, &p), OK);
    cr_expect_eq(change(&f, position(&f, "05").id, "X", 5, 1, false, &p), E_CONFLICT);
    cr_expect_str_eq(f.c.fault.field, "is_active");
    cr_expect_eq(change(&f, 9999, "X", 5, 1, false, &p), E_NOT_FOUND);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "position_change"), 2);
    fixture_close(&f);
}

Test(positions, keep_what_a_change_does_not_name_and_refuse_one_that_comes_late)
{
    static const int64_t none = 0;
    struct fixture f;
    struct position was, p;

    fixture_open(&f);
    was = position(&f, "05");
    cr_assert_eq(position_change(&f.c, &(struct position_edit){ .id = was.id, .zone = "Frío" }, &p), OK);
    cr_expect_str_eq(p.zone, "Frío");
    cr_expect_eq(p.walk_order, was.walk_order);
    cr_expect_str_eq(p.size_class, was.size_class);
    cr_expect_eq(p.capacity, was.capacity);
    cr_expect_eq(p.is_active, 1);
    cr_expect_eq(p.version, was.version + 1);
    cr_assert_eq(position_change(&f.c, &(struct position_edit){ .id = p.id, .version = p.version, .walk_order = &none }, &p), OK);
    cr_expect_eq(p.walk_order, 0, "zero is a value as any");
    receive_at(&f, "CAJA001", "05");
    cr_expect_eq(position(&f, "05").version, p.version, "what lies there changes nothing of it");
    cr_expect_eq(position_change(&f.c, &(struct position_edit){ .id = p.id, .version = was.version, .zone = "Otra" }, &p), E_PRECONDITION);
    cr_expect_str_eq(position(&f, "05").zone, "Frío");
    fixture_close(&f);
}

Test(positions, are_listed_in_walking_order_page_by_page_and_counted_by_zone)
{
    struct fixture f;
    struct position_filter by = { .zone = "Estante 2", .limit = 15 };
    struct shelved_list lying;
    struct positions all;
    struct zones zones;

    fixture_open(&f);
    receive_at(&f, "CAJA001", "25");
    cr_assert_eq(position_list(&f.c, &by, &all), OK);
    cr_expect_eq(all.n, 15);
    cr_expect_str_eq(all.v[5].code, "25");
    cr_expect_eq(all.v[5].oldest_at, f.c.now);
    by.after = all.next;
    cr_assert_eq(position_list(&f.c, &by, &all), OK);
    cr_expect_eq(all.n, 5);
    cr_expect_eq(all.next, 0);
    cr_assert_eq(position_zones(&f.c, &zones), OK);
    cr_assert_eq(zones.n, 6);
    cr_expect_str_eq(zones.v[1].name, "Estante 2");
    cr_expect_eq(zones.v[1].occupied, 1);
    cr_expect_eq(zones.v[1].places - zones.v[1].taken, 19);
    cr_expect_eq(zones.v[5].unlimited, 1);
    cr_assert_eq(position_packages(&f.c, position(&f, "25").id, 0, &lying), OK);
    cr_assert_eq(lying.n, 1);
    cr_expect_str_eq(lying.v[0].guide_number, "CAJA001");
    fixture_close(&f);
}

/* ---- audits ---- */

Test(shelf_audit, says_what_is_missing_misplaced_and_extra)
{
    struct fixture f;
    struct stocktake a;
    struct stocktake_reading read;
    struct package gone;

    fixture_open(&f);
    receive_at(&f, "CAJA000", "00");
    receive_at(&f, "CAJA001", "01");
    gone = receive_at(&f, "CAJA009", "09");
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ gone.id, "cliente_solicita", NULL, NULL }, &gone), OK);
    a = start(&f, "Estante 1", NULL);
    cr_expect_eq(a.positions, 20);
    cr_expect_eq(refused(&f, a.id, "CAJA000", E_CONFLICT), T_STOCKTAKE_NO_POSITION);
    cr_expect_eq(refused(&f, a.id, "25", E_CONFLICT), T_STOCKTAKE_ELSEWHERE);
    cr_expect_str_eq(scan(&f, a.id, "00").position, "00");
    cr_expect_str_eq(kind_at(&f, a.id, "00", "CAJA000"), "FALTA");
    read = scan(&f, a.id, "]C1CAJA000");
    cr_expect_str_eq(read.box.kind, "EN_SU_SITIO");
    cr_expect_not(read.again);
    cr_expect(scan(&f, a.id, "CAJA000").again, "the same box twice counts once");
    cr_expect_str_eq(scan(&f, a.id, "CAJA001").box.kind, "MAL_PUESTA");
    cr_expect_str_eq(scan(&f, a.id, "CAJA009").box.state, "CANCELADO");
    read = scan(&f, a.id, "NADIE-12345");
    cr_expect_str_eq(read.box.kind, "SOBRA");
    cr_expect_eq(read.box.package_id, 0);
    cr_expect(scan(&f, a.id, "nadie12345").again, "one that nobody knows, too");
    cr_expect_eq(refused(&f, a.id, "x7", E_INVALID), T_STOCKTAKE_UNREADABLE);
    cr_expect_eq(refused(&f, a.id, "  ", E_INVALID), T_SCAN_EMPTY);
    scan(&f, a.id, "01");
    cr_expect_str_eq(kind_at(&f, a.id, "01", "CAJA001"), "EN_OTRA");
    cr_assert_eq(stocktake_by_id(&f.c, a.id, &a), OK);
    cr_expect_eq(a.counted, 2);
    cr_expect_eq(a.expected, 2);
    cr_expect_eq(a.seen, 1);
    cr_expect_eq(a.missing, 0, "it is misplaced, and that is one difference");
    cr_expect_eq(a.misplaced, 1);
    cr_expect_eq(a.extra, 2);
    fixture_close(&f);
}

Test(shelf_audit, a_box_read_in_two_positions_counts_where_it_was_read_last)
{
    struct fixture f;
    struct stocktake a;
    struct stocktake_reading read;

    fixture_open(&f);
    receive_at(&f, "CAJA000", "00");
    a = start(&f, NULL, NULL);
    cr_expect_eq(a.positions, 101);
    scan(&f, a.id, "00");
    scan(&f, a.id, "CAJA000");
    scan(&f, a.id, "07");
    read = scan(&f, a.id, "CAJA000");
    cr_expect_str_eq(read.before, "00");
    cr_expect_str_eq(read.box.kind, "MAL_PUESTA");
    cr_assert_eq(stocktake_by_id(&f.c, a.id, &a), OK);
    cr_expect_eq(a.seen + a.misplaced, 1);
    cr_assert_eq(stocktake_unread(&f.c, &(struct stocktake_fix_in){ a.id, read.box.id }), OK);
    cr_expect_str_eq(kind_at(&f, a.id, "00", "CAJA000"), "FALTA");
    fixture_close(&f);
}

Test(shelf_audit, two_boxes_that_changed_places_are_put_right_one_after_the_other)
{
    struct fixture f;
    struct stocktake a;
    struct stocktake_box b;
    struct package x, y;
    int64_t yb;

    fixture_open(&f);
    x = receive_at(&f, "CAJA00X", "00");
    y = receive_at(&f, "CAJA00Y", "01");
    a = start(&f, "Estante 1", NULL);
    scan(&f, a.id, "00");
    yb = scan(&f, a.id, "CAJA00Y").box.id;
    cr_expect_eq(stocktake_place(&f.c, &(struct stocktake_fix_in){ a.id, yb }, &b), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_STOCKTAKE_FULL, "%s", fixture_fault(&f));
    cr_expect_eq(stocktake_absent(&f.c, &(struct stocktake_fix_in){ a.id, yb }, &b), E_CONFLICT, "it is not missing");
    cr_assert_eq(stocktake_absent(&f.c, &(struct stocktake_fix_in){ a.id, box_of(&f, a.id, "00", "CAJA00X") }, &b), OK);
    cr_assert_eq(stocktake_place(&f.c, &(struct stocktake_fix_in){ a.id, yb }, &b), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(b.position_code, "00");
    cr_expect_eq(stocktake_place(&f.c, &(struct stocktake_fix_in){ a.id, yb }, &b), E_CONFLICT, "once");
    scan(&f, a.id, "01");
    cr_assert_eq(stocktake_place(&f.c, &(struct stocktake_fix_in){ a.id, scan(&f, a.id, "CAJA00X").box.id }, &b), OK);
    cr_expect_str_eq(b.position_code, "01");
    cr_expect_eq(db_scalar(f.db, -1, &used_of, "00") + db_scalar(f.db, -1, &used_of, "01"), 2);
    cr_expect_eq(db_scalar(f.db, -1, &counted_wrong), 0);
    cr_expect_eq(db_scalar(f.db, -1, &events, x.id, "INVENTARIO"), 2);
    cr_expect_eq(db_scalar(f.db, -1, &events, y.id, "INVENTARIO"), 1);
    cr_assert_eq(stocktake_finish(&f.c, &(struct stocktake_finish_in){ a.id, true }, &a), OK, "%s", fixture_fault(&f));
    cr_expect_eq(a.fixed, 2);
    cr_expect_eq(a.misplaced, 2);
    cr_expect_eq(db_scalar(f.db, -1, &events, x.id, "INVENTARIO"), 2, "what was put right is not written again");
    fixture_close(&f);
}

Test(shelf_audit, a_position_out_of_use_takes_nothing_back)
{
    struct fixture f;
    struct stocktake a;
    struct stocktake_box b;
    struct position p;
    int64_t box;

    fixture_open(&f);
    receive_at(&f, "CAJA000", "00");
    a = start(&f, "Estante 1", NULL);
    scan(&f, a.id, "05");
    box = scan(&f, a.id, "CAJA000").box.id;
    p = position(&f, "05");
    cr_assert_eq(change(&f, p.id, p.zone, 5, 1, false, &p), OK);
    cr_expect_eq(stocktake_place(&f.c, &(struct stocktake_fix_in){ a.id, box }, &b), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_POSITION_OFF);
    fixture_close(&f);
}

Test(shelf_audit, what_leaves_or_comes_while_one_counts_is_no_difference)
{
    struct fixture f;
    struct stocktake a;
    struct package sold, seen, later, p;

    fixture_open(&f);
    sold = receive_at(&f, "SALE001", "00");
    seen = receive_at(&f, "SALE002", "01");
    a = start(&f, "Estante 1", NULL);
    scan(&f, a.id, "00");
    scan(&f, a.id, "01");
    scan(&f, a.id, "SALE002");
    scan(&f, a.id, "02");
    later = receive_at(&f, "LLEGA01", "02");
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ sold.id, "cliente_solicita", NULL, NULL }, &p), OK);
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ seen.id, "cliente_solicita", NULL, NULL }, &p), OK);
    cr_expect_str_eq(kind_at(&f, a.id, "00", "SALE001"), "SALIO");
    cr_expect_str_eq(kind_at(&f, a.id, "01", "SALE002"), "EN_SU_SITIO");
    cr_assert_eq(stocktake_finish(&f.c, &(struct stocktake_finish_in){ a.id, true }, &a), OK);
    cr_expect_eq(stocktake_differences(&a), 0);
    cr_expect_eq(db_scalar(f.db, -1, &events, sold.id, "INVENTARIO") + db_scalar(f.db, -1, &events, later.id, "INVENTARIO"), 0);
    fixture_close(&f);
}

Test(shelf_audit, ends_with_an_event_for_each_difference_and_is_shown_as_the_last)
{
    struct fixture f;
    struct stocktake a, last;
    struct package_events history;
    struct package missing, moved;
    struct stocktake_reading read;
    int64_t broken;

    fixture_open(&f);
    missing = receive_at(&f, "FALTA01", "00");
    moved = receive_at(&f, "MOVIDA1", "01");
    cr_assert_eq(stocktake_last(&f.c, &last), OK);
    cr_expect_eq(last.id, 0);
    a = start(&f, "Estante 1", NULL);
    cr_expect_eq(stocktake_finish(&f.c, &(struct stocktake_finish_in){ a.id, true }, &a), E_CONFLICT, "nothing counted");
    scan(&f, a.id, "00");
    scan(&f, a.id, "MOVIDA1");
    cr_expect_eq(stocktake_finish(&f.c, &(struct stocktake_finish_in){ a.id, false }, &a), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "partial");
    cr_assert_eq(stocktake_finish(&f.c, &(struct stocktake_finish_in){ a.id, true }, &a), OK, "%s", fixture_fault(&f));
    cr_expect_eq(a.missing, 1);
    cr_expect_eq(a.misplaced, 1);
    cr_assert_eq(package_events(&f.c, missing.id, &history), OK);
    cr_expect_str_eq(history.v[history.n - 1].text, "No estaba en su posición en el inventario · posición 00");
    cr_assert_eq(package_events(&f.c, moved.id, &history), OK);
    cr_expect_str_eq(history.v[history.n - 1].text, "Visto en inventario · en 00, no en 01");
    cr_expect_eq(package_chain_check(&f.c, moved.id, &broken), OK);
    cr_assert_eq(stocktake_last(&f.c, &last), OK);
    cr_expect_eq(last.id, a.id);
    cr_expect_str_eq(last.finished_by_name, "Olga Pérez");
    cr_expect_eq(db_scalar(f.db, -1, &audited, "shelf_audit"), 1);
    cr_expect_eq(stocktake_scan(&f.c, &(struct stocktake_scan_in){ a.id, "02", NULL }, &read), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_STOCKTAKE_FINISHED);
    fixture_close(&f);
}

Test(shelf_audit, is_the_only_open_one_of_its_positions)
{
    struct fixture f;
    struct stocktake a, other;
    struct stocktakes open, past;

    fixture_open(&f);
    a = start(&f, NULL, "07");
    cr_expect_eq(a.positions, 1);
    cr_expect_eq(stocktake_start(&f.c, &(struct stocktake_in){ "Estante 1", NULL }, &other), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_STOCKTAKE_OVERLAPS);
    start(&f, "Estante 2", NULL);
    cr_expect_eq(stocktake_start(&f.c, &(struct stocktake_in){ "Sótano", NULL }, &other), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "zone");
    cr_expect_eq(stocktake_start(&f.c, &(struct stocktake_in){ NULL, "Z9" }, &other), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "position");
    cr_expect_eq(stocktake_start(&f.c, &(struct stocktake_in){ "Estante 3", "50" }, &other), E_INVALID);
    cr_assert_eq(stocktakes_open(&f.c, &open), OK);
    cr_expect_eq(open.n, 2);
    cr_expect_eq(stocktake_discard(&f.c, a.id), OK);
    cr_expect_eq(stocktake_discard(&f.c, a.id), E_NOT_FOUND);
    a = start(&f, "Estante 1", NULL);
    scan(&f, a.id, "00");
    cr_expect_eq(stocktake_discard(&f.c, a.id), E_CONFLICT);
    cr_assert_eq(stocktake_finish(&f.c, &(struct stocktake_finish_in){ a.id, true }, &a), OK);
    start(&f, "Estante 1", NULL);
    cr_assert_eq(stocktakes_past(&f.c, 0, 10, &past), OK);
    cr_expect_eq(past.n, 1);
    cr_expect_eq(past.v[0].counted, 1);
    fixture_close(&f);
}

Test(shelf_audit, a_box_without_a_position_can_be_handed_over_and_put_back)
{
    struct fixture f;
    struct stocktake a;
    struct shelved_list lost;
    struct stocktake_box b;
    struct package p;

    fixture_open(&f);
    p = receive_at(&f, "PERDIDA", "00");
    a = start(&f, NULL, "00");
    scan(&f, a.id, "00");
    cr_assert_eq(stocktake_absent(&f.c, &(struct stocktake_fix_in){ a.id, box_of(&f, a.id, "00", "PERDIDA") }, &b), OK);
    cr_assert_eq(position_packages(&f.c, 0, 0, &lost), OK);
    cr_assert_eq(lost.n, 1);
    cr_expect_eq(lost.v[0].id, p.id);
    cr_expect_eq(db_scalar(f.db, -1, &used_of, "00"), 0);
    cr_assert_eq(scan_move(&f.c, &(struct scan_move_in){ "PERDIDA", "44" }, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.position_code, "44");
    cr_assert_eq(position_packages(&f.c, 0, 0, &lost), OK);
    cr_expect_eq(lost.n, 0);
    cr_expect_eq(db_scalar(f.db, -1, &counted_wrong), 0);
    fixture_close(&f);
}
