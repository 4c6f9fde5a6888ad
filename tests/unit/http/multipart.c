#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/texts.h"
#include "http/multipart.h"
#include "http/texts.h"
#include "tests/helpers/memory_source.h"

/* A context with a spool folder of its own. */
struct place {
    struct ctx c;
    struct conf *conf;
    char dir[32];
};

static void place_open(struct place *p)
{
    const char *why;

    memset(p, 0, sizeof(*p));
    strcpy(p->dir, "/tmp/spool.XXXXXX");
    cr_assert_not_null(mkdtemp(p->dir));
    p->c.a = arena_new();
    p->conf = conf_parse(p->c.a, "photo_mb = 1\n", &why);
    p->conf->spool_dir = p->dir;
    p->c.conf = p->conf;
    p->c.request_id = "r";
}

static int files_in(const char *dir)
{
    DIR *d = opendir(dir);
    int n = 0;

    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n - 2;                /* without . and .. */
}

static void place_close(struct place *p)
{
    cr_assert_eq(files_in(p->dir), 0, "files were left");
    cr_assert_eq(rmdir(p->dir), 0);
    arena_free(p->c.a);
}

static enum err read_body(struct place *p, struct request *r, struct memory_source *m,
                          const char *boundary)
{
    *r = (struct request){ .a = p->c.a, .src = memory_source(m), .content_length = (int64_t)m->n };
    return multipart_read(&p->c, r, boundary);
}

static char *content(const char *path, size_t *n)
{
    FILE *f = fopen(path, "r");
    char *s = calloc(1, 4096);

    cr_assert_not_null(f);
    *n = fread(s, 1, 4095, f);
    fclose(f);
    return s;
}

#define PART(head) "--B0\r\nContent-Disposition: form-data; " head "\r\n\r\n"

static const char small[] =
    "preamble\r\n"
    PART("name=\"name\"") "Ana\r\n--B\r\n-B0\r\r\n\r\n"
    PART("name=\"empty\"") "\r\n"
    "--B0\r\ncontent-disposition: form-data; name=\"photo\"; filename=\"C:\\a\\\"b.jpg\"\r\n"
    "Content-Type: image/jpeg\r\n\r\n"
    "\xff\xd8\0\r\n--B\r\n--B1\r\n\r\n"
    PART("name=photo; filename=\"\"") "\r\n"
    "--B0--\r\nepilogue";

static void check_small(struct request *r)
{
    static const char bytes[] = "\xff\xd8\0\r\n--B\r\n--B1\r\n";
    struct stat st;
    size_t n;
    char *s;

    cr_assert_eq(r->post.n, 2);
    cr_assert_str_eq(r->post.v[0].name, "name");
    cr_assert_str_eq(r->post.v[0].value, "Ana\r\n--B\r\n-B0\r\r\n");
    cr_assert_str_eq(pairs_get(&r->post, "empty"), "");
    cr_assert_not_null(r->uploads);
    cr_assert_null(r->uploads->next);
    cr_assert_str_eq(r->uploads->field, "photo");
    cr_assert_str_eq(r->uploads->name, "C:\\a\"b.jpg");
    cr_assert_str_eq(r->uploads->type, "image/jpeg");
    cr_assert_eq(r->uploads->size, (int64_t)sizeof(bytes) - 1);
    cr_assert_eq(stat(r->uploads->path, &st), 0);
    cr_assert_eq(st.st_mode & 07777, 0600);
    s = content(r->uploads->path, &n);
    cr_assert_eq(n, sizeof(bytes) - 1);
    cr_assert_eq(memcmp(s, bytes, n), 0);
    free(s);
}

/* Parts that were refused, or are empty files, are parts too: a body of them alone must not be read to its end. */
Test(multipart, a_body_of_more_than_a_hundred_parts_is_refused)
{
    static const char *const kinds[] = { "name=\"p\"; filename=\"\"\r\n\r\n", "name=\"p\"; filename=\"a\"\r\n\r\nx",
                                         "name=\"p\"\r\n\r\nx" };
    struct place p;

    place_open(&p);
    for (size_t kind = 0; kind < COUNT(kinds); kind++) {
        struct buf b = { 0 };
        struct memory_source m = { 0 };
        struct request r;

        for (int i = 0; i < 10000; i++)
            buf_printf(&b, "--x\r\nContent-Disposition: form-data; %s\r\n", kinds[kind]);
        buf_str(&b, "--x--\r\n");
        m.body = b.data;
        m.n = b.len;
        p.c.fault = (struct fault){ 0 };
        cr_expect_eq(read_body(&p, &r, &m, "x"), E_TOO_LARGE, "%zu", kind);
        cr_expect(m.at < b.len / 2, "%zu: %zu of %zu bytes were read", kind, m.at, b.len);
        request_close(&r);
        buf_free(&b);
    }
    place_close(&p);
}

Test(multipart, borders_may_fall_anywhere)
{
    struct memory_source m = { .body = small, .n = sizeof(small) - 1 };
    struct place p;
    struct request r;

    place_open(&p);
    for (m.step = 0; m.step < 40; m.step++) {
        m.at = 0;
        cr_assert_eq(read_body(&p, &r, &m, "B0"), OK, "step %zu", m.step);
        check_small(&r);
        uploads_discard(&r);
    }
    m.step = 0;
    for (m.first = 1; m.first < m.n; m.first++) {
        m.at = 0;
        cr_assert_eq(read_body(&p, &r, &m, "B0"), OK, "split at %zu", m.first);
        check_small(&r);
        uploads_discard(&r);
    }
    place_close(&p);
}

Test(multipart, a_body_cut_anywhere_is_malformed_and_leaves_no_file)
{
    size_t end = (size_t)(strstr(small + sizeof(small) - 20, "--B0--") - small) + 6;
    struct memory_source m = { .body = small, .step = 7 };
    struct place p;
    struct request r;

    place_open(&p);
    for (size_t cut = 0; cut < end; cut++) {
        m.at = 0;
        m.n = cut;
        cr_assert_eq(read_body(&p, &r, &m, "B0"), E_MALFORMED, "cut at %zu", cut);
        cr_assert_null(r.uploads);
        /* the client announced the whole body, and went away */
        m.at = 0;
        r = (struct request){ .a = p.c.a, .src = memory_source(&m),
                              .content_length = sizeof(small) - 1 };
        cr_assert_eq(multipart_read(&p.c, &r, "B0"), E_MALFORMED, "gone at %zu", cut);
    }
    place_close(&p);
}

Test(multipart, heads_are_read_strictly)
{
    static const struct { const char *head; enum err e; const char *name; } rows[] = {
        { "Content-Disposition: form-data; name=\"a\"", OK, "a" },
        { "CONTENT-DISPOSITION:form-data;name=a", OK, "a" },
        { "X-Other: 1\r\nContent-Disposition: form-data; name=\"a\"", OK, "a" },
        { "Content-Disposition: form-data; name=\"a;b=\\\"c\\\\\"", OK, "a;b=\"c\\" },
        { "Content-Disposition: form-data; name=\"ñ\"", OK, "ñ" },
        { "Content-Disposition: form-data; x=\"name=z\"; name=\"a\"", OK, "a" },
        { "Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: binary",
          OK, "a" },
        { "Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64",
          E_MALFORMED, NULL },
        { "Content-Disposition: form-data", E_MALFORMED, NULL },
        { "Content-Disposition: form-data; name=\"\"", E_MALFORMED, NULL },
        { "Content-Disposition: form-data; name=\"a", E_MALFORMED, NULL },
        { "Content-Disposition: form-data; name=\"a\" x", E_MALFORMED, NULL },
        { "Content-Disposition: form-data; name=\"a\"; name=\"b\"", E_MALFORMED, NULL },
        { "Content-Disposition: form-data; name=\"a\xff\"", E_MALFORMED, NULL },
        { "Content-Disposition: form-data; name=\"a\x01\"", E_MALFORMED, NULL },
        { "Content-Disposition: attachment; name=\"a\"", E_MALFORMED, NULL },
        { "Content-Disposition: form-data; name=\"a\"\r\n"
          "Content-Disposition: form-data; name=\"a\"",
          E_MALFORMED, NULL },
        { "Content-Disposition: form-data;\r\n name=\"a\"", E_MALFORMED, NULL },
        { "Content-Disposition : form-data; name=\"a\"", E_MALFORMED, NULL },
        { "no colon", E_MALFORMED, NULL }, { ": x", E_MALFORMED, NULL },
        { "Content-Type: text/plain", E_MALFORMED, NULL },
    };
    struct place p;
    struct request r;

    place_open(&p);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *body = arena_printf(p.c.a, "--B0 \t\r\n%s\r\n\r\nv\r\n--B0--", rows[i].head);
        struct memory_source m = { .body = body, .n = strlen(body) };

        cr_assert_eq(read_body(&p, &r, &m, "B0"), rows[i].e, "row %zu", i);
        if (rows[i].e == OK) {
            cr_assert_str_eq(r.post.v[0].name, rows[i].name, "row %zu", i);
            cr_assert_str_eq(r.post.v[0].value, "v");
        }
    }
    place_close(&p);
}

Test(multipart, odd_but_legal_bodies_are_read)
{
    static const struct { const char *body; enum err e; size_t fields, files; } rows[] = {
        { "--B0--", OK, 0, 0 }, { "--B0--\r\n", OK, 0, 0 },
        { PART("name=a") "--B0--", OK, 1, 0 },          /* empty, without a line end */
        { PART("name=f; filename=x") "--B0--", OK, 0, 1 },   /* a named file of no bytes */
        { PART("name=f; filename=\"\"") "abc\r\n--B0--", OK, 0, 1 },
        { PART("name=f; filename=\"\xff\"") "abc\r\n--B0--", OK, 0, 1 },
        { PART("name=f; filename=\"../../etc/passwd\"") "abc\r\n--B0--", OK, 0, 1 },
        { PART("name=a") "x\r\n--B0\r\n--B0--", E_MALFORMED, 0, 0 },
        { PART("name=a") "x\r\n--B0x\r\n", E_MALFORMED, 0, 0 },
        { PART("name=a") "x\n--B0--\n", E_MALFORMED, 0, 0 },
        { "", E_MALFORMED, 0, 0 }, { "--B0", E_MALFORMED, 0, 0 }, { "--B0-", E_MALFORMED, 0, 0 },
        { "--B0\r\n\r\nx\r\n--B0--", E_MALFORMED, 0, 0 },
    };
    struct place p;
    struct request r;

    place_open(&p);
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t step = 0; step < 2; step++) {
            struct memory_source m = { .body = rows[i].body, .n = strlen(rows[i].body),
                                       .step = step };
            size_t files = 0;

            cr_assert_eq(read_body(&p, &r, &m, "B0"), rows[i].e, "row %zu", i);
            cr_assert_eq(r.post.n, rows[i].e == OK ? rows[i].fields : r.post.n, "row %zu", i);
            for (const struct upload *u = r.uploads; u != NULL; u = u->next) {
                cr_assert(has_prefix(u->path, p.dir));
                files++;
            }
            cr_assert_eq(files, rows[i].files, "row %zu", i);
            uploads_discard(&r);
        }
    }
    place_close(&p);
}

static void add_part(struct buf *b, const char *head, size_t bytes)
{
    buf_printf(b, "--B0\r\nContent-Disposition: form-data; %s\r\n\r\n", head);
    for (size_t i = 0; i < bytes; i++)
        buf_char(b, '-');
    buf_str(b, "\r\n");
}

Test(multipart, limits_hold_and_leave_no_file)
{
    static const struct {
        const char *head;
        int parts;
        size_t bytes;
        enum err e;
        const struct text *t;
    } rows[] = {
        { "name=f; filename=x", 6, 10, OK, NULL },
        { "name=f; filename=x", 7, 10, E_INVALID, T_FILES_MANY },
        { "name=f; filename=x", 7, 0, E_INVALID, T_FILES_MANY },
        { "name=f; filename=x", 1, 1 << 20, OK, NULL },
        { "name=f; filename=x", 2, (1 << 20) + 1, E_TOO_LARGE, T_FILE_LARGE },
        { "name=a", 64, 3, OK, NULL }, { "name=a", 65, 3, E_TOO_LARGE, T_TOO_LARGE },
        { "name=f; filename=\"\"", 65, 0, E_TOO_LARGE, T_TOO_LARGE },
        { "name=a", 1, 65536, OK, NULL }, { "name=a", 1, 65537, E_TOO_LARGE, T_TOO_LARGE },
    };
    struct place p;
    struct request r;

    place_open(&p);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = { 0 };
        struct memory_source m = { 0 };

        for (int k = 0; k < rows[i].parts; k++)
            add_part(&b, rows[i].head, rows[i].bytes);
        buf_str(&b, "--B0--\r\n");
        m.body = b.data;
        m.n = b.len;
        cr_assert_eq(read_body(&p, &r, &m, "B0"), rows[i].e, "row %zu", i);
        if (rows[i].e != OK) {
            cr_assert_eq(p.c.fault.text, rows[i].t, "row %zu", i);
            cr_assert_eq(files_in(p.dir), 0);
        }
        uploads_discard(&r);
        buf_free(&b);
    }
    p.conf->spool_dir = "/nonexistent";
    {
        struct memory_source m = { .body = small, .n = sizeof(small) - 1 };

        cr_assert_eq(read_body(&p, &r, &m, "B0"), E_INTERNAL);
    }
    place_close(&p);
}
