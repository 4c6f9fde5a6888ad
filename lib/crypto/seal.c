/* Sealed text: XChaCha20-Poly1305 under a key derived from the secret settings_key. */
#include <string.h>

#include <sodium.h>

#include "crypto/crypto.h"

#define SEAL_FORM "v1:"          /* the beginning of a sealed text */
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

static bool seal_key(struct arena *a, const struct conf *c, unsigned char key[HASH_BYTES])
{
    char *secret = secret_read(a, c, "settings_key");

    if (is_blank(secret))
        return false;
    hmac256(key, secret, SEAL_FORM, strlen(SEAL_FORM));
    sodium_memzero(secret, strlen(secret));
    return true;
}

char *seal_text(struct arena *a, const struct conf *c, const char *what, const char *text)
{
    unsigned char key[HASH_BYTES], *out = arena_alloc(a, NONCE + strlen(text) + TAG);
    unsigned long long n;

    if (!seal_key(a, c, key))
        return NULL;
    randombytes_buf(out, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, &n, (const unsigned char *)text, strlen(text),
                                               (const unsigned char *)what, strlen(what), NULL, out, key);
    sodium_memzero(key, sizeof key);
    return arena_printf(a, SEAL_FORM "%s", hex_text(a, out, NONCE + (size_t)n));
}

char *seal_open(struct arena *a, const struct conf *c, const char *what, const char *sealed)
{
    unsigned char key[HASH_BYTES], *in, *out;
    unsigned long long n;
    size_t size;
    bool opened;

    in = has_prefix(sealed, SEAL_FORM) ? hex_bytes(a, sealed + strlen(SEAL_FORM), &size) : NULL;
    if (in == NULL || size < NONCE + TAG || !seal_key(a, c, key))
        return NULL;
    out = arena_alloc(a, size);
    opened = crypto_aead_xchacha20poly1305_ietf_decrypt(out, &n, NULL, in + NONCE, size - NONCE,
                                                        (const unsigned char *)what, strlen(what), in, key) == 0;
    sodium_memzero(key, sizeof key);
    return opened ? arena_strndup(a, (char *)out, (size_t)n) : NULL;
}
