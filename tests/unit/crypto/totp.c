/* Codes of an authenticator app: the vectors of RFC 6238, appendix B, and which code of now is taken. */
#include <criterion/criterion.h>

#include "crypto/crypto.h"

#define SECRET "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"       /* "12345678901234567890" */

Test(totp, codes_are_those_of_the_standard)
{
    static const struct { int64_t at; const char *code; } rows[] = {
        { 59, "287082" }, { 1111111109, "081804" }, { 1111111111, "050471" }, { 1234567890, "005924" },
        { 2000000000, "279037" }, { 20000000000, "353130" },
    };
    char code[TOTP_CODE_SIZE];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert(totp_code(SECRET, rows[i].at / 30, code));
        cr_expect_str_eq(code, rows[i].code, "at %lld", (long long)rows[i].at);
    }
}

Test(totp, a_code_is_known_one_step_before_and_after_and_no_further)
{
    char code[TOTP_CODE_SIZE];
    const int64_t now = 1793707200;

    for (int64_t off = -3; off <= 3; off++) {
        cr_assert(totp_code(SECRET, now / 30 + off, code));
        cr_expect_eq(totp_step(SECRET, code, now), off >= -1 && off <= 1 ? now / 30 + off : 0, "%lld steps", (long long)off);
    }
    cr_expect_eq(totp_step(SECRET, "", now), 0);
    cr_expect_eq(totp_step(SECRET, "28708", now), 0);
}

Test(totp, a_secret_is_32_symbols_of_base32_and_new_each_time)
{
    struct arena *a = arena_new();
    const char *one = totp_secret_new(a), *two = totp_secret_new(a);
    char code[TOTP_CODE_SIZE];

    cr_expect_eq(strlen(one), 32);
    cr_expect_eq(strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 32);
    cr_expect_str_neq(one, two);
    cr_expect(totp_code(one, 1, code));
    cr_expect_not(totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", 1, code), "1 is no symbol");
    cr_expect_not(totp_code("GEZDGNBV", 1, code));
    arena_free(a);
}
