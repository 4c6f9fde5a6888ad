/* Hashes, tokens and signed text. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "tests/unit/fixture.h"

Test(hash, known_answers)
{
    unsigned char out[HASH_BYTES];
    struct arena *a = arena_new();

    crypto_open();
    sha256(out, "abc", 3);
    cr_assert_str_eq(hex_text(a, out, sizeof out),
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hmac256(out, "Jefe", "what do ya want for nothing?", 28);       /* RFC 4231, case 2 */
    cr_assert_str_eq(hex_text(a, out, sizeof out),
                     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    hmac256(out, "another", "key", 3);
    hmac256(out, "Jefe", "what do ya want for nothing?", 28);
    hmac256(out, "Jefe", "what do ya want for nothing?", 28);       /* by the state that is kept of a key */
    cr_assert_str_eq(hex_text(a, out, sizeof out),
                     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    arena_free(a);
}

Test(hash, hex_there_and_back)
{
    struct arena *a = arena_new();
    size_t n;

    crypto_open();
    cr_assert_arr_eq(hex_bytes(a, "00ff7e", &n), "\x00\xff\x7e", 3);
    cr_assert_eq(n, 3);
    cr_assert_null(hex_bytes(a, "0", &n));
    cr_assert_null(hex_bytes(a, "0g", &n));
    cr_assert_null(hex_bytes(a, "00 ff", &n));
    arena_free(a);
}

Test(token, derived_from_a_key_and_a_text_it_is_always_the_same)
{
    struct arena *a = arena_new();

    crypto_open();
    /* The number of case 2 above, in base 62 and from its lowest symbol. */
    cr_expect_str_eq(token_derived(a, "Jefe", "what do ya want for nothing?", 22), "NEoQJLToawawwsOsigu7tp");
    cr_expect_eq(strspn(token_derived(a, "k", "link:ABC234:1", 43),
                        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"), 43);
    cr_expect(!streq(token_derived(a, "k", "link:ABC234:1", 22), token_derived(a, "l", "link:ABC234:1", 22)));
    cr_expect(!streq(token_derived(a, "k", "link:ABC234:1", 22), token_derived(a, "k", "link:ABC234:2", 22)));
    arena_free(a);
}

Test(hash, of_a_file)
{
    char path[] = "/tmp/sha-XXXXXX";
    unsigned char whole[HASH_BYTES], file[HASH_BYTES], piece[70000] = { 7 };
    int fd = mkstemp(path);

    crypto_open();
    cr_assert_eq(write(fd, piece, sizeof piece), (ssize_t)sizeof piece);
    close(fd);
    sha256(whole, piece, sizeof piece);
    cr_assert(sha256_file(path, file));
    cr_assert_arr_eq(whole, file, sizeof whole);
    unlink(path);
    cr_assert_not(sha256_file(path, file));
}

Test(token, has_256_bits_and_no_two_alike)
{
    struct arena *a = arena_new();
    char *one = token_new(a), *two = token_new(a);

    cr_assert_eq(strlen(one), 43);
    cr_assert_str_neq(one, two);
    arena_free(a);
}

Test(sign, opens_what_it_signed_and_nothing_else)
{
    struct fixture f;
    char *text, *value;

    fixture_open(&f);
    text = sign_text(f.a, f.conf, "csrf_key", "a.b.c", 1000);
    value = sign_open(f.a, f.conf, "csrf_key", text, 999);
    cr_assert_str_eq(value, "a.b.c", "dots are fine");
    cr_assert_null(sign_open(f.a, f.conf, "csrf_key", text, 1000), "over");
    for (size_t i = 0; text[i] != '\0'; i++) {
        char *forged = arena_strdup(f.a, text);

        forged[i] = forged[i] == '1' ? '2' : '1';
        cr_assert_null(sign_open(f.a, f.conf, "csrf_key", forged, 999), "%s", forged);
    }
    {
        unsigned char sum[HASH_BYTES];

        sha256(sum, "a.b.c.1000", strlen("a.b.c.1000"));
        cr_assert_null(sign_open(f.a, f.conf, "csrf_key", arena_printf(f.a, "a.b.c.1000.%s", hex_text(f.a, sum, sizeof sum)),
                                 999), "who has not the secret cannot sign");
    }
    cr_assert_null(sign_open(f.a, f.conf, "csrf_key", "", 0));
    cr_assert_null(sign_open(f.a, f.conf, "csrf_key", "a", 0));
    cr_assert_null(sign_open(f.a, f.conf, "csrf_key", "..", 0));
    cr_assert_null(sign_text(f.a, f.conf, "missing", "a", 1), "no secret, no signature");
    fixture_close(&f);
}
