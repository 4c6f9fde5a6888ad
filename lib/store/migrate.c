/* Migrations: NNNN_words.sql, applied in order, each in a transaction together
 * with its row in schema_migrations. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "store/store.h"

#define SCHEMA_VERSION 67        /* number of the newest migration that this program knows */
#define MIGRATION_MAX (1u << 20) /* bytes */

static const struct stmt make_table = STMT("migration_table", "",
    "CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
static const struct stmt newest = STMT("migration_newest", "",
    "SELECT max(number) FROM schema_migrations");
static const struct stmt applied_sha = STMT("migration_sha256", "i",
    "SELECT sha256 FROM schema_migrations WHERE number = $1");
static const struct stmt insert = STMT("migration_insert", "issi",
    "INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES ($1, $2, $3, $4)");
DB_REGISTER(&make_table, &newest, &applied_sha, &insert)

bool schema_known(struct db *db, const char **why)
{
    int64_t n = db_scalar(db, 0, &newest);

    if (n == SCHEMA_VERSION)
        return true;
    *why = n > SCHEMA_VERSION ? "the database is newer than this program; install its version"
                              : "the database is older than this program; run `paqueteria migrate`";
    return false;
}

struct migration {
    int64_t number;
    const char *name, *text, *why;
    char sha256[crypto_hash_sha256_BYTES * 2 + 1];
    bool done;
};

static enum err migration_apply(struct db *db, void *arg)
{
    struct migration *m = arg;
    struct rows q;
    bool same;
    enum err e;

    e = db_exec(db, NULL, &make_table);
    if (e != OK)
        return e;
    e = db_one(db, &q, &applied_sha, m->number);
    if (e == OK) {
        same = streq(db_text(&q, 0), m->sha256);
        m->done = true;
        if (!same)
            m->why = "a migration that was applied has been edited since";
        e = db_end(&q);
        return e == OK && !same ? E_CONFLICT : e;
    }
    if (e != E_NOT_FOUND || (e = db_script(db, m->text, &m->why)) != OK)
        return e;
    return db_exec(db, NULL, &insert, m->number, m->name, m->sha256, clock_now());
}

/* The text of a migration; NULL when it cannot be read. */
static const char *migration_read(struct arena *a, int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

    return fd < 0 ? NULL : file_read(a, fd, MIGRATION_MAX);
}

static int is_migration(const struct dirent *d)
{
    size_t n = strlen(d->d_name);

    return n > 9 && strspn(d->d_name, "0123456789") == 4 && d->d_name[4] == '_'
        && streq(d->d_name + n - 4, ".sql");
}

static enum err run_all(struct db *db, struct arena *a, int dir, struct dirent **list, int n,
                        int *applied, const char **why)
{
    enum err e = OK;

    for (int i = 0; i < n && e == OK; i++) {
        struct migration m = { .number = strtol(list[i]->d_name, NULL, 10), .name = list[i]->d_name,
                               .text = migration_read(a, dir, list[i]->d_name) };
        unsigned char sum[crypto_hash_sha256_BYTES];

        m.why = "a migration cannot be read or applied";
        if (m.text == NULL) {
            e = E_INTERNAL;
        } else {
            crypto_hash_sha256(sum, (const unsigned char *)m.text, strlen(m.text));
            sodium_bin2hex(m.sha256, sizeof m.sha256, sum, sizeof sum);
            e = db_write(db, migration_apply, &m);
        }
        if (e == OK && !m.done)
            ++*applied;
        if (e != OK) {
            *why = m.why;
            log_error("db.migrate", "migration", m.name, "why", m.why);
        }
    }
    return e;
}

enum err db_migrate(const struct conf *c, int *applied, const char **why)
{
    struct arena *a = arena_new();
    struct dirent **list = NULL;
    struct db *db = NULL;
    int dir = open(c->migrations_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int n = dir < 0 ? -1 : scandir(c->migrations_dir, &list, is_migration, alphasort);
    enum err e = E_INTERNAL;

    *applied = 0;
    if (n <= 0)
        *why = "no migrations are found; check the key `migrations_dir`";
    else if ((db = db_open(c, false, why)) != NULL)
        e = run_all(db, a, dir, list, n, applied, why);
    for (int i = 0; i < n; i++)
        free(list[i]);
    free(list);
    if (dir >= 0)
        close(dir);
    db_close(db);
    arena_free(a);
    return e;
}
