/* Guide readings: for each thing that a scanner or a paste may give, the guide that is stored, and all numbers by
 * which a package is looked for. */
#include <criterion/criterion.h>

#include "base/util.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/guides_meant.h"
#include "domain/parcel/guides_typed.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_find.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/texts.h"
#include "domain/stocktake/scan.h"
#include "domain/stocktake/stocktake.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

/* number NULL: no guide is meant.  keys: all of them, with blanks between. */
struct reading { const char *text, *number, *key, *keys; };

static void check(const struct reading *rows, size_t n)
{
    struct arena *a = arena_new();

    for (size_t i = 0; i < n; i++) {
        struct guide_reading got;
        const char *keys = "";

        guide_read(a, rows[i].text, &got);
        for (size_t k = 0; k < got.n; k++)
            keys = arena_printf(a, "%s%s%s", keys, k > 0 ? " " : "", got.keys[k]);
        cr_expect(rows[i].number == NULL ? got.number == NULL : text_is(got.number, rows[i].number), "«%s»: number %s",
                  rows[i].text, got.number ? got.number : "none");
        cr_expect(rows[i].number == NULL || text_is(got.key, rows[i].key), "«%s»: key %s", rows[i].text,
                  got.key ? got.key : "none");
        cr_expect_str_eq(keys, rows[i].keys, "«%s»: keys %s", rows[i].text, keys);
        cr_expect_null(got.first, "«%s» is one reading", rows[i].text);
    }
    arena_free(a);
}

Test(guide_reading, a_bar_code_stands_for_the_number_that_is_printed_below_it)
{
    static const struct reading rows[] = {
        /* FedEx: Ground by its shipper's number, Express, ASTRA, label of 22, the two-dimensional one */
        { "9622001900000000000000776632517510", "9622001900000000000000776632517510", "776632517510",
          "9622001900000000000000776632517510 776632517510 00776632517510" },
        { "1001921334250001000300779017972697", "1001921334250001000300779017972697", "779017972697",
          "1001921334250001000300779017972697 779017972697 00779017972697" },
        { "3297 1514560102447948083900132014", "3297 1514560102447948083900132014", "794808390013",
          "32971514560102447948083900132014 794808390013" },
        { "9611020987654312345672", "9611020987654312345672", "987654312345672", "9611020987654312345672 987654312345672" },
        { "7766325175100201", "7766325175100201", "776632517510", "7766325175100201 776632517510" },
        /* USPS behind the postal code of five or nine digits */
        { "420221539400110200881000000008", "420221539400110200881000000008", "9400110200881000000008",
          "420221539400110200881000000008 9400110200881000000008" },
        { "4202215312349400110200881000000008", "4202215312349400110200881000000008", "9400110200881000000008",
          "4202215312349400110200881000000008 9400110200881000000008" },
        { "]C142022153\t9400110200881000000008", "9400110200881000000008", "9400110200881000000008",
          "9400110200881000000008" },
        /* DHL's data identifier */
        { "JJD0099999999", "JJD0099999999", "JD0099999999", "JJD0099999999 JD0099999999" },
        { "JJD014600003456789012", "JJD014600003456789012", "JD014600003456789012",
          "JJD014600003456789012 JD014600003456789012" },
        /* nothing but the number: UPS, S10, Amazon, the country's carriers */
        { "1Z 5R8 939 03 5756 7127", "1Z 5R8 939 03 5756 7127", "1Z5R89390357567127", "1Z5R89390357567127" },
        { "rb123456785co", "RB123456785CO", "RB123456785CO", "RB123456785CO" },
        { "TBA010000000000", "TBA010000000000", "TBA010000000000", "TBA010000000000" },
        { "]C1 9123456780", "9123456780", "9123456780", "9123456780" },
        { "240012345678", "240012345678", "240012345678", "240012345678" },
        /* a guide and which of its pieces the box is; a carton behind its application identifier */
        { "9123456780-002", "9123456780-002", "9123456780002", "9123456780002 9123456780" },
        { "00000123450000000027", "00000123450000000027", "00000123450000000027", "00000123450000000027 000123450000000027" },
        /* a check digit that does not fit proves nothing */
        { "9622001900000000000000776632517511", "9622001900000000000000776632517511",
          "9622001900000000000000776632517511", "9622001900000000000000776632517511" },
    };

    check(rows, COUNT(rows));
}

Test(guide_reading, of_a_link_or_a_json_text_the_code_inside_is_taken)
{
    static const struct reading rows[] = {
        { "https://tracking.example.com/rastreo?guia=9123456780&utm_source=qr&lang=es", "9123456780", "9123456780",
          "9123456780" },
        { "https://www.example.com/fedextrack/?trknbr=776632517510", "776632517510", "776632517510", "776632517510" },
        { "{\"id\":\"46012345678\",\"tracking_number\":\"GUIA-7001234\",\"hub\":\"BOG01\"}", "GUIA-7001234",
          "GUIA7001234", "GUIA7001234" },
        { "{\"sender\":20011,\"shipment\":\"RB123456785CO\"}", "RB123456785CO", "RB123456785CO", "RB123456785CO" },
        { "https://punto.example.com/search?auto_search=AB23CD", "AB23CD", "AB23CD", "AB23CD" },
        { "[)>\x1e" "01\x1d" "961102098\x1d" "840\x1d" "019\x1d" "1Z5R89390357567127\x1dUPSN\x1d" "12345E\x1d", "1Z5R89390357567127",
          "1Z5R89390357567127", "1Z5R89390357567127" },
        { "https://example.com/promo?x=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL, NULL, "" },
        { "{\"a\":\"9123456780\",\"b\":\"9123456781\"}", NULL, NULL, "" },
        { "{}", NULL, NULL, "" },
        { "", NULL, NULL, "" },
        { NULL, NULL, NULL, "" },
        { "AB", NULL, NULL, "" },
    };

    check(rows, COUNT(rows));
}

Test(guide_reading, two_readings_in_one_text_are_told_apart)
{
    static const struct { const char *text, *first, *second; bool one; } rows[] = {
        { "9123456780\t9123456781", "9123456780", "9123456781", false },
        { "GUIA-70001\tGUIA-70002", "GUIA-70001", "GUIA-70002", false },
        { "9123456780,9123456781;", "9123456780", "9123456781", false },
        { "9123456780 9123456781", "9123456780", "9123456781", true },
        { "91234567809123456781", "9123456780", "9123456781", true },
        { "GUIA70001GUIA70001", "GUIA70001", "GUIA70001", true },
        { "240012345678240012345679", "240012345678", "240012345679", true },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct guide_reading got;

        guide_read(a, rows[i].text, &got);
        cr_expect(text_is(got.first, rows[i].first) && text_is(got.second, rows[i].second), "«%s»: %s and %s",
                  rows[i].text, got.first ? got.first : "none", got.second ? got.second : "none");
        cr_expect_eq(got.number != NULL, rows[i].one, "«%s»", rows[i].text);
    }
    arena_free(a);
}

Test(guide_reading, signs_of_another_keyboard_are_told_from_a_text_that_is_no_guide)
{
    static const struct { const char *text; bool layout; } rows[] = {
        { "ABC'123456", true }, { "GUIA'7000'12", true }, { "RB¿123456785CO", true }, { "ABC-123456", false },
        { "AB'1", false }, { "ABC.123456", false }, { "", false }, { "", false }, { "9123456780\t9123456781", false },
    };
    struct arena *a = arena_new();
    struct guide_reading got;

    for (size_t i = 0; i < COUNT(rows); i++) {
        guide_read(a, rows[i].text, &got);
        cr_expect_eq(got.other_layout, rows[i].layout, "«%s»", rows[i].text);
    }
    arena_free(a);
}

#define LONG "9622001900000000000000776632517510"
#define SHORT "776632517510"

Test(guide_reading, what_was_announced_by_its_printed_number_is_received_found_and_moved_by_its_bar_code)
{
    struct fixture f;
    struct package p;
    struct packages found;

    fixture_open(&f);
    parcel_announced(&f, .guides = SHORT);
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = LONG, .in_series = true }, &p), OK);
    cr_expect_str_eq(p.guide_number, SHORT);
    cr_expect_str_eq(p.announced_name, "Ana Ríos");
    cr_assert_eq(package_find(&f.c, LONG, 10, &found), OK);
    cr_assert_eq(found.n, 1u);
    cr_expect_eq(found.v[0].id, p.id);
    cr_assert_eq(scan_box(&f.c, LONG, &p), OK);
    fixture_close(&f);
}

Test(guide_reading, a_shelf_is_counted_by_bar_codes_and_two_that_ran_together_are_no_box)
{
    struct fixture f;
    struct package p;
    struct stocktake s;
    struct stocktake_reading got;

    fixture_open(&f);
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = SHORT, .position = "07" }, &p), OK);
    cr_assert_eq(stocktake_start(&f.c, &(struct stocktake_in){ NULL, "07" }, &s), OK);
    cr_assert_eq(stocktake_scan(&f.c, &(struct stocktake_scan_in){ s.id, "07", NULL }, &got), OK);
    cr_assert_eq(stocktake_scan(&f.c, &(struct stocktake_scan_in){ s.id, LONG, NULL }, &got), OK);
    cr_expect_eq(got.box.package_id, p.id);
    cr_assert_eq(stocktake_scan(&f.c, &(struct stocktake_scan_in){ s.id, SHORT "\t" LONG, NULL }, &got), E_INVALID);
    cr_assert_eq(stocktake_scan(&f.c, &(struct stocktake_scan_in){ s.id, SHORT "123456780000", NULL }, &got), E_INVALID,
                 "a package's guide and as much again");
    cr_expect_eq(f.c.fault.text, T_READ_TWO);
    fixture_close(&f);
}

Test(guide_reading, a_bar_code_and_its_printed_number_are_one_guide_whichever_was_stored_first)
{
    struct fixture f;
    struct package p, again;
    struct packages out;

    fixture_open(&f);
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = LONG }, &p), OK);
    cr_expect_str_eq(p.guide_number, LONG, "as it was read");
    cr_expect_str_eq(p.guide_key, SHORT);
    cr_assert_eq(package_by_guide(&f.c, SHORT, &again), OK);
    cr_expect_eq(again.id, p.id);
    cr_expect_eq(package_announce(&f.c, &(struct announce_in){ .name = "Ana Prueba", .phone = "3005550001",
                                                               .guides = SHORT, .consent = true }, &out), OK);
    cr_expect_eq(out.n, 0u);
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect(p.disputed, "whose the box is, is to be compared");
    fixture_close(&f);
}

Test(guide_reading, in_a_series_two_readings_joined_make_no_parcel_and_alone_the_clerk_decides)
{
    static const char *const joined[] = { "91234567809123456781", "GUIA70001GUIA70001", "BOX-00001-ABOX-00002-B" };
    struct fixture f;
    struct package p;

    fixture_open(&f);
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "BOX-00001-A" }, &p), OK);
    for (size_t i = 0; i < COUNT(joined); i++) {
        cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = joined[i], .in_series = true }, &p), E_INVALID,
                     "%s", joined[i]);
        cr_expect_str_eq(f.c.fault.field, "guide");
        cr_expect_eq(package_by_guide(&f.c, joined[i], &p), E_NOT_FOUND);
        cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = joined[i] }, &p), OK, "%s", joined[i]);
    }
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "9123456780\t9123456781" }, &p), E_INVALID,
                 "a tabulator leaves no doubt");
    fixture_close(&f);
}

Test(guide_reading, two_guides_on_one_line_are_announced_as_two_and_one_twice_as_one)
{
    struct fixture f;
    struct packages out;

    fixture_open(&f);
    cr_expect_eq(package_announce(&f.c, &(struct announce_in){ .name = "Ana Prueba", .phone = "3005550001",
        .guides = "9123456780 9123456781\n9123456780", .consent = true }, &out), OK);
    cr_expect_eq(out.n, 2u);
    cr_expect_eq(package_announce(&f.c, &(struct announce_in){ .name = "Ana Prueba", .phone = "3005550001",
        .guides = "9123456782\t9123456783", .consent = true }, &out), OK);
    cr_expect_eq(out.n, 2u);
    fixture_close(&f);
}

Test(guides_typed, tells_what_an_announcement_takes_each_guide_once)
{
    static const struct { const char *text, *words; } rows[] = {
        { "700011112233", "Una guía: 700011112233" },
        { "700011112233 700011112234", "2 guías: 700011112233 · 700011112234" },
        { "700011112233\n7000-1111-2233", "Una guía: 700011112233. Una está repetida" },
        { "9123456780\n9123456780\n91234 56780", "Una guía: 9123456780. 2 están repetidas" },
        { "9123456780\nABC", "Una guía: 9123456780. Una línea no se entiende" },
        { "Hola Ana, tu pedido 2000012345 va con la guía 700011112233. Dudas: 3005550011", "Una guía: 700011112233" },
        { "hola que tal", "Una guía: HOLA QUE TAL" }, { "", NULL }, { "700", NULL },
    };
    const char *many = "", *words;
    struct guides_typed got;
    struct fixture f;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        f.c.fault = (struct fault){ 0 };
        guides_typed(&f.c, rows[i].text, &got);
        words = guides_typed_words(f.a, &got);
        cr_expect(text_is(words, rows[i].words) || (words == NULL && rows[i].words == NULL), "«%s»: %s", rows[i].text, words);
    }
    for (int i = 0; i < 21; i++)
        many = arena_printf(f.a, "%sGUIA700000%02d\n", many, i);
    guides_typed(&f.c, many, &got);
    cr_expect(got.n == 20 && got.too_many);
    cr_expect_not_null(strstr(guides_typed_words(f.a, &got), "Son más de 20"));
    fixture_close(&f);
}

Test(guides_meant, two_on_a_line_are_two_and_a_message_gives_its_guides)
{
    static const struct { const char *text, *guides; bool as_typed; } rows[] = {
        { "700011112233 700011112234", "700011112233|700011112234", false },
        { "700011112233\n700011112234", "700011112233|700011112234", true },
        { "700011112233, 700011112234", "700011112233|700011112234", true },
        { "GUIA70000001 GUIA70000002 GUIA70000003", "GUIA70000001|GUIA70000002|GUIA70000003", false },
        { "RA 123 456 785 CO", "RA 123 456 785 CO", true }, { "7000 1111 2233", "7000 1111 2233", true },
        { "ABC 12345", "ABC 12345", true }, { "9123-4567-80", "9123-4567-80", true },
        { "Hola Ana, tu pedido 2000012345 va con la guía 700011112233. Dudas: 3005550011", "700011112233", false },
        { "Tu paquete de la tienda va por Servientrega: 9123456780, llama al 300 555 0011 o 3005550011", "9123456780", false },
        { "Su envío número: ABX-99812 está en camino", "ABX-99812", false },
        { "Sus guías son 700011112233 y 700011112234\nGracias por su compra", "700011112233|700011112234", false },
        { "hola que tal", "hola que tal", true }, { " ", "", true },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct guides_meant got;
        const char *list = "";

        guides_meant(a, rows[i].text, &got);
        for (size_t k = 0; k < got.n; k++)
            list = arena_printf(a, "%s%s%s", list, k > 0 ? "|" : "", got.v[k]);
        cr_expect_str_eq(list, rows[i].guides, "«%s»: %s", rows[i].text, list);
        cr_expect_eq(got.as_typed, rows[i].as_typed, "«%s»", rows[i].text);
    }
    arena_free(a);
}
