/* Omnibox: finds by any words of a name, with a typo, by both ends of a guide; its index follows each
 * change; typed text is never an operator; no list and no search reads all rows. */
#include <criterion/criterion.h>

#include "base/utf8.h"
#include "domain/parcel/package_find.h"
#include "domain/parcel/package_receive.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt rename_customer = STMT("t_rename_customer", "sss",
    "UPDATE customers SET full_name = $2, search_key = $3 WHERE full_name = $1");
static const struct stmt rename_package = STMT("t_rename_package", "is",
    "UPDATE packages SET announced_name = $2 WHERE id = $1");
static const struct stmt known_word = STMT("t_known_word", "s", "SELECT count(*) FROM name_words WHERE word = $1");
static const struct stmt sound = STMT("t_sound", "",
    "INSERT INTO package_names (package_names) VALUES ('integrity-check')");

static struct package announce(struct fixture *f, const char *name, const char *phone, const char *guide)
{
    return parcel_announced(f, .name = name, .phone = phone, .guides = guide);
}

/* The guides found, in order: "A1 B2". "~" stands first if the names only resemble the words. */
static const char *found(struct fixture *f, const char *q)
{
    struct packages out;
    const char *list = "";

    cr_assert_eq(package_find(&f->c, q, 20, &out), OK, "«%s»: %s", q, fixture_fault(f));
    for (size_t i = 0; i < out.n; i++)
        list = arena_printf(f->a, "%s%s%s", list, i ? " " : out.near ? "~" : "", out.v[i].guide_number);
    return list;
}

struct row { const char *q, *guides; };

static void check(struct fixture *f, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cr_expect_str_eq(found(f, rows[i].q), rows[i].guides, "«%s» finds «%s», not «%s»", rows[i].q,
                         found(f, rows[i].q), rows[i].guides);
}

static void people(struct fixture *f)
{
    announce(f, "María José Núñez Peña", "3005550001", "GUIA-NUNEZ");
    announce(f, "Óscar Güiza González", "3005550002", "GUIA-GUIZA");
    announce(f, "ana-lucía o'neil Gonzaga", "3005550003", "GUIA-NEIL");
}

Test(find, any_words_of_the_name_in_any_order_without_accents)
{
    static const struct row rows[] = {
        { "nunez", "GUIA-NUNEZ" }, { "NÚÑEZ", "GUIA-NUNEZ" }, { "nuñ", "GUIA-NUNEZ" }, { "pena maria", "GUIA-NUNEZ" },
        { "Pe Nu Jo", "GUIA-NUNEZ" }, { "  jose,núñez ", "GUIA-NUNEZ" }, { "n\xcc\x83", "GUIA-NEIL GUIA-NUNEZ" },
        { "guiza", "GUIA-GUIZA" }, { "ÓSC gÜI", "GUIA-GUIZA" }, { "gonz", "GUIA-NEIL GUIA-GUIZA" },
        { "lucia", "GUIA-NEIL" }, { "ana-lucía", "GUIA-NEIL" }, { "o'neil", "GUIA-NEIL" }, { "neil ana", "GUIA-NEIL" },
        { "nunez oscar", "" }, { "unez", "~GUIA-NUNEZ" }, { "zz", "" }, { "", "" }, { " - ", "" },
    };
    struct fixture f;

    fixture_open(&f);
    people(&f);
    check(&f, rows, COUNT(rows));
    fixture_close(&f);
}

Test(find, one_typo_in_each_word_when_nothing_is_found_as_typed)
{
    static const struct row rows[] = {
        { "nunes", "~GUIA-NUNEZ" }, { "nuez", "~GUIA-NUNEZ" }, { "nunnez", "~GUIA-NUNEZ" }, { "nuenz", "~GUIA-NUNEZ" },
        { "unnez", "~GUIA-NUNEZ" }, { "nunezz", "~GUIA-NUNEZ" }, { "xnunez", "~GUIA-NUNEZ" }, { "NUÑES", "~GUIA-NUNEZ" },
        { "gonsalez", "~GUIA-GUIZA" }, { "gonsal", "~GUIA-GUIZA" }, { "gonzalea", "~GUIA-GUIZA" },
        { "marya nunes", "~GUIA-NUNEZ" }, { "pe nunes", "~GUIA-NUNEZ" }, { "gonsa", "~GUIA-NEIL GUIA-GUIZA" },
        { "oscra guisa", "~GUIA-GUIZA" },
        { "nunnes", "" }, { "gonsales", "" }, { "pna", "" }, { "nunes oscar", "" }, { "nun3z", "" },
    };
    struct fixture f;

    fixture_open(&f);
    people(&f);
    check(&f, rows, COUNT(rows));
    fixture_close(&f);
}

Test(find, what_is_on_the_shelf_first_then_the_newest)
{
    struct fixture f;

    fixture_open(&f);
    announce(&f, "Ana Ruiz", "3005550001", "GUIA-1");
    announce(&f, "Ana Ruiz", "3005550001", "GUIA-2");
    announce(&f, "Ana Ruiz", "3005550001", "GUIA-3");
    cr_expect_str_eq(found(&f, "ruiz"), "GUIA-3 GUIA-2 GUIA-1");
    parcel_received(&f, .guide = "GUIA-2");
    cr_expect_str_eq(found(&f, "ruiz"), "GUIA-2 GUIA-3 GUIA-1");
    cr_expect_str_eq(found(&f, "riuz"), "~GUIA-2 GUIA-3 GUIA-1");
    parcel_received(&f, .guide = "GUIA-1");
    cr_expect_str_eq(found(&f, "ana ru"), "GUIA-2 GUIA-1 GUIA-3");
    fixture_close(&f);
}

Test(find, follows_every_change_of_a_name)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = announce(&f, "Ana Ruiz", "3005550001", "GUIA-1");
    announce(&f, "Beto Ruiz", "3005550001", "GUIA-2");
    cr_expect_str_eq(found(&f, "beto"), "GUIA-2", "the announcement's name, of the same customer");
    cr_expect_str_eq(found(&f, "ana"), "GUIA-2 GUIA-1");
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "GUIA-3" }, &p), OK);
    cr_expect_str_eq(found(&f, "zoila"), "");
    cr_assert_eq(package_identify(&f.c, &(struct identify_in){ .id = p.id, .name = "Zoila Vaca", .phone = "3005550009" }, &p), OK);
    cr_expect_str_eq(found(&f, "zoila"), "GUIA-3");
    cr_expect_str_eq(found(&f, "zoyla"), "~GUIA-3");
    cr_assert_eq(db_exec(f.db, NULL, &rename_package, p.id, "Pía Vaca"), OK);
    cr_expect_str_eq(found(&f, "pia vaca"), "GUIA-3");
    cr_expect_str_eq(found(&f, "zoila"), "GUIA-3", "the customer's own name is the other");
    cr_assert_eq(db_exec(f.db, NULL, &rename_customer, "Zoila Vaca", "Borrado", "borrado"), OK);
    cr_expect_str_eq(found(&f, "zoila"), "");
    cr_expect_str_eq(found(&f, "borrado pia"), "GUIA-3");
    cr_expect_eq(db_scalar(f.db, -1, &known_word, "zoila"), 0, "nobody is called so any more");
    cr_expect_eq(db_scalar(f.db, -1, &known_word, "vaca"), 1);
    cr_assert_eq(db_exec(f.db, NULL, &rename_package, p.id, NULL), OK);
    cr_expect_str_eq(found(&f, "vaca"), "");
    cr_expect_eq(db_scalar(f.db, -1, &known_word, "vaca"), 0);
    cr_expect_str_eq(found(&f, "borrado"), "GUIA-3");
    cr_assert_eq(db_exec(f.db, NULL, &rename_customer, "Ana Ruiz", "Eva Ruiz", "eva ruiz"), OK);
    cr_expect_str_eq(found(&f, "eva ruiz"), "GUIA-2 GUIA-1");
    cr_expect_eq(db_scalar(f.db, -1, &known_word, "ana"), 1, "it was announced so");
    cr_assert_eq(db_exec(f.db, NULL, &sound), OK);
    fixture_close(&f);
}

Test(find, a_guide_by_its_beginning_and_by_its_end)
{
    static const struct row rows[] = {
        { "RR1234", "RR-1234-5678-CO" }, { "678co", "RR-1234-5678-CO" }, { "5678-CO", "RR-1234-5678-CO" },
        { "12345678CO", "RR-1234-5678-CO" }, { "92345678CO", "" }, { "4321", "99994321 0004321" },
        { "94321", "99994321" }, { "99994321", "99994321" }, { "321", "" },
    };
    struct fixture f;

    fixture_open(&f);
    announce(&f, "Ana Ruiz", "3005550001", "RR-1234-5678-CO");
    announce(&f, "Ana Ruiz", "3005550001", "99994321");
    announce(&f, "Ana Ruiz", "3005550001", "0004321");
    parcel_received(&f, .guide = "99994321");
    check(&f, rows, COUNT(rows));
    fixture_close(&f);
}

Test(find, nothing_typed_is_an_operator)
{
    static const char *const bad[] = { "\"", "\"\"", "*", "ana*", "\"ana", "ana\"*", "NEAR(ana ruiz)", "NEAR(", "(", ")",
        "-ana", "- ana", "name:ana", "col:", "ana AND", "AND", "OR OR OR", "NOT ana", "^ana", "+", "{name}:ana",
        "'", "''; --", "%", "_", "\\", "ana\x01", "\xff\xfe", "ana\xff", "ñ", "٣٠٠", "王芳", "ab王芳cd", "🙂", "ß", "ﬁ", "İ", "ꭓ",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z", "package_names", "rank", "[1,2]", "abcd'); --" };
    struct fixture f;
    struct packages out;

    fixture_open(&f);
    announce(&f, "Ana Ruiz", "3005550001", "GUIA-1");
    announce(&f, "王芳 ab王芳cd", "3005550002", "GUIA-2");
    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_eq(package_find(&f.c, bad[i], 20, &out), OK, "«%s»: %s", bad[i], fixture_fault(&f));
    cr_expect_str_eq(found(&f, "\"ana\" -ruiz*"), "GUIA-1");
    cr_expect_str_eq(found(&f, "NOT ana"), "");
    fixture_close(&f);
}

/* A letter that utf8_is_word takes as part of a word must be so for FTS5 too, or the search would be a
 * phrase, which the index does not have.  All such letters are tried. */
Test(find, every_letter_is_one_word_to_the_index)
{
    struct fixture f;
    struct packages out;
    uint32_t n = 0;

    fixture_open(&f);
    for (uint32_t cp = 0x80; cp < 0x1f00; cp++) {
        char text[8] = "ab..cd";

        if (!utf8_is_word(cp) || cp >= 0x800)
            continue;
        text[2] = (char)(0xc0 | cp >> 6);
        text[3] = (char)(0x80 | (cp & 0x3f));
        cr_expect_eq(package_find(&f.c, text, 1, &out), OK, "U+%04X", cp);
        n++;
    }
    cr_expect_gt(n, 700);
    for (uint32_t cp = 0x1e00; cp < 0x1f00; cp++) {
        char text[8] = "ab...cd";

        text[2] = (char)(0xe0 | cp >> 12);
        text[3] = (char)(0x80 | (cp >> 6 & 0x3f));
        text[4] = (char)(0x80 | (cp & 0x3f));
        cr_expect_eq(package_find(&f.c, text, 1, &out), OK, "U+%04X", cp);
    }
    fixture_close(&f);
}

/* ---- plans ---- */

static bool plan_is_ours(const struct stmt *s UNUSED, const char *file)
{
    static const char *const parts[] = { "parcel/package.c", "parcel/package_read", "parcel/package_list", "parcel/package_find",
        "parcel/person_find", "parcel/pickup" };

    return fixture_is_one_of(file, parts, COUNT(parts));
}

/* Packages, customers and their words must be reached by an index. */
static bool plan_is_fine(const char *name UNUSED, const char *step)
{
    return strstr(step, "AUTOMATIC") == NULL && strncmp(step, "SCAN p ", 7) != 0 && !streq(step, "SCAN p")
        && strncmp(step, "SCAN packages", 13) != 0 && strncmp(step, "SCAN c", 6) != 0 && strncmp(step, "SCAN w", 6) != 0;
}

Test(plans, no_search_and_no_list_reads_all_packages)
{
    struct fixture f;

    fixture_open(&f);
    cr_expect_gt(fixture_plans(&f, plan_is_ours, plan_is_fine), 15);
    fixture_close(&f);
}
