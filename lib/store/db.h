/* Db: the only door to SQL.  A statement is data: a literal text with a name, which logs show, and typed
 * arguments, whose placeholders are $1, $2 … in every store.  No function takes SQL that was put together at
 * run time.  A process has one handle, opened after fork.
 *
 *     static const struct stmt rate_by_id = STMT("rate_by_id", "i",
 *         "SELECT id, package_type, base_fee FROM rates WHERE id = $1");
 *
 *     struct rows q;
 *     if ((e = db_query(db, &q, &rate_by_id, (int64_t)id)) != OK) return e;
 *     while (db_next(&q)) { … db_int(&q, 0) … }
 *     if ((e = db_end(&q)) != OK) return e;
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdint.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/field.h"

struct db;

/* args: a letter for each argument, at most 99; they are bound to $1, $2 … in order, and the text uses all:
 *   i  int64_t              I  int64_t, 0 becomes NULL
 *   s  const char *, NULL becomes NULL
 *   b  const void *, size_t (two C arguments: a blob) */
struct stmt {
    const char *name, *args, *sql;
};
#define STMT(name, args, sql) { name, args, sql }
/* DB_REGISTER(&a, &b, &c), at file scope after the statements of a file, makes them known to db_each_stmt, by
 * which a test prepares all of them.  It has no other effect. */
#define DB_REGISTER(...)                                                        \
    static const struct stmt *const db_stmts_[] = { __VA_ARGS__ };              \
    __attribute__((constructor)) static void db_register_(void)                 \
    {                                                                           \
        db_register(__FILE__, db_stmts_, COUNT(db_stmts_));                     \
    }
void db_register(const char *file, const struct stmt *const *list, size_t n);
void db_each_stmt(void (*fn)(const struct stmt *s, const char *file, void *arg), void *arg);

/* Opens the database.  NULL, and a sentence in *why, when it cannot be opened, SQLite is older than 3.51.3,
 * or (with check_schema) the schema is not the one that this program knows. */
struct db *db_open(const struct conf *c, bool check_schema, const char **why);
void db_close(struct db *db);

/* Runs a query; db_next goes to the first and each further row.  A statement can have one open result at a
 * time. Texts and blobs of a row live until the next db_next or db_end.  A db_query that fails needs no
 * db_end. E_BUSY: the database is locked; E_FULL: the disk is full; E_INTERNAL: logged. */
struct rows { struct db *db; const struct stmt *s; void *impl; enum err err; };
enum err db_query(struct db *db, struct rows *q, const struct stmt *s, ...) MUST_CHECK;
bool db_next(struct rows *q);                /* false at the end or on an error */
enum err db_end(struct rows *q) MUST_CHECK;  /* ends the result; the first error of reading it, or OK */
/* Reads the first column of all rows, at most max of them, and ends the result. */
enum err db_ids(struct rows *q, int64_t *ids, size_t max, size_t *n) MUST_CHECK;
/* Like db_ids, but however many rows there are; the ids lie in the arena. */
enum err db_ids_all(struct rows *q, struct arena *a, int64_t **ids, size_t *n) MUST_CHECK;
int64_t db_int(struct rows *q, int col);     /* NULL is 0 */
bool db_null(struct rows *q, int col);
const char *db_text(struct rows *q, int col);            /* NULL is NULL; borrowed */
const void *db_blob(struct rows *q, int col, size_t *n); /* borrowed */
char *db_dup(struct rows *q, int col, struct arena *a);  /* copy of a text in the arena; NULL is NULL */
/* Fills a struct by its field table, whose rows are the columns from `col` on in the same order. */
void db_fill(struct rows *q, int col, struct fields f, void *object, struct arena *a);

/* Reads the rows that are left into an array of structs of that size, each filled by the field table; NULL when
 * there is none.  Afterwards db_end says whether an error cut it short:
 *     out->v = db_all(&q, c->a, user_fields, sizeof *out->v, &out->n);
 *     return db_end(&q); */
void *db_all(struct rows *q, struct arena *a, struct fields f, size_t size, size_t *n);

/* Runs a statement and ignores its rows.  *changed (may be NULL): how many rows were changed.  E_CONFLICT: a
 * UNIQUE constraint refused it; E_INVALID: a CHECK or a foreign key did. */
enum err db_exec(struct db *db, int64_t *changed, const struct stmt *s, ...) MUST_CHECK;
/* Runs an INSERT … RETURNING id of one row; *id gets the new id, or 0 with any error.  E_NOT_FOUND: nothing was
 * inserted (its SELECT gave no row, or ON CONFLICT DO NOTHING). */
enum err db_insert(struct db *db, int64_t *id, const struct stmt *s, ...) MUST_CHECK;
/* Reads one row, which can be read until db_end; E_NOT_FOUND when there is none (then without db_end). */
enum err db_one(struct db *db, struct rows *q, const struct stmt *s, ...) MUST_CHECK;
/* Reads one row into a struct by its field table and ends the result; E_NOT_FOUND when there is none. */
enum err db_get(struct db *db, struct fields f, void *object, struct arena *a,
                const struct stmt *s, ...) MUST_CHECK;
/* Reads one number, the first column of the first row.  *out stays as it is when that is NULL, with E_NOT_FOUND, which
 * says that there is no row, and with any other error. */
enum err db_value(struct db *db, int64_t *out, const struct stmt *s, ...) MUST_CHECK;
/* First column of the first row; dflt when there is no row, or after an error, which is logged: for use in a
 * transaction, which then fails as a whole, or where dflt leads to no harm. */
int64_t db_scalar(struct db *db, int64_t dflt, const struct stmt *s, ...);

/* The only way to write: takes the writers' lock, BEGIN IMMEDIATE, calls fn, COMMIT, releases the lock, waits
 * until the commit is on the disk, then calls the functions registered by db_after_commit.  If fn returns
 * anything but OK, the transaction is rolled back and that is returned.  Functions named *_tx are called
 * inside fn; a db_write inside a db_write is a bug (assert).  E_BUSY when the lock is not free within 5 s,
 * E_FULL when the disk is full.
 *
 * fn may be called several times, each time after a rollback: the store asks for that when it cannot order
 * this transaction among the others (db_write_again).  So fn changes nothing but the database and memory that
 * it sets anew each time.  Any other effect (a file, a counter, a mail) belongs into db_after_commit, whose
 * list is emptied before each call.  PAQUETERIA_WRITE_TWICE=1 in the environment (tests only, read by
 * db_open) makes every fn run, be rolled back, and run again. */
enum err db_write(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg) MUST_CHECK;
/* Like db_write, but does not wait for the disk: for writes that nobody is told of and that nothing outside
 * follows from.  A power cut may lose them; the next db_write of any process puts them on the disk too, since
 * the log keeps the order of writes. */
enum err db_write_ahead(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg) MUST_CHECK;
/* While lazy, no db_write of this handle waits for the disk: for a program whose many writes are worth nothing
 * before the last one.  The first db_write after db_lazy(db, false) puts all of them on the disk. */
void db_lazy(struct db *db, bool lazy);
/* Inside a db_write: fn(arg) will be called after its commit, and not after a rollback. */
void db_after_commit(struct db *db, void (*fn)(void *arg), void *arg);
/* How many statements this handle has run, for tests that a page's number does not grow with its rows. */
uint64_t db_statements(const struct db *db);
/* Inside a db_write, for the driver and tests: the transaction cannot be committed, so it is rolled back and fn
 * called again, at most WRITE_TRIES times in all; then db_write returns E_BUSY. */
#define WRITE_TRIES 5
void db_write_again(struct db *db);

/* Calls fn in a read transaction, so that all its statements see the same state of the database.  Inside
 * another db_read or a snapshot, fn sees the state that the outer one sees. */
enum err db_read(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg) MUST_CHECK;
/* Snapshot: from db_read_begin to db_read_end all statements see the same state of the database, and the
 * store is locked only once, at the first statement.  A db_write ends the snapshot before it takes its lock
 * and begins a new one after its commit, so later statements see what was written; no result may be open
 * then.  While a snapshot is open, a checkpoint cannot copy later writes: end it before anything that waits
 * (sending, the network).  After an error of the store all further statements of the snapshot fail with that
 * error.  db_read_end without a snapshot does nothing. */
enum err db_read_begin(struct db *db) MUST_CHECK;
void db_read_end(struct db *db);

/* False once the database's file was removed or replaced (a restore).  Writes to this handle would be lost, so
 * db_write refuses with E_BUSY: open a new handle. */
bool db_is_there(struct db *db);
/* OK when the database is there and can be read; E_BUSY else.  For /ready. */
enum err db_ping(struct db *db) MUST_CHECK;
/* Checks that the file is sound, reading all of it; *why gets the first fault. */
enum err db_check(struct db *db, struct arena *a, const char **why) MUST_CHECK;
const char *db_version(void);                /* version of SQLite, "3.53.2" */
void db_checkpoint(struct db *db);           /* the worker's keeper calls it */
/* Copies the log into the file and empties it, so that nothing that was deleted is left in either.  E_BUSY, at once,
 * while somebody reads what is in the log or the writers' lock is taken. */
enum err db_empty_log(struct db *db) MUST_CHECK;

/* migrate.c: applies the migrations of conf->migrations_dir that are missing, each in a transaction;
 * *applied: how many.  A migration that was edited after it was applied is refused: a sentence in *why. */
enum err db_migrate(const struct conf *c, int *applied, const char **why) MUST_CHECK;

#endif
