/* Passwords: the hash, the two computations at once on a host, and the rules. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "domain/people/texts.h"
#include "domain/people/user.h"
#include "tests/unit/fixture.h"

TestSuite(password, .timeout = 60);

Test(password, hash_verifies_and_is_argon2id_at_owasp_parameters)
{
    struct fixture f;
    char *hash, *other;
    bool busy;

    fixture_open(&f);
    hash = password_hash(f.a, f.conf, "cuatro palabras bien largas", &busy);
    other = password_hash(f.a, f.conf, "cuatro palabras bien largas", &busy);
    cr_assert_not_null(hash);
    cr_assert(has_prefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
    cr_assert_str_neq(hash, other, "a salt of its own");
    cr_assert_eq(password_verify(f.conf, hash, "cuatro palabras bien largas"), OK);
    cr_assert_eq(password_verify(f.conf, hash, "cuatro palabras bien larga"), E_INVALID);
    cr_assert_eq(password_verify(f.conf, password_dummy(), "cuatro palabras"), E_INVALID);
    cr_assert_not(busy);
    cr_assert_not(password_needs_rehash(hash));
    cr_assert(password_needs_rehash("$argon2id$v=19$m=4096,t=2,p=1$"
                                    "56rCqIm2qqQhdtHjBF211A$"
                                    "9KprieD/DxJffUpcwepjKXUsm3c9u0V5fD/W0JrihlI"));
    fixture_close(&f);
}

/* If the pepper cannot be read, nothing verifies and nothing is hashed. */
Test(password, needs_its_pepper)
{
    struct fixture f;
    char *hash;
    bool busy;

    fixture_open(&f);
    hash = password_hash(f.a, f.conf, "cuatro palabras bien largas", &busy);
    cr_assert_eq(unlink(arena_printf(f.a, "%s/secrets/pepper", f.dir)), 0);
    cr_assert_eq(password_verify(f.conf, hash, "cuatro palabras bien largas"), E_INTERNAL, "which is no wrong password");
    cr_assert_null(password_hash(f.a, f.conf, "otra", &busy));
    cr_assert_not(busy);
    fixture_close(&f);
}

Test(password, two_at_once_then_busy)
{
    struct fixture f;
    double start;
    bool busy;
    int held[2];

    fixture_open(&f);
    for (int i = 0; i < 2; i++) {
        held[i] = open(arena_printf(f.a, "%s/run/argon2-%d.lock", f.dir, i), O_RDWR | O_CREAT, 0600);
        cr_assert_eq(flock(held[i], LOCK_EX), 0);
    }
    start = clock_mono();
    cr_assert_null(password_hash(f.a, f.conf, "cuatro palabras", &busy));
    cr_assert(busy);
    cr_assert(clock_mono() - start < 3.5);
    close(held[1]);
    cr_assert_not_null(password_hash(f.a, f.conf, "cuatro palabras", &busy), "a place is free");
    close(held[0]);
    fixture_close(&f);
}

static const struct { const char *password; const struct text *refused; } rules[] = {
    { "corta", T_PASSWORD_SHORT },
    { "123456789", T_PASSWORD_SHORT },
    { "ñandúñandú", T_PASSWORD_COMMON },             /* a piece repeated */
    { "1234567890", T_PASSWORD_COMMON },
    { "Colombia2024!", T_PASSWORD_COMMON },
    { "P4ssw0rd123", T_PASSWORD_COMMON },
    { "contraseña1", T_PASSWORD_COMMON },
    { "CONTRASEÑA", T_PASSWORD_COMMON },
    { "!!paqueteria!!", T_PASSWORD_COMMON },
    { "aaaaaaaaaaaa", T_PASSWORD_COMMON },
    { "holaholahola", T_PASSWORD_COMMON },
    { "qwertyuiop", T_PASSWORD_COMMON },
    { "poiuytrewq", T_PASSWORD_COMMON },
    { "teamomucho", T_PASSWORD_COMMON },
    { "manchester", T_PASSWORD_COMMON },
    { "Christopher", T_PASSWORD_COMMON },
    { "liverpool1892", T_PASSWORD_COMMON },
    { "B4rcelon4!!", T_PASSWORD_COMMON },
    { "oper.gomez 2026", T_PASSWORD_OWN },
    { "soy OLGA.P de noche", T_PASSWORD_OWN },
    { "caballo grapa batería correcto", NULL },
    { "x7#kQ9!vPz", NULL },
    { "ñññññ-pingüino", NULL },
};

Test(password, rules)
{
    struct fixture f;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rules); i++) {
        f.c.fault = (struct fault){ 0 };
        cr_expect_eq(password_check(&f.c, "password", rules[i].password, "oper.gomez", "olga.p@x.co"),
                     rules[i].refused == NULL ? OK : E_INVALID, "%s", rules[i].password);
        cr_expect_eq(f.c.fault.text, rules[i].refused, "%s: %s", rules[i].password,
                     fixture_fault(&f));
    }
    fixture_close(&f);
}

/* Sorted, since it is searched by halves; a word of ten symbols or more is refused as it is, and any of four
 * letters or more with a year behind it. */
Test(password, ten_thousand_common_ones_are_refused_with_a_year_behind_them_too)
{
    static const char *const words[] = {
#define MANY(...) __VA_ARGS__,
#include "domain/people/common_passwords_many.def"
#undef MANY
    };
    struct fixture f;
    int refused = 0;

    fixture_open(&f);
    cr_assert_geq(COUNT(words), 10000);
    for (size_t i = 0; i < COUNT(words); i++) {
        const size_t n = strlen(words[i]), letters = strspn(words[i], "abcdefghijklmnopqrstuvwxyz");
        const bool plain = letters == n && n >= 4;
        const char *year = arena_printf(f.a, "%s%s", words[i], n < 6 ? "-20261130" : "2026");

        cr_assert(i == 0 || strcmp(words[i - 1], words[i]) < 0, "%s", words[i]);
        if (n >= 10)
            cr_expect_eq(password_check(&f.c, "p", words[i], "oper", "o@x.co"), E_INVALID, "%s", words[i]);
        if (plain)
            cr_expect_eq(password_check(&f.c, "p", year, "oper", "o@x.co"), E_INVALID, "%s", year);
        refused += plain || n >= 10;
        f.c.fault = (struct fault){ 0 };
    }
    cr_expect_gt(refused, 6000);
    fixture_close(&f);
}

Test(password, length_counts_characters)
{
    struct fixture f;
    char at_most[129], over[130];

    fixture_open(&f);
    for (size_t i = 0; i < sizeof over; i++)
        over[i] = (char)('!' + i * 7 % 89);
    memcpy(at_most, over, sizeof at_most);
    at_most[128] = over[129] = '\0';
    cr_assert_eq(password_check(&f.c, "p", at_most, "oper", "o@x.co"), OK);
    cr_assert_eq(password_check(&f.c, "p", over, "oper", "o@x.co"), E_INVALID);
    cr_assert_eq(f.c.fault.text, T_PASSWORD_LONG);
    fixture_close(&f);
}
