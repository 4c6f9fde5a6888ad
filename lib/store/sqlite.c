/* The SQLite driver behind db.h; the only file that knows SQLite. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/room.h"
#include "metric/metric.h"
#include "store/db.h"
#include "store/stmt_cache.h"
#include "store/store.h"

#define SQLITE_NEEDED 3051003    /* older versions can corrupt a WAL database */
#define LOCK_WAIT_S 5
#define MEMORY_KEPT (4 << 20)    /* bytes: SQLite's cache is 2 MB, the rest is for a request's memory */

struct hook { void (*fn)(void *); void *arg; };

struct db {
    sqlite3 *lite;
    int lock;                    /* descriptor of the writers' lock file */
    struct buf lock_path;
    bool writing, reading;       /* inside the function of a db_write, of a db_read */
    bool snapshot;               /* between db_read_begin and db_read_end */
    bool twice;                  /* PAQUETERIA_WRITE_TWICE: every write is run, rolled back and run again */
    bool again;                  /* db_write_again was called: the function has to be run anew */
    bool lazy;                   /* see db_lazy */
    enum err spoiled;            /* an error in the open transaction, in which all else fails; OK: none */
    struct stmt_cache prepared;  /* the sqlite3_stmt of each statement that was run before */
    uint64_t ran;                /* how many statements were run */
    struct hook *hooks;
    size_t hook_count, hook_cap;
};

static const struct stmt begin_write = STMT("begin_write", "", "BEGIN IMMEDIATE");
static const struct stmt begin_read = STMT("begin_read", "", "BEGIN");
static const struct stmt commit = STMT("commit", "", "COMMIT");
static const struct stmt rollback = STMT("rollback", "", "ROLLBACK");
static const struct stmt ping = STMT("ping", "", "SELECT count(*) FROM settings");
static const struct stmt check = STMT("check", "", "PRAGMA quick_check(1)");
static const struct stmt checkpoint = STMT("checkpoint", "", "PRAGMA wal_checkpoint(PASSIVE)");
DB_REGISTER(&begin_write, &begin_read, &commit, &rollback, &ping, &check, &checkpoint)

static void alarm_handler(int sig UNUSED)
{
}                                /* SIGALRM need only interrupt flock */

/* Notes an error inside a transaction.  SQLite itself rolls back after some errors, and statements that
 * follow would then be committed one by one; so after an error no statement runs in the transaction, even if
 * the caller ignored the error. */
static enum err db_broken(struct db *db, enum err e)
{
    if (db->writing || db->reading || db->snapshot)
        db->spoiled = e;
    return e;
}

/* Whether the disk is full: reading goes on, and writing may succeed later.  SQLite says SQLITE_FULL only where
 * it writes a page; where it makes a file or makes one longer it says no more than that this failed. */
static bool db_is_full(struct db *db, int rc)
{
    const int kind = rc & 0xff;

    return kind == SQLITE_FULL
        || ((kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN) && room_is_out(sqlite3_system_errno(db->lite)));
}

static enum err error_of(struct db *db, const struct stmt *s, int rc)
{
    int ext = sqlite3_extended_errcode(db->lite);

    if (ext == SQLITE_CONSTRAINT_UNIQUE || ext == SQLITE_CONSTRAINT_PRIMARYKEY
        || ext == SQLITE_CONSTRAINT_TRIGGER || ext == SQLITE_CONSTRAINT_ROWID)
        return E_CONFLICT;
    log_error("db.statement", "statement", s->name, "code", NUM(ext), "message",
              sqlite3_errmsg(db->lite));
    if (ext == SQLITE_BUSY_SNAPSHOT && db->writing)  /* never with BEGIN IMMEDIATE, which sees the latest */
        db_write_again(db);
    if (db_is_full(db, rc))
        return db_broken(db, E_FULL);
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        metric_inc(M_DB_BUSY, NULL);
        return db_broken(db, E_BUSY);
    case SQLITE_CONSTRAINT:
        return E_INVALID;
    default:
        return db_broken(db, E_INTERNAL);
    }
}

/* Waits for a lock of SQLite.  Sleeps are short, so that no writer waits much longer than others; SQLite's own
 * handler would come to sleep for 100 ms. */
static int busy_handler(void *arg UNUSED, int count)
{
    if (count > LOCK_WAIT_S * 1000)
        return 0;
    usleep(count < 10 ? 300 : 1000);
    return 1;
}

static int pragma(sqlite3 *lite, const char *sql)
{
    return sqlite3_exec(lite, sql, NULL, NULL, NULL);
}

static int lock_open(const char *path)
{
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

/* Whether the lock's file is still the one that others open: somebody may have removed it, and then each process
 * that starts has another lock than those that run.  If it is not, opens the new one. */
static bool lock_is_common(struct db *db)
{
    int fd = file_is_at(db->lock, db->lock_path.data) ? -1 : lock_open(db->lock_path.data);

    if (fd < 0)                  /* if it cannot be made, SQLite's own lock has to do */
        return true;
    close(db->lock);
    db->lock = fd;
    return false;
}

/* Makes the database's file, which nobody else may read; SQLite gives its journal the same mode.  One of before that
 * others could read is mended. */
static bool file_make(const char *database)
{
    int fd = open(database, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && fchmod(fd, 0600) == 0;

    if (fd >= 0)
        close(fd);
    return ok;
}

/* Sets up the connection so that, together with log_sync, a write that was acknowledged survives a power
 * cut.  With synchronous=NORMAL SQLite waits for the disk only where the order on it matters: before and
 * after a checkpoint, and when the log begins anew; after a COMMIT log_sync does. */
static bool db_configure(sqlite3 *lite)
{
    int on = 0;

    sqlite3_extended_result_codes(lite, 1);
    sqlite3_busy_handler(lite, busy_handler, NULL);
    sqlite3_db_config(lite, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
    /* Plans do not depend on bound values: else every new LIMIT would make SQLite prepare the statement
     * anew. */
    sqlite3_db_config(lite, SQLITE_DBCONFIG_ENABLE_QPSG, 1, &on);
    return pragma(lite, "PRAGMA journal_mode=WAL") == SQLITE_OK
        && pragma(lite, "PRAGMA synchronous=NORMAL") == SQLITE_OK
        && pragma(lite, "PRAGMA foreign_keys=ON") == SQLITE_OK
        && pragma(lite, "PRAGMA cell_size_check=ON") == SQLITE_OK
        && pragma(lite, "PRAGMA secure_delete=ON") == SQLITE_OK     /* deleted bytes are overwritten in the file */
        && pragma(lite, "PRAGMA journal_size_limit=67108864") == SQLITE_OK;
}

/* Lets malloc keep freed memory.  SQLite frees its cached pages whenever another process has written; given
 * back to the kernel, each would cost a page fault when it is needed again. */
static void memory_keep(void)
{
    mallopt(M_TRIM_THRESHOLD, MEMORY_KEPT);
    mallopt(M_MMAP_THRESHOLD, MEMORY_KEPT);
}

struct db *db_open(const struct conf *c, bool check_schema, const char **why)
{
    struct db *db;
    struct sigaction quiet = { .sa_handler = alarm_handler };

    memory_keep();
    if (sqlite3_libversion_number() < SQLITE_NEEDED) {
        *why = "SQLite is older than 3.51.3, which can corrupt a database that several "
               "processes write; build with the pinned amalgamation";
        return NULL;
    }
    db = calloc(1, sizeof *db);
    if (db == NULL)
        abort();
    db->twice = getenv("PAQUETERIA_WRITE_TWICE") != NULL;
    buf_printf(&db->lock_path, "%s.lock", c->database);
    db->lock = lock_open(db->lock_path.data);
    if (db->lock < 0 || (!check_schema && !file_make(c->database))
        || sqlite3_open_v2(c->database, &db->lite,
                           SQLITE_OPEN_READWRITE | (check_schema ? 0 : SQLITE_OPEN_CREATE)
                               | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK
        || !db_configure(db->lite)) {
        log_error("db.open", "path", c->database, "message",
                  db->lite ? sqlite3_errmsg(db->lite) : strerror(errno));
        *why = "the database cannot be opened; check the key `database` and run `paqueteria migrate`";
        db_close(db);
        return NULL;
    }
    sigaction(SIGALRM, &quiet, NULL);            /* without SA_RESTART: it interrupts flock in lock_take */
    if (check_schema && !schema_known(db, why)) {
        db_close(db);
        return NULL;
    }
    return db;
}

static void stmt_finalize(void *prepared)
{
    sqlite3_finalize(prepared);
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    stmt_cache_clear(&db->prepared, stmt_finalize);
    sqlite3_close(db->lite);
    if (db->lock >= 0)
        close(db->lock);
    buf_free(&db->lock_path);
    free(db->hooks);
    free(db);
}

/* Gives the prepared form of a statement, which is made once in a process. */
static enum err stmt_prepared(struct db *db, const struct stmt *s, sqlite3_stmt **out)
{
    void **slot = stmt_cache_slot(&db->prepared, s);

    if (*slot == NULL) {
        sqlite3_stmt *st = NULL;
        int rc = sqlite3_prepare_v3(db->lite, s->sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL);

        if (rc != SQLITE_OK)
            return error_of(db, s, rc);
        *slot = st;
    }
    *out = *slot;
    assert(!sqlite3_stmt_busy(*out) && "one open result a statement");
    return OK;
}

/* Binds argument n.  To SQLite $3 is a name: its place is looked up, since SQLite numbers placeholders in the
 * order of their first use. */
static int bind_one(sqlite3_stmt *st, size_t n, char type, va_list *ap)
{
    char name[8] = { '$' };
    int at;
    size_t len;
    int64_t i;
    const char *s;
    const void *p;

    if (n < 10) {
        name[1] = (char)('0' + n);
    } else {
        name[1] = (char)('0' + n / 10);
        name[2] = (char)('0' + n % 10);
    }
    at = sqlite3_bind_parameter_index(st, name);
    assert(at > 0 && "every argument of a statement is used");
    switch (type) {
    case 'i':
        return sqlite3_bind_int64(st, at, va_arg(*ap, int64_t));
    case 'I':
        i = va_arg(*ap, int64_t);
        return i == 0 ? sqlite3_bind_null(st, at) : sqlite3_bind_int64(st, at, i);
    case 's':
        s = va_arg(*ap, const char *);
        return s == NULL ? sqlite3_bind_null(st, at)
                         : sqlite3_bind_text(st, at, s, -1, SQLITE_TRANSIENT);
    case 'b':
        p = va_arg(*ap, const void *);
        len = va_arg(*ap, size_t);
        return p == NULL ? sqlite3_bind_null(st, at)
                         : sqlite3_bind_blob64(st, at, p, len, SQLITE_TRANSIENT);
    default:
        assert(false && "a known argument letter");
        return SQLITE_MISUSE;
    }
}

static enum err stmt_start(struct db *db, struct rows *q, const struct stmt *s, va_list *ap)
{
    sqlite3_stmt *st = NULL;
    enum err e;
    int rc = SQLITE_OK;

    *q = (struct rows){ .db = db, .s = s };
    if (db->spoiled != OK)
        return q->err = db->spoiled;
    e = stmt_prepared(db, s, &st);
    if (e != OK)
        return q->err = e;
    db->ran++;
    for (size_t n = 0; s->args[n] != '\0' && rc == SQLITE_OK; n++)
        rc = bind_one(st, n + 1, s->args[n], ap);
    q->impl = st;
    if (rc != SQLITE_OK) {
        q->err = error_of(db, s, rc);
        return db_end(q);
    }
    return OK;
}

/* Starts the statement that a variadic function was given as its last argument with a name. */
#define START(e, db, q, s)                                                      \
    do {                                                                        \
        va_list ap;                                                             \
        va_start(ap, s);                                                        \
        (e) = stmt_start(db, q, s, &ap);                                        \
        va_end(ap);                                                             \
    } while (0)

enum err db_query(struct db *db, struct rows *q, const struct stmt *s, ...)
{
    enum err e;

    START(e, db, q, s);
    return e;
}

bool db_next(struct rows *q)
{
    int rc;

    if (q->impl == NULL || q->err != OK)
        return false;
    rc = sqlite3_step(q->impl);
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE)
        q->err = error_of(q->db, q->s, rc);
    return false;
}

enum err db_end(struct rows *q)
{
    if (q->impl != NULL) {
        sqlite3_reset(q->impl);
        sqlite3_clear_bindings(q->impl);
        q->impl = NULL;
    }
    return q->err;
}

enum err db_ids(struct rows *q, int64_t *ids, size_t max, size_t *n)
{
    for (*n = 0; *n < max && db_next(q); ++*n)
        ids[*n] = db_int(q, 0);
    return db_end(q);
}

enum err db_ids_all(struct rows *q, struct arena *a, int64_t **ids, size_t *n)
{
    *ids = NULL;
    for (*n = 0; db_next(q); ++*n) {
        *ids = arena_more(a, *ids, *n, sizeof **ids);
        (*ids)[*n] = db_int(q, 0);
    }
    return db_end(q);
}

int64_t db_int(struct rows *q, int col)
{
    return sqlite3_column_int64(q->impl, col);
}

bool db_null(struct rows *q, int col)
{
    return sqlite3_column_type(q->impl, col) == SQLITE_NULL;
}

const char *db_text(struct rows *q, int col)
{
    return (const char *)sqlite3_column_text(q->impl, col);
}

const void *db_blob(struct rows *q, int col, size_t *n)
{
    const void *p = sqlite3_column_blob(q->impl, col);

    *n = (size_t)sqlite3_column_bytes(q->impl, col);
    return p;
}

char *db_dup(struct rows *q, int col, struct arena *a)
{
    return arena_strdup(a, db_text(q, col));
}

void db_fill(struct rows *q, int col, struct fields f, void *object, struct arena *a)
{
    for (size_t i = 0; i < f.count; i++, col++) {
        char *at = (char *)object + f.rows[i].offset;

        assert(f.rows[i].type <= F_ADDRESS && !(f.rows[i].flags & (F_BYTE | F_POINTER)));
        if (field_is_text(&f.rows[i]))
            *(const char **)(void *)at = db_dup(q, col, a);
        else
            *(int64_t *)(void *)at = db_int(q, col);
    }
}

void *db_all(struct rows *q, struct arena *a, struct fields f, size_t size, size_t *n)
{
    char *v = NULL;

    for (*n = 0; db_next(q); ++*n) {
        v = arena_more(a, v, *n, size);
        db_fill(q, 0, f, v + *n * size, a);
    }
    return v;
}

enum err db_exec(struct db *db, int64_t *changed, const struct stmt *s, ...)
{
    struct rows q;
    enum err e;

    START(e, db, &q, s);
    if (e != OK)
        return e;
    while (db_next(&q))
        ;
    if (changed != NULL)
        *changed = sqlite3_changes64(db->lite);
    return db_end(&q);
}

static enum err rows_one(struct rows *q)
{
    enum err e;

    if (db_next(q))
        return OK;
    e = db_end(q);
    return e != OK ? e : E_NOT_FOUND;
}

enum err db_insert(struct db *db, int64_t *id, const struct stmt *s, ...)
{
    struct rows q;
    enum err e;

    *id = 0;
    START(e, db, &q, s);
    if (e != OK || (e = rows_one(&q)) != OK)
        return e;
    *id = db_int(&q, 0);
    return db_end(&q);
}

enum err db_one(struct db *db, struct rows *q, const struct stmt *s, ...)
{
    enum err e;

    START(e, db, q, s);
    return e != OK ? e : rows_one(q);
}

enum err db_get(struct db *db, struct fields f, void *object, struct arena *a,
                const struct stmt *s, ...)
{
    struct rows q;
    enum err e;

    START(e, db, &q, s);
    if (e != OK || (e = rows_one(&q)) != OK)
        return e;
    db_fill(&q, 0, f, object, a);
    return db_end(&q);
}

static enum err value_read(struct rows *q, int64_t *out)
{
    enum err e = rows_one(q);
    int64_t n = *out;

    if (e != OK)
        return e;
    if (!db_null(q, 0))
        n = db_int(q, 0);
    if ((e = db_end(q)) == OK)
        *out = n;
    return e;
}

enum err db_value(struct db *db, int64_t *out, const struct stmt *s, ...)
{
    struct rows q;
    enum err e;

    START(e, db, &q, s);
    return e != OK ? e : value_read(&q, out);
}

int64_t db_scalar(struct db *db, int64_t dflt, const struct stmt *s, ...)
{
    struct rows q;
    int64_t out = dflt;
    enum err e;

    START(e, db, &q, s);
    return e == OK && value_read(&q, &out) == OK ? out : dflt;
}

/* Takes the lock, or E_BUSY after LOCK_WAIT_S.  flock lets writers in by turns but has no time-out,
 * so a timer interrupts it.  The timer goes on until it is set off: its first signal may come before flock waits,
 * when this process got no turn for long. */
static enum err lock_wait(struct db *db)
{
    struct itimerval wait = { .it_value = { .tv_sec = LOCK_WAIT_S }, .it_interval = { .tv_usec = 100000 } }, off = { 0 };
    double end = clock_mono() + LOCK_WAIT_S;
    int rc;

    if (flock(db->lock, LOCK_EX | LOCK_NB) == 0)
        return OK;
    setitimer(ITIMER_REAL, &wait, NULL);
    do
        rc = flock(db->lock, LOCK_EX);
    while (rc != 0 && errno == EINTR && clock_mono() < end);
    setitimer(ITIMER_REAL, &off, NULL);
    if (rc == 0)
        return OK;
    log_warn("db.lock", "waited_s", NUM(LOCK_WAIT_S));
    metric_inc(M_DB_BUSY, NULL);
    return E_BUSY;
}

/* Takes the writers' lock. */
static enum err lock_take(struct db *db)
{
    enum err e = lock_wait(db);

    if (e != OK || lock_is_common(db))
        return e;
    log_warn("db.lock_gone", "path", db->lock_path.data, "why", "somebody removed the file; another was opened");
    return lock_wait(db);
}

static void hooks_run(struct db *db)
{
    for (size_t i = 0; i < db->hook_count; i++)
        db->hooks[i].fn(db->hooks[i].arg);
    db->hook_count = 0;
}

void db_after_commit(struct db *db, void (*fn)(void *arg), void *arg)
{
    assert(db->writing);
    if (db->hook_count == db->hook_cap) {
        db->hook_cap = db->hook_cap ? db->hook_cap * 2 : 8;
        db->hooks = realloc(db->hooks, db->hook_cap * sizeof *db->hooks);
        if (db->hooks == NULL)
            abort();
    }
    db->hooks[db->hook_count++] = (struct hook){ fn, arg };
}

static bool checkpoint_all(struct db *db)
{
    int in_log = 0, copied = 0;
    int rc = sqlite3_wal_checkpoint_v2(db->lite, "main", SQLITE_CHECKPOINT_FULL, &in_log, &copied);

    return rc == SQLITE_OK && in_log == copied;
}

/* Waits until the log is on the disk.  The writers' lock is not held, so several processes wait side by side
 * (measured: one flush for all, in turns, was a quarter slower).  Another process may read a commit before it
 * is on the disk; if it acts on that, it commits and waits here too, for the same log.
 *
 * After a failed flush a second one would say OK although pages are lost (Linux marks them clean), so a
 * checkpoint writes all of the log anew into the database file. */
static enum err log_sync(struct db *db)
{
    sqlite3_file *log = NULL;
    bool kept;

    sqlite3_file_control(db->lite, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) == SQLITE_OK)
        return OK;
    log_error("db.sync", "path", sqlite3_db_filename(db->lite, "main"));
    if (lock_take(db) != OK)
        return E_BUSY;
    kept = checkpoint_all(db);
    flock(db->lock, LOCK_UN);
    return kept ? OK : E_INTERNAL;
}

/* Ends a transaction: COMMIT if e is OK; after an error, or a COMMIT that fails, ROLLBACK if it is still
 * open. */
static enum err tx_finish(struct db *db, enum err e)
{
    if (e == OK)
        e = db_exec(db, NULL, &commit);
    db->spoiled = OK;
    if (e != OK && !sqlite3_get_autocommit(db->lite)
        && db_exec(db, NULL, &rollback) != OK)
        log_error("db.rollback");
    db->spoiled = OK;            /* an error of ROLLBACK does not concern the next transaction */
    return e;
}

/* Runs fn once in a transaction, which is rolled back in any case unless `keep`.  *said: what fn returned;
 * returns what became of the transaction. */
static enum err write_run(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg, bool keep,
                          enum err *said)
{
    enum err e;

    db->again = false;
    db->hook_count = 0;
    *said = e = db_exec(db, NULL, &begin_write);
    if (e != OK)
        return e;
    db->writing = true;
    *said = e = fn(db, arg);
    e = tx_finish(db, e == OK && (db->again || !keep) ? E_BUSY : e);
    db->writing = false;
    return e;
}

/* Runs fn as often as the store asks for.  With PAQUETERIA_WRITE_TWICE there is one more run before, which is
 * rolled back and has to return the same as the run that counts. */
static enum err write_runs(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg)
{
    enum err first = OK, said, e;
    int tries = WRITE_TRIES;

    if (db->twice)
        (void)write_run(db, fn, arg, false, &first);
    do
        e = write_run(db, fn, arg, true, &said);
    while (db->again && --tries > 0);
    if (db->twice && said != first)
        log_error("db.twice", "first", err_name(first), "then", err_name(said));
    return db->again ? E_BUSY : e;
}

static enum err write_locked(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg)
{
    enum err e;

    assert(!db->writing && !db->reading && "a transaction is one call of db_write");
    metric_alive_still();        /* a process that waits for the lock, or writes in many batches, does not hang */
    e = lock_take(db);
    if (e != OK)
        return e;
    e = db_is_there(db) ? write_runs(db, fn, arg) : E_BUSY;
    flock(db->lock, LOCK_UN);
    return e;
}

/* Writes outside of an open snapshot: the database may have changed since the snapshot began, and then a
 * write in it would be refused.  So the snapshot is ended first and a new one begun afterwards; if that
 * fails, later statements each read by themselves. */
static enum err write_apart(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg, bool synced)
{
    const bool snapshot = db->snapshot;
    enum err e;

    db_read_end(db);
    e = write_locked(db, fn, arg);
    if (e == OK && synced)
        e = log_sync(db);
    if (e == OK)
        hooks_run(db);
    if (snapshot && db_read_begin(db) != OK)
        log_warn("db.snapshot");
    return e;
}

enum err db_write(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg)
{
    return write_apart(db, fn, arg, !db->lazy);
}

enum err db_write_ahead(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg)
{
    return write_apart(db, fn, arg, false);
}

enum err db_read_begin(struct db *db)
{
    enum err e;

    assert(!db->writing && !db->reading && !db->snapshot);
    e = db_exec(db, NULL, &begin_read);
    db->snapshot = e == OK;
    return e;
}

void db_read_end(struct db *db)
{
    assert(!db->writing && !db->reading);
    if (db->snapshot)
        tx_finish(db, OK);          /* an error in the snapshot was returned where it happened */
    db->snapshot = false;
}

/* Runs fn inside the transaction that is open. */
static enum err read_joined(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg)
{
    const bool outer = db->reading;
    enum err e;

    db->reading = true;
    e = fn(db, arg);
    db->reading = outer;
    return e;
}

void db_lazy(struct db *db, bool lazy)
{
    db->lazy = lazy;
}

enum err db_read(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg)
{
    enum err e;

    assert(!db->writing);
    if (db->snapshot || db->reading)
        return read_joined(db, fn, arg);
    e = db_exec(db, NULL, &begin_read);
    return e != OK ? e : tx_finish(db, read_joined(db, fn, arg));
}

uint64_t db_statements(const struct db *db)
{
    return db->ran;
}

void db_write_again(struct db *db)
{
    assert(db->writing);
    db->again = true;
    db->spoiled = E_BUSY;
}

bool db_is_there(struct db *db)
{
    int moved = 0;

    sqlite3_file_control(db->lite, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved)
        log_error("db.gone", "path", sqlite3_db_filename(db->lite, "main"));
    return !moved;
}

enum err db_ping(struct db *db)
{
    return db_is_there(db) && db_scalar(db, -1, &ping) >= 0 ? OK : E_BUSY;
}

enum err db_check(struct db *db, struct arena *a, const char **why)
{
    struct rows q;
    enum err e = db_one(db, &q, &check);

    *why = e == OK ? db_dup(&q, 0, a) : err_name(e);
    if (e == OK)
        e = db_end(&q);
    return e == OK && !streq(*why, "ok") ? E_INTERNAL : e;
}

const char *db_version(void)
{
    return sqlite3_libversion();
}

void db_checkpoint(struct db *db)
{
    if (db_exec(db, NULL, &checkpoint) != OK)
        log_warn("db.checkpoint");
}

enum err db_empty_log(struct db *db)
{
    int rc;

    assert(!db->writing && !db->reading && !db->snapshot);
    db_checkpoint(db);           /* most of it without the lock */
    if (flock(db->lock, LOCK_EX | LOCK_NB) != 0)
        return E_BUSY;
    sqlite3_busy_handler(db->lite, NULL, NULL);
    rc = sqlite3_wal_checkpoint_v2(db->lite, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_handler(db->lite, busy_handler, NULL);
    flock(db->lock, LOCK_UN);
    return rc == SQLITE_OK ? OK : (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED ? E_BUSY
        : db_is_full(db, rc) ? E_FULL : E_INTERNAL;
}

enum err db_script(struct db *db, const char *sql, const char **why)
{
    char *message = NULL;

    if (sqlite3_exec(db->lite, sql, NULL, NULL, &message) == SQLITE_OK)
        return OK;
    log_error("db.script", "message", message);
    sqlite3_free(message);
    *why = "a migration failed; the log has its message";
    return E_INTERNAL;
}
