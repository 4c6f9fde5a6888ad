/* Codes of an authenticator app: RFC 6238 over HMAC-SHA-1, the only hash that all apps know.  No library that web
 * programs load has SHA-1 (libsodium leaves it out), so it is here, for this use alone. */
#include <string.h>

#include "base/random.h"
#include "crypto/crypto.h"

#define SHA1_BYTES 20
#define BLOCK 64
#define SECRET_BYTES 20
#define DIGITS 6
#define MODULUS 1000000u
#define BASE32 "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

static uint32_t rotated(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static uint32_t word_at(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void sha1_block(uint32_t h[5], const unsigned char *p)
{
    static const uint32_t k[4] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

    for (int i = 0; i < 80; i++)
        w[i] = i < 16 ? word_at(p + 4 * i) : rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        const uint32_t f = i < 20 ? (b & c) | (~b & d) : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
        const uint32_t next = rotated(a, 5) + f + e + k[i / 20] + w[i];

        e = d;
        d = c;
        c = rotated(b, 30);
        b = a;
        a = next;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

/* SHA-1 of two short texts, one after the other: together less than two blocks. */
static void sha1_of(unsigned char out[SHA1_BYTES], const unsigned char *x, size_t x_n, const unsigned char *y, size_t y_n)
{
    uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
    unsigned char all[2 * BLOCK] = { 0 };
    const size_t n = x_n + y_n, blocks = n + 9 > BLOCK ? 2 : 1;

    memcpy(all, x, x_n);
    memcpy(all + x_n, y, y_n);
    all[n] = 0x80;
    all[blocks * BLOCK - 2] = (unsigned char)(n * 8 >> 8);
    all[blocks * BLOCK - 1] = (unsigned char)(n * 8);
    for (size_t i = 0; i < blocks; i++)
        sha1_block(h, all + i * BLOCK);
    for (size_t i = 0; i < SHA1_BYTES; i++)
        out[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

/* HMAC-SHA-1 with a key of at most a block. */
static void hmac_sha1(unsigned char out[SHA1_BYTES], const unsigned char *key, size_t key_n, const unsigned char *p, size_t n)
{
    unsigned char in_pad[BLOCK], out_pad[BLOCK], inner[SHA1_BYTES];

    for (size_t i = 0; i < BLOCK; i++) {
        const unsigned char byte = i < key_n ? key[i] : 0;

        in_pad[i] = byte ^ 0x36;
        out_pad[i] = byte ^ 0x5c;
    }
    sha1_of(inner, in_pad, BLOCK, p, n);
    sha1_of(out, out_pad, BLOCK, inner, SHA1_BYTES);
}

char *totp_secret_new(struct arena *a)
{
    return random_text(a, BASE32, SECRET_BYTES * 8 / 5);
}

/* The bytes of a secret in base32; false when it is not one of ours. */
static bool secret_bytes(const char *secret, unsigned char out[SECRET_BYTES])
{
    uint32_t bits = 0;
    size_t have = 0, n = 0;

    if (strlen(secret) != SECRET_BYTES * 8 / 5)
        return false;
    for (const char *s = secret; *s != '\0'; s++) {
        const char *at = strchr(BASE32, *s);

        if (at == NULL)
            return false;
        bits = bits << 5 | (uint32_t)(at - BASE32);
        if ((have += 5) >= 8)
            out[n++] = (unsigned char)(bits >> (have -= 8));
    }
    return n == SECRET_BYTES;
}

bool totp_code(const char *secret, int64_t step, char out[TOTP_CODE_SIZE])
{
    unsigned char key[SECRET_BYTES], sum[SHA1_BYTES], counter[8];
    uint32_t code;

    if (!secret_bytes(secret, key))
        return false;
    for (size_t i = 0; i < 8; i++)
        counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    hmac_sha1(sum, key, sizeof key, counter, sizeof counter);
    code = (word_at(sum + (sum[SHA1_BYTES - 1] & 0xf)) & 0x7fffffff) % MODULUS;
    out[DIGITS] = '\0';
    for (size_t i = DIGITS; i > 0; i--, code /= 10)
        out[i - 1] = (char)('0' + code % 10);
    return true;
}

int64_t totp_step(const char *secret, const char *code, int64_t now)
{
    int64_t found = 0;

    for (int64_t step = now / TOTP_STEP_S - 1; step <= now / TOTP_STEP_S + 1; step++) {
        char right[TOTP_CODE_SIZE];

        if (totp_code(secret, step, right) && same_text(right, code))
            found = step;
    }
    return found;
}
