/* Tokens and signed text. */
#include "base/random.h"
#include "crypto/crypto.h"

#define TOKEN_SYMBOLS 43         /* 62^43 > 2^256 */

char *token_new(struct arena *a)
{
    return random_text(a, ALPHABET_BASE62, TOKEN_SYMBOLS);
}

/* The hash is read as one number of 256 bits and written in base 62, its lowest symbol first. */
char *token_derived(struct arena *a, const char *key, const char *text, size_t symbols)
{
    unsigned char number[HASH_BYTES];
    char *out = arena_alloc(a, symbols + 1);

    hmac256(number, key, text, strlen(text));
    for (size_t i = 0; i < symbols; i++) {
        unsigned rest = 0;

        for (size_t k = 0; k < sizeof number; k++) {
            rest = rest << 8 | number[k];
            number[k] = (unsigned char)(rest / 62);
            rest %= 62;
        }
        out[i] = ALPHABET_BASE62[rest];
    }
    out[symbols] = '\0';
    return out;
}

void token_hash(unsigned char out[HASH_BYTES], const char *token)
{
    sha256(out, token, strlen(token));
}

/* NULL if the secret cannot be read: then nothing is signed and no signature is right. */
static char *token_signature(struct arena *a, const struct conf *c, const char *secret, const char *text)
{
    const char *key = secret_read(a, c, secret);
    unsigned char sum[HASH_BYTES];

    if (key == NULL)
        return NULL;
    hmac256(sum, key, text, strlen(text));
    return hex_text(a, sum, sizeof sum);
}

char *sign_text(struct arena *a, const struct conf *c, const char *secret, const char *value,
                int64_t expires)
{
    char *text = arena_printf(a, "%s.%lld", value, (long long)expires);
    char *sum = token_signature(a, c, secret, text);

    return sum == NULL ? NULL : arena_printf(a, "%s.%s", text, sum);
}

char *sign_open(struct arena *a, const struct conf *c, const char *secret, const char *text,
                int64_t now)
{
    char *signed_part = arena_strdup(a, text), *sum, *dot, *expected;
    int64_t expires;

    dot = strrchr(signed_part, '.');
    if (dot == NULL)
        return NULL;
    *dot = '\0';
    sum = dot + 1;
    expected = token_signature(a, c, secret, signed_part);
    if (!same_text(sum, expected))
        return NULL;
    dot = strrchr(signed_part, '.');
    if (dot == NULL || !parse_int(dot + 1, &expires) || expires <= now)
        return NULL;
    *dot = '\0';
    return signed_part;
}
