#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/file.h"
#include "crypto/crypto.h"

Test(conf, every_mistake_stops_with_a_sentence)
{
    static const struct { const char *text, *part; } rows[] = {
        { "databse = /x\n", "línea 1: no existe la clave «databse»." },
        { "\n# x\nredis\n", "línea 3: falta «=»" },
        { "undo_s = 0\n", "«undo_s» pide un número entre 1 y 300, no «0»" },
        { "undo_s = 30s\n", "no «30s»" },
        { "undo_s =\n", "no «»" },
        { "development = maybe\n", "«development» pide true o false" },
        { "redis = /a\nredis = /b\n", "línea 2: «redis» está repetida" },
        { "redis = a\x01\n", "«redis» tiene caracteres" },
        { "redis = \xff\n", "«redis» tiene caracteres" },
        { "= x\n", "no existe la clave «»" },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *why = "";

        cr_assert_null(conf_parse(a, rows[i].text, &why), "row %zu", i);
        cr_assert_not_null(strstr(why, rows[i].part), "row %zu: %s", i, why);
    }
    arena_free(a);
}

Test(conf, keys_have_defaults_and_are_read_tidily)
{
    struct arena *a = arena_new();
    const char *why;
    struct conf *c = conf_parse(a, "# a comment\r\n\r\n  redis =  /run/r.sock \t\r\nundo_s=7\n"
                                   "development = yes\npublic_url = http://h/?a=b", &why);

    cr_assert_not_null(c);
    cr_assert_str_eq(c->redis, "/run/r.sock");
    cr_assert_eq(c->undo_s, 7);
    cr_assert(c->development);
    cr_assert_str_eq(c->public_url, "http://h/?a=b");
    cr_assert_eq(c->worker_slots, 8);
    cr_assert_not(c->mail_plain);
    cr_assert_null(c->file);
    arena_free(a);
}

static void put_file(const char *dir, const char *name, const char *text, size_t n)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    f = fopen(path, "w");
    cr_assert_not_null(f);
    fwrite(text, 1, n, f);
    fclose(f);
}

Test(conf, the_environment_is_on_top_of_the_file)
{
    struct arena *a = arena_new();
    char dir[] = "/tmp/conf.XXXXXX", *path;
    const char *why = "";
    struct conf *c;

    cr_assert_not_null(mkdtemp(dir));
    path = arena_printf(a, "%s/p.conf", dir);
    put_file(dir, "p.conf", "undo_s = 9\nworker_slots = 2\n", 28);
    setenv("PAQUETERIA_UNDO_S", "11", 1);
    setenv("PAQUETERIA_CONFIG", path, 1);
    c = conf_load(a, NULL, &why);
    cr_assert_not_null(c, "%s", why);
    cr_assert_eq(c->undo_s, 11);
    cr_assert_eq(c->worker_slots, 2);
    cr_assert_str_eq(c->file, path);

    setenv("PAQUETERIA_UNDO_S", "x", 1);
    cr_assert_null(conf_load(a, path, &why));
    cr_assert_not_null(strstr(why, "PAQUETERIA_UNDO_S: «undo_s»"), "%s", why);

    cr_assert_null(conf_load(a, "/tmp/no/such.conf", &why));
    cr_assert_null(conf_load(a, dir, &why));
    unlink(path);
    rmdir(dir);
    arena_free(a);
}

Test(conf, that_was_read_is_handed_on_though_the_file_has_become_wrong)
{
    struct arena *a = arena_new();
    char dir[] = "/tmp/conf.XXXXXX", *path;
    const char *why = "";
    struct conf *c;
    int fd;

    cr_assert_not_null(mkdtemp(dir));
    path = arena_printf(a, "%s/p.conf", dir);
    put_file(dir, "p.conf", "undo_s = 9\n", 11);
    c = conf_load(a, path, &why);
    cr_assert_not_null(c, "%s", why);
    fd = conf_copy(c);
    put_file(dir, "p.conf", "undo_s = nueve\n", 15);
    cr_assert_null(conf_load(a, path, &why));
    for (int twice = 0; twice < 2; twice++) {
        c = conf_load(a, arena_printf(a, "/proc/self/fd/%d", fd), &why);
        cr_assert_not_null(c, "%s", why);
        cr_expect_eq(c->undo_s, 9);
    }
    close(fd);
    unlink(path);
    rmdir(dir);
    arena_free(a);
}

Test(secret, is_one_file_by_name_and_nothing_else)
{
    static const char *const bad[] = { "", ".", "..", "../x", "/etc/passwd", "a/b", ".x", "none" };
    struct arena *a = arena_new();
    char dir[] = "/tmp/secret.XXXXXX", *path;
    const char *why;
    struct conf *c = conf_parse(a, "", &why);

    cr_assert_not_null(mkdtemp(dir));
    c->secrets_dir = dir;
    put_file(dir, "pepper", "abc\n\n", 5);
    put_file(dir, "nul", "a\0b", 3);
    put_file(dir, "empty", "", 0);
    path = arena_printf(a, "%s/link", dir);
    cr_assert_eq(symlink("pepper", path), 0);

    cr_assert_str_eq(secret_read(a, c, "pepper"), "abc\n");
    cr_assert_str_eq(secret_read(a, c, "pepper"), "abc\n", "also from memory");
    put_file(dir, "fresh", "abd\n\n", 5);
    cr_assert_eq(rename(arena_printf(a, "%s/fresh", dir), arena_printf(a, "%s/pepper", dir)), 0);
    cr_assert_str_eq(secret_read(a, c, "pepper"), "abd\n", "replaced");
    cr_assert_str_eq(secret_read(a, c, "empty"), "");
    for (size_t i = 0; i < COUNT(bad); i++) {
        errno = 0;
        cr_assert_null(secret_read(a, c, bad[i]), "«%s»", bad[i]);
        cr_assert_neq(errno, 0);
    }
    cr_assert_null(secret_read(a, c, "link"));
    cr_assert_null(secret_read(a, c, "nul"));
    for (const char *const *f = (const char *const[]){ "pepper", "nul", "empty", "link", NULL };
         *f != NULL; f++)
        unlink(arena_printf(a, "%s/%s", dir, *f));
    rmdir(dir);
    arena_free(a);
}

Test(file, is_read_as_bytes_with_what_NULs_there_are_and_as_text_only_without)
{
    static const char bytes[] = "\xff\xd8\0\0JFIF\0";
    char path[] = "/tmp/paqueteria-file-XXXXXX";
    struct arena *a = arena_new();
    size_t n = 99;
    int fd = mkstemp(path);
    const char *got;

    cr_assert_eq(write(fd, bytes, sizeof bytes), (ssize_t)sizeof bytes);
    close(fd);
    got = file_bytes(a, open(path, O_RDONLY), sizeof bytes, &n);
    cr_assert_not_null(got);
    cr_expect_eq(n, sizeof bytes);
    cr_expect_eq(memcmp(got, bytes, n), 0);
    cr_expect_null(file_bytes(a, open(path, O_RDONLY), sizeof bytes - 1, &n));
    cr_expect_eq(errno, EFBIG);
    cr_expect_null(file_read(a, open(path, O_RDONLY), sizeof bytes), "a NUL would hide what follows it");
    cr_expect_eq(errno, EINVAL);
    cr_assert_eq(truncate(path, 2), 0);
    got = file_read(a, open(path, O_RDONLY), 2);
    cr_assert_not_null(got);
    cr_expect_str_eq(got, "\xff\xd8");
    unlink(path);
    arena_free(a);
}
