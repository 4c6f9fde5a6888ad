#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <sodium.h>

#include "crypto/crypto.h"

void crypto_open(void)
{
    if (sodium_init() < 0)
        abort();
}

void sha256(unsigned char out[HASH_BYTES], const void *p, size_t n)
{
    crypto_hash_sha256(out, p, n);
}

void hmac256(unsigned char out[HASH_BYTES], const char *key, const void *p, size_t n)
{
    hmac256_bytes(out, key, strlen(key), p, n);
}

#define KEY_KEPT 64              /* bytes; a longer key is hashed each time */

/* The key that was used last, and the state that follows from it: half of the work for a short text.  A process works
 * with one key or two, and is single-threaded. */
static struct {
    unsigned char key[KEY_KEPT];
    size_t n;                    /* bytes of the key; 0: none yet */
    crypto_auth_hmacsha256_state state;
} keyed;

static void key_use(crypto_auth_hmacsha256_state *s, const void *key, size_t n)
{
    if (n > 0 && n == keyed.n && memcmp(key, keyed.key, n) == 0) {
        *s = keyed.state;
        return;
    }
    crypto_auth_hmacsha256_init(s, key, n);
    if (n == 0 || n > KEY_KEPT)
        return;
    memcpy(keyed.key, key, n);
    keyed.n = n;
    keyed.state = *s;
}

void hmac256_bytes(unsigned char out[HASH_BYTES], const void *key, size_t key_n, const void *p, size_t n)
{
    crypto_auth_hmacsha256_state s;

    key_use(&s, key, key_n);
    crypto_auth_hmacsha256_update(&s, p, n);
    crypto_auth_hmacsha256_final(&s, out);
}

char *hex_text(struct arena *a, const unsigned char *p, size_t n)
{
    char *out = arena_alloc(a, n * 2 + 1);

    return sodium_bin2hex(out, n * 2 + 1, p, n);
}

unsigned char *hex_bytes(struct arena *a, const char *hex, size_t *n)
{
    size_t len = strlen(hex);
    unsigned char *out = arena_alloc(a, len / 2 + 1);

    if (sodium_hex2bin(out, len / 2, hex, len, NULL, n, NULL) != 0 || *n * 2 != len)
        return NULL;
    return out;
}

bool same_bytes(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}

bool same_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strlen(a) == strlen(b) && same_bytes(a, b, strlen(a));
}

bool sha256_file(const char *path, unsigned char out[HASH_BYTES])
{
    unsigned char piece[65536];
    crypto_hash_sha256_state s;
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return false;
    crypto_hash_sha256_init(&s);
    while ((n = read(fd, piece, sizeof piece)) > 0)
        crypto_hash_sha256_update(&s, piece, (unsigned long long)n);
    close(fd);
    crypto_hash_sha256_final(&s, out);
    return n == 0;
}

void keypair_new(struct arena *a, char **public_hex, char **secret_hex)
{
    unsigned char public[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES];

    crypto_box_keypair(public, secret);
    *public_hex = hex_text(a, public, sizeof public);
    *secret_hex = hex_text(a, secret, sizeof secret);
    sodium_memzero(secret, sizeof secret);
}
