/* Crypto: what the product needs of libsodium, under names that say what for. */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/conf.h"

#define HASH_BYTES 32

void crypto_open(void);                      /* sodium_init; aborts when it fails; idempotent */

/* SHA-256 and HMAC-SHA-256 of n bytes; a key is a text. */
void sha256(unsigned char out[HASH_BYTES], const void *p, size_t n);
void hmac256(unsigned char out[HASH_BYTES], const char *key, const void *p, size_t n);
void hmac256_bytes(unsigned char out[HASH_BYTES], const void *key, size_t key_n, const void *p, size_t n);
char *hex_text(struct arena *a, const unsigned char *p, size_t n);
/* Back again, with a NUL after it; NULL when it is not hex. */
unsigned char *hex_bytes(struct arena *a, const char *hex, size_t *n);
bool same_bytes(const void *a, const void *b, size_t n);     /* constant time */
bool sha256_file(const char *path, unsigned char out[HASH_BYTES]);  /* false with errno */

/* Passwords: Argon2id over HMAC(pepper, password); 50 ms and 19 MiB each.  At most
 * two computations at once a host (two lock files in run_dir).  NULL or false with
 * *busy when none is free in 3 s, without *busy when the pepper cannot be read
 * (logged) or, of verify, the password is another. */
char *password_hash(struct arena *a, const struct conf *c, const char *password, bool *busy);
bool password_verify(const struct conf *c, const char *hash, const char *password, bool *busy);
bool password_needs_rehash(const char *hash);
/* A hash of nothing known, to spend the same time on an unknown user. */
const char *password_dummy(void);

/* 256-bit token as 43 symbols of base62, and what is stored of it. */
char *token_new(struct arena *a);
void token_hash(unsigned char out[HASH_BYTES], const char *token);

/* A key pair for sealed boxes, as hex: what backups are encrypted with. */
void keypair_new(struct arena *a, char **public_hex, char **secret_hex);

/* Signed text: "value.expiry.signature" under a named secret; expires, now: Unix
 * seconds.  sign_text is NULL when the secret cannot be read, sign_open the value, or
 * NULL when it is forged or over, too. */
char *sign_text(struct arena *a, const struct conf *c, const char *secret, const char *value,
                int64_t expires);
char *sign_open(struct arena *a, const struct conf *c, const char *secret, const char *text,
                int64_t now);

/* The content of a secret file named by a key, without its last newline, or
 * NULL with errno.  Secrets never live in the configuration itself.  A file that was
 * replaced (rename) is read anew. */
char *secret_read(struct arena *a, const struct conf *c, const char *name);

#endif
