/* wal_canary FOLDER SECONDS: three writers and three checkpointers on one WAL database, each a process of
 * its own; then its integrity is checked.  Versions of SQLite before 3.51.3 corrupt it (quality.md §2).
 * Prints what it found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#define WRITERS 3
#define CHECKPOINTERS 3

static sqlite3 *open_db(const char *path)
{
    sqlite3 *db;

    if (sqlite3_open(path, &db) != SQLITE_OK)
        exit(2);
    sqlite3_busy_timeout(db, 10000);
    sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    return db;
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st;
    int64_t n = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

/* Writes rows until the time is over, and their number to the pipe `out`. */
static void write_rows(const char *path, int me, time_t until, int out)
{
    sqlite3 *db = open_db(path);
    int64_t done = 0;

    for (int64_t i = 0; time(NULL) < until; i++) {
        char *sql = sqlite3_mprintf("INSERT INTO t (who, n, pad) VALUES (%d, %lld,"
                                    " randomblob(%d))", me, (long long)i, 200 + me * 700);

        if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
            done++;
        sqlite3_free(sql);
    }
    sqlite3_close(db);
    _exit(write(out, &done, sizeof done) == sizeof done ? 0 : 1);
}

static void checkpoint(const char *path, int me, time_t until)
{
    static const char *const modes[] = { "PRAGMA wal_checkpoint(PASSIVE)",
        "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA wal_checkpoint(RESTART)" };
    sqlite3 *db = open_db(path);

    for (unsigned i = (unsigned)me; time(NULL) < until; i++) {
        sqlite3_exec(db, modes[i % 3], NULL, NULL, NULL);
        if (i % 20 == 0) {               /* reconnects, as a process that comes and goes */
            sqlite3_close(db);
            db = open_db(path);
        }
        usleep(500);
    }
    sqlite3_close(db);
    _exit(0);
}

int main(int argc, char **argv)
{
    time_t until = time(NULL) + (argc > 2 ? atoi(argv[2]) : 5);
    int64_t wrote = 0, part, corrupt;
    int fd[2], bad = 0, status;
    char path[512];
    sqlite3 *db;

    if (argc < 3 || pipe(fd) != 0)
        return 2;
    snprintf(path, sizeof path, "%s/canary.db", argv[1]);
    db = open_db(path);
    sqlite3_exec(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, who INTEGER, n INTEGER, pad BLOB);"
                     "CREATE INDEX t_who ON t(who, n)", NULL, NULL, NULL);
    sqlite3_close(db);           /* a child must not inherit a connection */
    for (int i = 0; i < WRITERS + CHECKPOINTERS; i++) {
        pid_t pid = fork();

        if (pid == 0 && i < WRITERS)
            write_rows(path, i, until, fd[1]);
        if (pid == 0)
            checkpoint(path, i, until);
    }
    close(fd[1]);
    while (read(fd[0], &part, sizeof part) == sizeof part)
        wrote += part;
    while (wait(&status) > 0)
        bad += status != 0;
    db = open_db(path);
    part = number(db, "SELECT count(*) FROM t");
    corrupt = number(db, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'");
    printf("version=%s wrote=%lld found=%lld integrity=%s children_failed=%d\n",
           sqlite3_libversion(), (long long)wrote, (long long)part, corrupt == 0 ? "ok" : "bad", bad);
    return part == wrote && bad == 0 && corrupt == 0 ? 0 : 1;
}
