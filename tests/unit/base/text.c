#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/buf.h"
#include "local/money.h"
#include "local/name.h"
#include "local/name_told.h"
#include "local/normal.h"
#include "base/random.h"
#include "base/utf8.h"
#include "base/util.h"

struct pair { const char *in, *out; };   /* out NULL: in is refused */

typedef char *normaliser(struct arena *a, const char *s);

static void check(normaliser *fn, const struct pair *rows, size_t n)
{
    struct arena *a = arena_new();

    for (size_t i = 0; i < n; i++) {
        const char *got = fn(a, rows[i].in);

        if (rows[i].out == NULL) {
            cr_assert_null(got, "row %zu «%s» gave «%s»", i, rows[i].in, got);
        } else {
            cr_assert_not_null(got, "row %zu «%s» was refused", i, rows[i].in);
            cr_assert_str_eq(got, rows[i].out, "row %zu «%s» gave «%s»", i, rows[i].in, got);
        }
    }
    arena_free(a);
}

Test(phone, forms_that_people_type_become_e164)
{
    static const struct pair rows[] = {
        { "3001234567", "+573001234567" },
        { "300 123 4567", "+573001234567" },
        { " (300) 123-45.67 ", "+573001234567" },
        { "300\u2013123\u20134567", "+573001234567" },
        { "300\u00a0123\u00a04567", "+573001234567" },
        { "573001234567", "+573001234567" },
        { "+57 300 123 4567", "+573001234567" },
        { "6011234567", "+576011234567" },
        { "+1 (305) 555-0123", "+13055550123" },
        { "+573001234567 ext", NULL },
        { "300123456", NULL },            /* nine digits */
        { "30012345678", NULL },          /* eleven */
        { "2001234567", NULL },           /* neither mobile nor landline */
        { "+572001234567", NULL },
        { "0057 300 123 4567", "+573001234567" },
        { "001 (305) 555-0123", "+13055550123" },
        { "\u202a+57 300 1234567\u202c", "+573001234567" },
        { "\ufeff300\u200b1234567\u00ad", "+573001234567" },
        { "57300123456", NULL },          /* eleven with 57: read as without a country */
        { "+123456789", NULL },
        { "+1234567890123456", NULL },
        { "300+1234567", NULL },
        { "++573001234567", NULL },
        { "٣٠٠١٢٣٤٥٦٧", NULL },
        { "300123456\xff", NULL },
        { "", NULL },
    };
    struct arena *a = arena_new();

    check(normal_phone, rows, COUNT(rows));
    cr_assert(phone_takes_sms("+573001234567"));
    cr_assert_not(phone_takes_sms("+576011234567"));
    cr_assert_not(phone_takes_sms("+13055550123"));
    cr_assert_not(phone_takes_sms(NULL));
    cr_assert_str_eq(phone_words(a, "+573001234567"), "300 123 4567");
    cr_assert_str_eq(phone_words(a, "+14155550100"), "+14155550100");
    cr_assert_str_eq(phone_masked(a, "+573001234567"), "•••67");
    cr_assert_str_eq(phone_masked(a, "7"), "•••7");
    arena_free(a);
}

Test(name, of_a_company_is_no_link)
{
    static const struct { const char *name; bool taken; } rows[] = {
        { "Ing.Co SAS", true }, { "Inversiones ABC.CO", true }, { "CIA.LTDA", true }, { "Transportes S.A.S.", true },
        { "Ma.Elena Ríos", true }, { "Ana Ríos", true }, { "Premio en premio.co", false }, { "ABC.CO/premio", false },
        { "Gane en premio.com", false }, { "Ana https://x", false }, { "ENTRE A EVIL.CO HOY", false },
        { "tienda.com.co", false },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_eq(normal_name(a, rows[i].name) != NULL, rows[i].taken, "%s", rows[i].name);
    arena_free(a);
}

/* NULL: the message has other words in its place. */
Test(name, for_a_message_is_letters_of_one_script_in_five_words_at_the_most)
{
    static const struct { const char *name, *told; } rows[] = {
        { "Ana Ríos", "Ana Ríos" }, { "Ñáñez D'Angelo-Gómez", "Ñáñez D'Angelo-Gómez" }, { "Ing. Rosa", "Ing. Rosa" },
        { "Transportes S.A.S.", "Transportes S.A.S." }, { "Transportes S.A.S", "Transportes S.A.S" },
        { "Ma.Elena Ríos", "Ma. Elena Ríos" }, { "CIA.LTDA", "CIA. LTDA" }, { "Ing.Co SAS", "Ing. Co SAS" },
        { "J.R.Pérez", "J.R. Pérez" }, { "Ana María de los Ríos", "Ana María de los Ríos" }, { "李明", "李明" },
        { "Юрий Петров", "Юрий Петров" }, { "Inversiones ABC.CO", NULL }, { "María de los Ángeles Ríos Gómez", NULL },
        { "Wolfeschlegelsteinhausenbergerdorffenweltt", NULL }, { "Ana (casa)", NULL }, { "Ríos, Ana", NULL },
        { "Ferretería 24 Horas", NULL }, { "Torre 3 Apto 501", NULL }, { "Milena 3", NULL }, { "- - -", NULL },
        { "Premio en ganga.vip", NULL }, { "Entre a premio.live", NULL }, { "Vaya a sorteo.click", NULL },
        { "pague.pro", NULL }, { "Lea oferta.ai", NULL }, { "banco.pe Rosa", NULL }, { "Rosa nequi.bank", NULL },
        { "bit．ly／x1", NULL }, { "bit。ly", NULL }, { "bit·ly x", NULL }, { "Rosa 1.2.3.4/x", NULL },
        { "Rosa ３００５５５１２３４", NULL }, { "Rosa ٣٠٠٥٥٥١٢٣٤", NULL }, { "Rosa ⅢⅢ", NULL }, { "Rosa 300_555_1234", NULL },
        { "Rosa 300·555·1234", NULL }, { "Rosa 300,555,1234", NULL }, { "Rosa 3OO 555 I234", NULL },
        { "Pague veinte mil pesos", NULL }, { "Rosa debe 20k", NULL }, { "Rosa debe 20 lucas", NULL },
        { "Pague ＄20000", NULL }, { "Pague 50.000 ya", NULL }, { "Rosa @estafa", NULL }, { "BANCO llame #555", NULL },
        { "ganga.vip?x=1", NULL }, { "http:ganga", NULL }, { "www ganga com", NULL }, { "ganga[.]com", NULL },
        { "ganga .com", NULL }, { "ganga. com", NULL }, { "GANGA.XN--P1AI", NULL }, { "ganga.рф", NULL },
        { "gаnga", NULL }, { "Ａｎａ", NULL }, { "tienda.ofertas.mx", NULL }, { "mailto:a@b.vip", NULL }, { "a@b.vip", NULL },
        { "Su cuenta fue bloqueada llame ya", NULL }, { "Mentira: cobran doble", NULL }, { "-Ana", NULL }, { "Ana ..", NULL },
        { "N E Q U I", NULL }, { "g.a.n.g.a", NULL }, { "Ne-qui Rosa", NULL }, { "Nequi-Seguro", NULL },
        { "Fiscalia lo busca urgente", NULL }, { "Su cuenta sera embargada", NULL }, { "Paguele al mensajero", NULL },
        { "Ana🎁", NULL }, { "Ana \"Paz\"", NULL }, { "Ana\xc3", NULL }, { "x.ee", "x. ee" },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *told = name_for_message(a, rows[i].name, "cliente");

        cr_expect_str_eq(told, rows[i].told == NULL ? "cliente" : rows[i].told, "%s: %s", rows[i].name, told);
    }
    cr_expect_null(name_for_message(a, NULL, "cliente"));
    arena_free(a);
}

/* NULL: the message has other words in its place. */
Test(name, that_a_stranger_wrote_is_told_as_a_given_name_of_the_tables_and_an_initial)
{
    static const struct { const char *name, *told; } rows[] = {
        { "Rosa Prueba", "Rosa P." }, { "ROSA PRUEBA", "ROSA P." }, { "José Luis Gómez", "José L." }, { "Ana", "Ana" },
        { "Yurleidys Ñáñez", "Yurleidys Ñ." }, { "Zenobia Quijano", "Zenobia Q." }, { "Ángela O'Neill", "Ángela O." },
        { "Fiscalia lo busca urgente", NULL }, { "Su cuenta fue suspendida hoy", NULL }, { "N E Q U I", NULL },
        { "g.a.n.g.a", NULL }, { "Nequi-Seguro", NULL }, { "Ne-qui bloqueo su cuenta", NULL }, { "Vaya ya", NULL },
        { "Embargo judicial en curso", NULL }, { "Rosa llame ya", NULL }, { "Rosa 3005551234", NULL },
        { "Rosa-Nequi Gil", NULL }, { "Transportes S.A.S.", NULL }, { "Юрий Петров", NULL }, { "李明", NULL },
        { "Marque tres-cero-cero", NULL }, { "Rоsa Gil", NULL }, { "De Rosa", NULL },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *told = name_of_stranger(a, rows[i].name, "otra persona");

        cr_expect_str_eq(told, rows[i].told == NULL ? "otra persona" : rows[i].told, "%s: %s", rows[i].name, told);
    }
    cr_expect_null(name_of_stranger(a, NULL, "otra persona"));
    arena_free(a);
}

Test(name, is_tidied_and_measured_in_characters)
{
    static const struct pair rows[] = {
        { "  Ana   María ", "Ana María" },
        { "Jose\u0301 Nun\u0303ez", "Jos\u00e9 Nu\u00f1ez" },
        { "Ñá", "Ñá" },
        { "李明", "李明" },
        { "A", NULL },
        { "", NULL },
        { "Ana\tMaría", NULL },
        { "Ana\nMaría", NULL },
        { "\u200b\u200b\u200b", NULL }, { "\u2800\u3164\uffa0", NULL },   /* nothing visible */
        { "\u202aAna\u200b María\u202c\ufeff", "Ana María" },
        { "Ana\xc3", NULL },
    };
    struct arena *a = arena_new();
    struct buf b = { 0 };

    check(normal_name, rows, COUNT(rows));
    for (int i = 0; i < 100; i++)
        buf_str(&b, "ñ");
    cr_assert_not_null(normal_name(a, b.data));
    buf_str(&b, "ñ");
    cr_assert_null(normal_name(a, b.data));
    buf_free(&b);

    cr_assert_str_eq(name_masked(a, "Ana Rodríguez Pérez"), "Ana R.");
    cr_assert_str_eq(name_masked(a, "Zoë Ñáñez"), "Zoë Ñ.");
    cr_assert_str_eq(name_masked(a, "Ana"), "Ana");
    arena_free(a);
}

Test(email, one_at_and_a_dotted_domain)
{
    static const struct pair rows[] = {
        { " Ana.Maria@Ejemplo.COM ", "ana.maria@ejemplo.com" },
        { "a+b_c@mail.ejemplo.com.co", "a+b_c@mail.ejemplo.com.co" },
        { "\u200eana@ejemplo.com\u200f", "ana@ejemplo.com" },
        { "ana@ejemplo", NULL },
        { "ana@@ejemplo.com", NULL },
        { "ana@ejemplo@x.com", NULL },
        { "@ejemplo.com", NULL },
        { "ana@", NULL },
        { "ana@.com", NULL },
        { "ana@ejemplo..com", NULL },
        { "ana@ejemplo.com.", NULL },
        { "ana@-ejemplo.com", NULL },
        { "ana@10.0.0.1", NULL },
        { ".ana@ejemplo.com", NULL },
        { "a..na@ejemplo.com", NULL },
        { "ana ruiz@ejemplo.com", NULL },
        { "ana@ejemplo.com\r\nBcc: x@y.co", NULL },
        { "<ana@ejemplo.com>", NULL },
        { "ana@ejemplo.com,x@y.co", NULL },
        { "aña@ejemplo.com", NULL },
        { "", NULL },
    };
    struct arena *a = arena_new();
    char long_one[300];

    check(normal_email, rows, COUNT(rows));
    memset(long_one, 'a', sizeof(long_one));
    memcpy(long_one + 10, "@", 1);
    memcpy(long_one + sizeof(long_one) - 5, ".com", 5);
    cr_assert_null(normal_email(a, long_one));
    arena_free(a);
}

Test(email, is_counted_by_its_mailbox_and_opted_out_by_its_reader)
{
    static const struct { const char *email, *mailbox, *reader; } rows[] = {
        { "ana@example.com", "ana@example.com", "ana@example.com" },
        { "a.na+1@gmail.com", "ana@gmail.com", "ana@gmail.com" },
        { "ana@googlemail.com", "ana@gmail.com", "ana@gmail.com" },
        { "a.n.a@googlemail.com", "ana@gmail.com", "ana@gmail.com" },
        { "ana-ruiz@gmail.com", "ana@gmail.com", "ana-ruiz@gmail.com" },
        { "ana-1@yahoo.com", "ana@yahoo.com", "ana-1@yahoo.com" },
        { "ana.gil@yahoo.com", "ana.gil@yahoo.com", "ana.gil@yahoo.com" },
        { "a.na+x@pm.me", "ana@proton.me", "ana@proton.me" }, { "ana+x@me.com", "ana@icloud.com", "ana@icloud.com" },
        { "ana+x@outlook.com", "ana@outlook.com", "ana@outlook.com" },
        { "ana+x@example.com", "ana@example.com", "ana+x@example.com" }, { "ana=1@example.com", "ana@example.com", "ana=1@example.com" },
        { "ana#1@example.com", "ana@example.com", "ana#1@example.com" }, { "ana/1@example.com", "ana@example.com", "ana/1@example.com" },
        { "ana%1@example.com", "ana@example.com", "ana%1@example.com" }, { "+1@example.com", "+1@example.com", "+1@example.com" },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect_str_eq(email_mailbox(a, rows[i].email), rows[i].mailbox, "%s", rows[i].email);
        cr_expect_str_eq(email_reader(a, rows[i].email), rows[i].reader, "%s", rows[i].email);
    }
    arena_free(a);
}

Test(guide, is_kept_as_typed_and_keyed_by_letters_and_digits)
{
    static const struct pair guides[] = {
        { "  abc-123 45/6 ", "ABC-123 45/6" },
        { "]C1 700123456", "700123456" },
        { "\u2066RB\u00a0123456785\u00a0CO\u2069", "RB 123456785 CO" },
        { "]C1]C1700123456", NULL },
        { "1234", NULL },
        { "AB 12", NULL },
        { "GUÍA12345", NULL },
        { "12345;DROP", NULL },
        { "12345678901234567890123456789012345678901234567890",
          "12345678901234567890123456789012345678901234567890" },
        { "123456789012345678901234567890123456789012345678901", NULL },
        { "", NULL },
    };
    static const struct pair keys[] = {
        { "abc-123 45/6", "ABC123456" },
        { "]C1700-123-456", "700123456" },
        { "A-B-1-2", NULL },
        { "-----", NULL },
        { "12345_6", NULL },
    };

    check(normal_guide, guides, COUNT(guides));
    check(normal_guide_key, keys, COUNT(keys));
}

static char *six_digits(struct arena *a, const char *s)
{
    return normal_digits(a, s, 6);
}

Test(code, is_read_however_it_is_spaced)
{
    static const struct pair codes[] = {
        { "ab2-3cd", "AB23CD" }, { "\u200eAB2\u200b3CD", "AB23CD" }, { " A B 2 3 C D ", "AB23CD" }, { "AB23C", NULL },
        { "AB23CDE", NULL }, { "AB23C0", NULL }, { "AB23CO", NULL }, { "AB23CI", NULL },
        { "AB23CL", NULL }, { "", NULL },
    };
    static const struct pair digits[] = {
        { "123456", "123456" }, { "123 456", "123456" }, { "12345", NULL }, { "1234567", NULL },
        { "12345a", NULL }, { "-12345", NULL }, { "", NULL },
    };
    struct arena *a = arena_new();

    check(normal_code, codes, COUNT(codes));
    check(six_digits, digits, COUNT(digits));
    for (int i = 0; i < 200; i++) {
        const char *code = random_text(a, ALPHABET_CODE, 6);

        cr_assert_str_eq(normal_code(a, code), code);
        cr_assert_lt(random_below(7), 7u);
    }
    arena_free(a);
}

Test(utf8, only_shortest_forms_of_real_characters_are_valid)
{
    static const struct { const char *s; size_t n; bool valid; } rows[] = {
        { "", 0, true }, { "a\0b", 3, true }, { "ñ", 2, true }, { "€", 3, true },
        { "\xf0\x9f\x93\xa6", 4, true }, { "\xf4\x8f\xbf\xbf", 4, true },
        { "\xc0\x80", 2, false }, { "\xc1\xbf", 2, false }, { "\xe0\x80\xaf", 3, false },
        { "\xe0\x9f\xbf", 3, false }, { "\xf0\x80\x80\x80", 4, false },
        { "\xf0\x8f\xbf\xbf", 4, false }, { "\xed\xa0\x80", 3, false },
        { "\xed\xbf\xbf", 3, false }, { "\xf4\x90\x80\x80", 4, false },
        { "\xf5\x80\x80\x80", 4, false }, { "\x80", 1, false }, { "\xbf", 1, false },
        { "\xc3", 1, false }, { "\xe2\x82", 2, false }, { "\xf0\x9f\x93", 3, false },
        { "\xc3(", 2, false }, { "\xff", 1, false },
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        cr_assert_eq(utf8_valid(rows[i].s, rows[i].n), rows[i].valid, "row %zu", i);
    cr_assert(utf8_clean("línea\r\n\totra", true));
    cr_assert_not(utf8_clean("línea\notra", false));
    cr_assert_not(utf8_clean("\x1b[2J", true));
    cr_assert_not(utf8_clean("\xc2\x85", true));
    cr_assert_not(utf8_clean("\u2066a\u2069", true));
    cr_assert_eq(utf8_length("ñandú"), 5);
}

Test(utf8, folding_finds_what_was_typed_without_marks)
{
    static const struct pair folds[] = {
        { "NÚÑEZ Peña", "nunez pena" }, { "nun\u0303ez", "nunez" },
        { "  Ana \t María ", "ana maria" },
        { "Straße", "strasse" }, { "ＡＮＡ", "ana" }, { "a\u00adna", "ana" }, { "\xff", NULL },
    };
    static const struct pair trims[] = {
        { " a \u00a0\u2003 b\n", "a b" }, { "   ", "" }, { "e\u0301", "é" },
        { "\xed\xa0\x80", NULL }, { "", "" }, { "\t a\r\n b ", "a b" }, { "ab\x80", NULL },
    };

    check(utf8_fold, folds, COUNT(folds));
    check(utf8_trim, trims, COUNT(trims));
}

Test(money, has_dots_between_thousands)
{
    static const struct { int64_t n; const char *money, *count; } rows[] = {
        { 0, "$0", "0" }, { 200, "$200", "200" }, { 1500, "$1.500", "1.500" },
        { -200, "-$200", "-200" }, { 1234567, "$1.234.567", "1.234.567" },
        { -1000, "-$1.000", "-1.000" },
        { INT64_MIN, "-$9.223.372.036.854.775.808", "-9.223.372.036.854.775.808" },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert_str_eq(money_text(a, rows[i].n), rows[i].money);
        cr_assert_str_eq(count_text(a, rows[i].n), rows[i].count);
    }
    arena_free(a);
}

Test(money, is_read_as_people_write_it_and_by_the_same_table_as_at_the_counter)
{
    static const struct { const char *s; bool good; int64_t n; } rows[] = {
#define CASE(s, n) { s, true, n },
#define REFUSED(s) { s, false, 0 },
#include "tests/helpers/money_cases.def"
#undef CASE
#undef REFUSED
        { "", false, 0 }, { "12\xff", false, 0 },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t n = 0;

        cr_expect_eq(money_parse(a, rows[i].s, &n), rows[i].good, "«%s»", rows[i].s);
        cr_expect(!rows[i].good || n == rows[i].n, "«%s» gave %lld", rows[i].s, (long long)n);
    }
    arena_free(a);
}

Test(number, is_the_whole_text_or_none)
{
    static const struct { const char *s; bool good; int64_t n; } rows[] = {
        { "0", true, 0 }, { "-1", true, -1 }, { "007", true, 7 },
        { "9223372036854775807", true, INT64_MAX }, { "-9223372036854775808", true, INT64_MIN },
        { "9223372036854775808", false, 0 }, { "-9223372036854775809", false, 0 },
        { "99999999999999999999999", false, 0 }, { "", false, 0 }, { "-", false, 0 },
        { "+1", false, 0 }, { " 1", false, 0 }, { "1 ", false, 0 }, { "1.0", false, 0 },
        { "0x10", false, 0 }, { "--1", false, 0 },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t n = 0;

        cr_assert_eq(parse_int(rows[i].s, &n), rows[i].good, "«%s»", rows[i].s);
        cr_assert_eq(n, rows[i].n, "«%s»", rows[i].s);
    }
}

Test(arena, gives_zeroed_aligned_memory_of_any_size)
{
    struct arena *a = arena_new();

    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n < 100000; n = n * 3 + 1) {
            char *p = arena_alloc(a, n);

            cr_assert_eq((uintptr_t)p % 16, 0);
            for (size_t i = 0; i < n; i++)
                cr_assert_eq(p[i], 0);
            memset(p, 0xff, n);
        }
        arena_reset(a);
    }
    cr_assert_null(arena_strdup(a, NULL));
    cr_assert_str_eq(arena_strndup(a, "abcdef", 3), "abc");
    cr_assert_str_eq(arena_printf(a, "%s-%d", "x", 5), "x-5");
    arena_free(a);
    arena_free(NULL);
}

Test(text, printed_at_any_place_of_a_block_or_buffer_is_whole)
{
    struct arena *a = arena_new();
    char text[20001];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    for (int n = 0; n < (int)sizeof(text); n = n * 5 / 4 + 1) {
        struct buf b = { 0 };
        char *first = arena_printf(a, "%.*s", n, text), *second = arena_printf(a, "<%d>", n);
        char *zeroed = arena_alloc(a, 64);

        buf_printf(&b, "%.*s", n, text);
        buf_printf(&b, "<%d>", n);
        cr_assert_eq(strlen(first), (size_t)n);
        cr_assert_eq(memcmp(first, text, (size_t)n), 0);
        cr_assert_str_eq(b.data + n, second);
        cr_assert_eq(b.len, (size_t)n + strlen(second));
        for (size_t i = 0; i < 64; i++)
            cr_assert_eq(zeroed[i], 0);
        buf_free(&b);
    }
    arena_free(a);
}
