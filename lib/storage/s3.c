#include <time.h>

#include "storage/s3.h"
#include "storage/storage.h"
#include "crypto/crypto.h"

#define SIGNED "host;x-amz-content-sha256;x-amz-date"

bool s3_in_use(const struct conf *c)
{
    return streq(c->storage, "s3");
}

/* Splits s3_endpoint into "https://" or "http://" and the rest. */
static bool endpoint_split(const struct conf *c, const char **scheme, const char **host)
{
    *scheme = has_prefix(c->s3_endpoint, "https://") ? "https://" : "http://";
    if (!has_prefix(c->s3_endpoint, *scheme))
        return false;
    *host = c->s3_endpoint + strlen(*scheme);
    return **host != '\0' && (*host)[strspn(*host, "abcdefghijklmnopqrstuvwxyz0123456789.-:")] == '\0';
}

const char *s3_fault(struct arena *a, const struct conf *c)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
    const char *scheme, *host;

    if (!s3_in_use(c))
        return streq(c->storage, "disk") ? NULL : "«storage» es disk o s3.";
    if (!endpoint_split(c, &scheme, &host))
        return "«s3_endpoint» pide una dirección como https://almacen.example, sin barra al final.";
    if (is_blank(c->s3_bucket) || c->s3_bucket[strspn(c->s3_bucket, plain)] != '\0')
        return "«s3_bucket» pide el nombre del depósito, en minúsculas.";
    if (is_blank(c->s3_region) || c->s3_region[strspn(c->s3_region, plain)] != '\0')
        return "«s3_region» pide una región como us-east-1.";
    if (is_blank(c->s3_access_key) || strpbrk(c->s3_access_key, " /,\"&") != NULL)
        return "«s3_access_key» pide la clave de acceso.";
    return is_blank(secret_read(a, c, "s3_secret_key")) ? "Falta el secreto s3_secret_key." : NULL;
}

/* ---- addresses ---- */

struct place { const char *scheme, *host, *path; };

/* The host and path of an object.  A key that storage_key_ok accepts needs no encoding. */
static bool place_of(struct arena *a, const struct conf *c, const char *key, struct place *out)
{
    const char *host;

    if (!endpoint_split(c, &out->scheme, &host) || (*key != '\0' && !storage_key_ok(key)))
        return false;
    out->host = c->s3_path_style ? host : arena_printf(a, "%s.%s", c->s3_bucket, host);
    out->path = c->s3_path_style ? arena_printf(a, "/%s/%s", c->s3_bucket, key) : arena_printf(a, "/%s", key);
    return true;
}

const char *s3_origin(struct arena *a, const struct conf *c)
{
    struct place p;

    return place_of(a, c, "", &p) ? arena_printf(a, "%s%s", p.scheme, p.host) : "";
}

/* ---- signatures ---- */

struct signing {
    const char *at, *day, *scope;
    const char *signature;
};

static void signing_begin(struct arena *a, const struct conf *c, int64_t now, struct signing *s)
{
    time_t t = now;
    struct tm tm;

    gmtime_r(&t, &tm);
    s->day = arena_printf(a, "%04d%02d%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    s->at = arena_printf(a, "%sT%02d%02d%02dZ", s->day, tm.tm_hour, tm.tm_min, tm.tm_sec);
    s->scope = arena_printf(a, "%s/%s/s3/aws4_request", s->day, c->s3_region);
}

/* Signs a request.  canonical: the request as client and server write it down before they sign it. */
static bool signing_end(struct arena *a, const struct conf *c, const char *canonical, struct signing *s)
{
    const char *steps[] = { s->day, c->s3_region, "s3", "aws4_request" };
    const char *secret = secret_read(a, c, "s3_secret_key"), *text;
    unsigned char sum[HASH_BYTES], key[HASH_BYTES];

    if (is_blank(secret))
        return false;
    sha256(sum, canonical, strlen(canonical));
    text = arena_printf(a, "AWS4-HMAC-SHA256\n%s\n%s\n%s", s->at, s->scope, hex_text(a, sum, sizeof sum));
    hmac256(key, arena_printf(a, "AWS4%s", secret), steps[0], strlen(steps[0]));
    for (size_t i = 1; i < COUNT(steps); i++)
        hmac256_bytes(key, key, sizeof key, steps[i], strlen(steps[i]));
    hmac256_bytes(sum, key, sizeof key, text, strlen(text));
    s->signature = hex_text(a, sum, sizeof sum);
    return true;
}

bool s3_sign(struct arena *a, const struct conf *c, const char *method, const char *key,
             const unsigned char sum[HASH_BYTES], int64_t now, struct s3_request *out)
{
    const char *hash = hex_text(a, sum, HASH_BYTES);
    struct signing s;
    struct place p;

    signing_begin(a, c, now, &s);
    if (!place_of(a, c, key, &p)
        || !signing_end(a, c, arena_printf(a, "%s\n%s\n\nhost:%s\nx-amz-content-sha256:%s\nx-amz-date:%s\n\n"
                                           SIGNED "\n%s", method, p.path, p.host, hash, s.at, hash), &s))
        return false;
    out->url = arena_printf(a, "%s%s%s", p.scheme, p.host, p.path);
    out->headers[0] = arena_printf(a, "x-amz-content-sha256: %s", hash);
    out->headers[1] = arena_printf(a, "x-amz-date: %s", s.at);
    out->headers[2] = arena_printf(a, "Authorization: AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders="
                                   SIGNED ", Signature=%s", c->s3_access_key, s.scope, s.signature);
    return true;
}

/* The access key and the scope for a query: only their slashes need encoding. */
static const char *scope_encoded(struct arena *a, const struct conf *c, const struct signing *s)
{
    return arena_printf(a, "%s%%2F%s%%2F%s%%2Fs3%%2Faws4_request", c->s3_access_key, s->day, c->s3_region);
}

char *s3_presign(struct arena *a, const struct conf *c, const char *key, int64_t now, int seconds)
{
    const char *query;
    struct signing s;
    struct place p;

    signing_begin(a, c, now, &s);
    if (!place_of(a, c, key, &p))
        return NULL;
    query = arena_printf(a, "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%s&X-Amz-Date=%s"
                         "&X-Amz-Expires=%d&X-Amz-SignedHeaders=host", scope_encoded(a, c, &s), s.at, seconds);
    if (!signing_end(a, c, arena_printf(a, "GET\n%s\n%s\nhost:%s\n\nhost\nUNSIGNED-PAYLOAD",
                                        p.path, query, p.host), &s))
        return NULL;
    return arena_printf(a, "%s%s%s?%s&X-Amz-Signature=%s", p.scheme, p.host, p.path, query, s.signature);
}
