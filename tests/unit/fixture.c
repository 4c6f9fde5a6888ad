#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "fixture.h"

static const struct stmt add_user = STMT("fixture_user", "issss",
    "INSERT INTO users (id, username, email, full_name, role, password_hash, created_at, joined_at)"
    " VALUES ($1, $2, $3, $4, $5, 'x', 0, 1)");

static const struct stmt migrated_now = STMT("fixture_migrated", "", "UPDATE schema_migrations SET applied_at = unixepoch()");

static void must(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "fixture: %s\n", what);
        abort();
    }
}

static void secret(const struct fixture *f, const char *name)
{
    char path[160];
    FILE *out;

    snprintf(path, sizeof path, "%s/secrets/%s", f->dir, name);
    out = fopen(path, "w");
    must(out != NULL, path);
    fputs("0123456789abcdef0123456789abcdef\n", out);
    fclose(out);
    chmod(path, 0400);
}

static void folder(const struct fixture *f, const char *name)
{
    char path[160];

    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    must(mkdir(path, 0750) == 0, path);
}

static bool copied(const char *from, const char *to)
{
    char buffer[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC), out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t n = 0;

    while (out >= 0 && (n = read(in, buffer, sizeof buffer)) > 0)
        must(write(out, buffer, (size_t)n) == n, to);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return out >= 0 && n == 0;
}

/* Makes the database.  The first test of a build runs all migrations and leaves what they made beside the programs,
 * of which the others take a copy: migrations take longer than most tests.  One that other migrations made is refused
 * by db_migrate, and is made anew. */
static void migrated(struct fixture *f)
{
    const char *build = getenv("TEST_BUILDDIR"), *why = "";
    const char *kept = build ? arena_printf(f->a, "%s/tests/unit/migrated.db", build) : NULL;
    const char *mine = arena_printf(f->a, "%s.%d", kept ? kept : "", getpid());
    int applied = 0;

    if (kept != NULL && copied(kept, f->conf->database) && db_migrate(f->conf, &applied, &why) == OK && applied == 0)
        return;
    unlink(f->conf->database);
    must(db_migrate(f->conf, &applied, &why) == OK, why);
    if (kept != NULL && (!copied(f->conf->database, mine) || rename(mine, kept) != 0))
        unlink(mine);
}

void fixture_open(struct fixture *f)
{
    static const char *const secrets[] = { "pickup_key", "csrf_key", "token_key", "pepper", "settings_key" };
    static const char *const folders[] = { "secrets", "run", "files", "spool" };
    const char *why = "", *src = getenv("TEST_SRCDIR");

    *f = (struct fixture){ .a = arena_new(), .dir = "/tmp/paqueteria-unit-XXXXXX" };
    must(mkdtemp(f->dir) != NULL, f->dir);
    for (size_t i = 0; i < COUNT(folders); i++)
        folder(f, folders[i]);
    for (size_t i = 0; i < COUNT(secrets); i++)
        secret(f, secrets[i]);
    crypto_open();
    f->conf = conf_parse(f->a, arena_printf(f->a,
        "database = %s/p.db\nrun_dir = %s/run\nfiles_dir = %s/files\nspool_dir = %s/spool\n"
        "secrets_dir = %s/secrets\nmigrations_dir = %s/lib/store/migrations\n"
        "templates_dir = %s/templates\n", f->dir, f->dir, f->dir, f->dir, f->dir,
        src ? src : ".", src ? src : "."), &why);
    must(f->conf != NULL, why);
    migrated(f);
    f->db = db_open(f->conf, true, &why);
    must(f->db != NULL, why);
    db_lazy(f->db, true);        /* nobody cuts the power here */
    must(db_exec(f->db, NULL, &migrated_now) == OK, "migrated");
    must(db_exec(f->db, NULL, &add_user, (int64_t)1, "oper", "o@x.co", "Olga Pérez", "OPERADOR") == OK, "user");
    must(db_exec(f->db, NULL, &add_user, (int64_t)2, "jefe", "j@x.co", "Jairo Ruiz", "ADMIN") == OK, "user");
    f->c = (struct ctx){ .a = f->a, .db = f->db, .conf = f->conf, .now = FIXTURE_NOW,
        .actor = ACTOR_USER, .user_id = 1, .role = ROLE_OPERADOR, .address = "127.0.0.1",
        .request_id = "test", .channel = "web" };
}

void fixture_close(struct fixture *f)
{
    char command[128];

    db_close(f->db);
    arena_free(f->a);
    snprintf(command, sizeof command, "rm -r '%s'", f->dir);
    must(system(command) == 0, command);
}

void fixture_disk_full(bool full)
{
    struct rlimit size;

    signal(SIGXFSZ, SIG_IGN);
    must(getrlimit(RLIMIT_FSIZE, &size) == 0, "getrlimit");
    size.rlim_cur = full ? 0 : size.rlim_max;
    must(setrlimit(RLIMIT_FSIZE, &size) == 0, "setrlimit");
}

const char *fixture_fault(struct fixture *f)
{
    return fault_sentence(f->a, &f->c.fault);
}
