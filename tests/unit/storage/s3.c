/* S3: addresses and settings of the archive.  That signatures are right is tested with a server that makes
 * them again with AWS's own signer (tests/http/archive.test.mjs). */
#include <criterion/criterion.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "send/s3.h"
#include "storage/s3.h"

#define NOW 1795615920

static struct conf *conf_with(struct arena *a, const char *more, bool secret)
{
    const char *dir = arena_strdup(a, "/tmp/s3.XXXXXX"), *why = "";
    struct conf *c;

    cr_assert_not_null(mkdtemp((char *)(uintptr_t)dir));
    c = conf_parse(a, arena_printf(a, "storage = s3\ns3_endpoint = https://objetos.example:9000\n"
                                   "s3_bucket = fotos\ns3_access_key = yo\nsecrets_dir = %s\n%s", dir, more), &why);
    cr_assert_not_null(c, "%s", why);
    if (secret) {
        FILE *f = fopen(arena_printf(a, "%s/s3_secret_key", dir), "we");

        cr_assert_not_null(f);
        fputs("nadie\n", f);
        fclose(f);
    }
    return c;
}

static void end(struct arena *a, const struct conf *c)
{
    unlink(arena_printf(a, "%s/s3_secret_key", c->secrets_dir));
    rmdir(c->secrets_dir);
    arena_free(a);
}

Test(s3, the_bucket_is_in_the_path_or_in_the_hosts_name)
{
    static const struct { const char *more, *url, *origin; } rows[] = {
        { "", "https://objetos.example:9000/fotos/2026/11/1/a.webp", "https://objetos.example:9000" },
        { "s3_path_style = false\n", "https://fotos.objetos.example:9000/2026/11/1/a.webp",
          "https://fotos.objetos.example:9000" },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *a = arena_new();
        const struct conf *c = conf_with(a, rows[i].more, true);
        unsigned char sum[HASH_BYTES] = { 0 };
        struct s3_request r;
        const char *link = s3_presign(a, c, "2026/11/1/a.webp", NOW, 60);

        cr_assert(s3_sign(a, c, "PUT", "2026/11/1/a.webp", sum, NOW, &r));
        cr_expect_str_eq(r.url, rows[i].url);
        cr_expect_str_eq(s3_origin(a, c), rows[i].origin);
        cr_assert_not_null(link);
        cr_expect(has_prefix(link, arena_printf(a, "%s?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=yo%%2F", rows[i].url)),
                  "%s", link);
        cr_expect_not_null(strstr(link, "&X-Amz-Expires=60&"), "%s", link);
        end(a, c);
    }
}

Test(s3, only_keys_of_ours_are_signed_and_only_with_the_secret)
{
    static const char *const keys[] = { "../x", "/x", "a//b", "a b", "a?b", "ñ" };
    struct arena *a = arena_new(), *b = arena_new();
    const struct conf *c = conf_with(a, "", true), *without = conf_with(b, "", false);
    unsigned char sum[HASH_BYTES] = { 0 };
    struct s3_request r;

    for (size_t i = 0; i < COUNT(keys); i++) {
        cr_expect(!s3_sign(a, c, "PUT", keys[i], sum, NOW, &r), "%s", keys[i]);
        cr_expect_null(s3_presign(a, c, keys[i], NOW, 60), "%s", keys[i]);
    }
    cr_expect(!s3_sign(b, without, "PUT", "a", sum, NOW, &r));
    cr_expect_null(s3_presign(b, without, "a", NOW, 60));
    end(a, c);
    end(b, without);
}

Test(s3, what_is_missing_is_named)
{
#define KEY(name, value) { offsetof(struct conf, name), value, #name }
    static const struct { size_t key; const char *value, *named; } rows[] = {
        KEY(s3_endpoint, "ftp://x"), KEY(s3_endpoint, "https://x/"), KEY(s3_bucket, "Fotos"), KEY(s3_bucket, ""),
        KEY(s3_region, "a/b"), KEY(s3_access_key, ""), KEY(storage, "nube"),
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *a = arena_new();
        struct conf *c = conf_with(a, "", true);

        *(const char **)(void *)((char *)c + rows[i].key) = rows[i].value;
        cr_assert_not_null(s3_fault(a, c), "%s: %s", rows[i].named, rows[i].value);
        cr_expect_not_null(strstr(s3_fault(a, c), rows[i].named), "%s", s3_fault(a, c));
        end(a, c);
    }
}

Test(s3, what_is_not_done_is_tried_again)
{
    static const struct { const char *method; int curl; long status; enum sent sent; bool failed; } rows[] = {
        { "PUT", CURLE_OK, 200, SENT_YES, false }, { "DELETE", CURLE_OK, 204, SENT_YES, false },
        { "DELETE", CURLE_OK, 404, SENT_YES, false }, { "PUT", CURLE_OK, 404, SENT_NO, true },
        { "PUT", CURLE_OK, 307, SENT_NO, true }, { "PUT", CURLE_OK, 403, SENT_NO, true },
        { "PUT", CURLE_OK, 500, SENT_NO, true }, { "PUT", CURLE_COULDNT_CONNECT, 0, SENT_NO, true },
        { "PUT", CURLE_RECV_ERROR, 200, SENT_NO, true }, { "PUT", CURLE_READ_ERROR, 0, SENT_NO, false },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct send_result r = s3_classify(rows[i].method, rows[i].curl, rows[i].status);

        cr_expect_eq(r.sent, rows[i].sent, "%zu", i);
        cr_expect_eq(r.provider_failed, rows[i].failed, "%zu", i);
        cr_expect_eq(r.error == NULL, r.sent == SENT_YES, "%zu", i);
    }
}
