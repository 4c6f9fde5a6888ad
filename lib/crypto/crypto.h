/* Crypto: what the product needs of libsodium, under names that say what for. */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"

#define HASH_BYTES 32

void crypto_open(void);                      /* sodium_init, once; aborts if it fails */

/* SHA-256 and HMAC-SHA-256 of the n bytes at p.  A key is a NUL-ended text, or key_n bytes. */
void sha256(unsigned char out[HASH_BYTES], const void *p, size_t n);
void hmac256(unsigned char out[HASH_BYTES], const char *key, const void *p, size_t n);
void hmac256_bytes(unsigned char out[HASH_BYTES], const void *key, size_t key_n, const void *p, size_t n);
char *hex_text(struct arena *a, const unsigned char *p, size_t n);
/* The bytes that a hex text stands for, *n of them and a NUL, from the arena.  NULL if it is not hex. */
unsigned char *hex_bytes(struct arena *a, const char *hex, size_t *n);
bool same_bytes(const void *a, const void *b, size_t n);     /* constant time */
/* True for two texts that are the same, compared in a time that tells only their lengths; NULL is like no text. */
bool same_text(const char *a, const char *b);
bool sha256_file(const char *path, unsigned char out[HASH_BYTES]);  /* false with errno */

/* Passwords: Argon2id over HMAC(pepper, password), 50 ms and 19 MiB each, at most two at once on a host
 * (two lock files in run_dir).  password_hash is NULL with *busy if neither is free within 3 s, and NULL without it
 * if the pepper cannot be read (logged).  password_verify is OK, E_INVALID for another password than was hashed,
 * and in those two cases E_BUSY and E_INTERNAL. */
char *password_hash(struct arena *a, const struct conf *c, const char *password, bool *busy);
enum err password_verify(const struct conf *c, const char *hash, const char *password) MUST_CHECK;
bool password_needs_rehash(const char *hash);
/* A hash that no password opens: verifying it takes the time of a real one, so an unknown user name is
 * answered as late as a wrong password. */
const char *password_dummy(void);

/* token_new: 256 random bits as 43 symbols of base62.  token_derived: up to 43 symbols, always the same for a
 * key and a text, and never guessed without the key.  token_hash: what is stored of a token. */
char *token_new(struct arena *a);
char *token_derived(struct arena *a, const char *key, const char *text, size_t symbols);
void token_hash(unsigned char out[HASH_BYTES], const char *token);

/* A key pair for sealed boxes, as hex; backups are encrypted with the public key. */
void keypair_new(struct arena *a, char **public_hex, char **secret_hex);

/* Signed text "value.expiry.signature" under the named secret; expires and now in Unix seconds.  sign_text
 * is NULL if the secret cannot be read.  sign_open gives the value, or NULL if the secret cannot be read,
 * the text is forged, or its time is over. */
char *sign_text(struct arena *a, const struct conf *c, const char *secret, const char *value,
                int64_t expires);
char *sign_open(struct arena *a, const struct conf *c, const char *secret, const char *text,
                int64_t now);

/* Sealed text: what the database holds of a secret that an administrator typed.  `what` names it, and a text that was
 * sealed for one name does not open for another.  NULL without the secret settings_key; seal_open also when the text
 * is not one of ours. */
char *seal_text(struct arena *a, const struct conf *c, const char *what, const char *text);
char *seal_open(struct arena *a, const struct conf *c, const char *what, const char *sealed);

/* Codes of an authenticator app (RFC 6238): six digits that are good for 30 seconds.  A secret is 160 random bits in
 * base32, as apps take it.  totp_code writes the code of a step (Unix time divided by 30), false when the secret is none
 * of ours; totp_step tells to which step around now, one before to one after, a code belongs, 0 to none. */
#define TOTP_STEP_S 30
#define TOTP_CODE_SIZE 7         /* with its NUL */
char *totp_secret_new(struct arena *a);
bool totp_code(const char *secret, int64_t step, char out[TOTP_CODE_SIZE]);
int64_t totp_step(const char *secret, const char *code, int64_t now);

/* The content of a file in secrets_dir, without its last newline, from the arena; NULL with errno.  The
 * file is read again after it was replaced.  The configuration itself holds no secrets. */
char *secret_read(struct arena *a, const struct conf *c, const char *name);

#endif
