/* Db: the only door to SQL.  A statement is data: a literal with a name (its
 * label in logs) and typed arguments, `$1` placeholders in both backends.  No
 * call takes a formatted string.  A process has one handle, made after fork.
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

/* args: one letter an argument, at most 99, bound to $1, $2, … in order; every one
 * is used in the text:
 *   i  int64_t              I  int64_t, 0 becomes NULL
 *   s  const char *, NULL becomes NULL
 *   b  const void *, size_t (two C arguments: a blob) */
struct stmt {
    const char *name, *args, *sql;
};
#define STMT(name, args, sql) { name, args, sql }
/* At file scope, after the statements of a file: DB_REGISTER(a, b, c) makes
 * them known to db_each_stmt, which a test prepares them by (a constructor; no
 * other effect). */
#define DB_REGISTER(...)                                                        \
    static const struct stmt *const db_stmts_[] = { __VA_ARGS__ };              \
    __attribute__((constructor)) static void db_register_(void)                 \
    {                                                                           \
        db_register(__FILE__, db_stmts_, COUNT(db_stmts_));                     \
    }
void db_register(const char *file, const struct stmt *const *list, size_t n);
void db_each_stmt(void (*fn)(const struct stmt *s, const char *file, void *arg), void *arg);

/* NULL and a sentence in *why when it cannot be opened, the library is older
 * than 3.51.3, or the schema is not the one this program knows (check_schema). */
struct db *db_open(const struct conf *c, bool check_schema, const char **why);
void db_close(struct db *db);

/* One open result at a time a statement; text and blobs live until db_next or
 * db_end.  A db_query that fails needs no db_end.  E_BUSY: locked or disk full;
 * E_INTERNAL was logged. */
struct rows { struct db *db; const struct stmt *s; void *impl; enum err err; };
enum err db_query(struct db *db, struct rows *q, const struct stmt *s, ...) MUST_CHECK;
bool db_next(struct rows *q);                /* false at the end or on an error */
enum err db_end(struct rows *q) MUST_CHECK;  /* resets; says whether all went well */
/* The first column of all of them, of more than max the first; db_end is done. */
enum err db_ids(struct rows *q, int64_t *ids, size_t max, size_t *n) MUST_CHECK;
/* The same, however many there are. */
enum err db_ids_all(struct rows *q, struct arena *a, int64_t **ids, size_t *n) MUST_CHECK;
int64_t db_int(struct rows *q, int col);     /* NULL is 0 */
bool db_null(struct rows *q, int col);
const char *db_text(struct rows *q, int col);            /* NULL is NULL; borrowed */
const void *db_blob(struct rows *q, int col, size_t *n); /* borrowed */
char *db_dup(struct rows *q, int col, struct arena *a);  /* copied */
/* Fill a struct by its field table: columns in the table's order from `col`. */
void db_fill(struct rows *q, int col, struct fields f, void *object, struct arena *a);

/* All rows that are left, as an array of structs of that size, each filled by the field table;
 * NULL when there is none.  db_end says whether they are all:
 *     out->v = db_all(&q, c->a, user_fields, sizeof *out->v, &out->n);
 *     return db_end(&q); */
void *db_all(struct rows *q, struct arena *a, struct fields f, size_t size, size_t *n);

/* Run a statement without looking at rows; *changed (may be NULL) gets the
 * number of rows. E_CONFLICT for a UNIQUE, E_INVALID for a CHECK or foreign key. */
enum err db_exec(struct db *db, int64_t *changed, const struct stmt *s, ...) MUST_CHECK;
/* Run an INSERT … RETURNING id of one row; *id gets it, or 0 with any error.  E_NOT_FOUND:
 * it inserted nothing (SELECT without a row, ON CONFLICT DO NOTHING). */
enum err db_insert(struct db *db, int64_t *id, const struct stmt *s, ...) MUST_CHECK;
/* One row, or E_NOT_FOUND.  The row stays readable until db_end. */
enum err db_one(struct db *db, struct rows *q, const struct stmt *s, ...) MUST_CHECK;
/* One row into a struct, or E_NOT_FOUND. */
enum err db_get(struct db *db, struct fields f, void *object, struct arena *a,
                const struct stmt *s, ...) MUST_CHECK;
/* First column of the first row, or `dflt`; errors are logged and give dflt. */
int64_t db_scalar(struct db *db, int64_t dflt, const struct stmt *s, ...);

/* The only write path: flock, BEGIN IMMEDIATE, fn, COMMIT, the lock given up, the log
 * on the disk, then what db_after_commit registered.  Anything but OK from fn rolls back and is
 * returned.  Nested calls are a bug (assert); *_tx functions run inside.
 * E_BUSY when the lock is not had within 5 s.
 *
 * fn may be called several times, each after a rollback of the time before: the store asks
 * for it when it could not put this transaction in an order with the others (db_write_again).
 * So fn changes nothing but the database and memory that it sets anew each time; a file, a
 * counter, a mail belongs into db_after_commit, whose list begins anew each time as well.
 * PAQUETERIA_WRITE_TWICE=1 in the environment (tests only, read by db_open) runs every fn,
 * rolls back, and runs it again. */
enum err db_write(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg) MUST_CHECK;
/* The same for what nobody is told of and nothing outside follows from: it is on the disk
 * with the next db_write of anyone, for a log has an order. */
enum err db_write_ahead(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg) MUST_CHECK;
/* Of this handle, while lazy, no db_write waits for the disk: for a program that makes much at once, of
 * which nothing is worth keeping before its end.  The first db_write afterwards makes all of it durable. */
void db_lazy(struct db *db, bool lazy);
void db_after_commit(struct db *db, void (*fn)(void *arg), void *arg); /* inside db_write */
bool db_in_write(const struct db *db);
/* How many statements this handle has run: a test holds a page to a number that does not grow with
 * its rows. */
uint64_t db_statements(const struct db *db);
/* Inside db_write, called by the driver and by tests: this run cannot be committed, so fn's
 * transaction is rolled back and fn is called anew, WRITE_TRIES times in all, then E_BUSY. */
#define WRITE_TRIES 5
void db_write_again(struct db *db);

/* A consistent read over several statements (BEGIN … COMMIT, deferred).  Inside another one,
 * or inside a snapshot, it reads the state that that one sees. */
enum err db_read(struct db *db, enum err (*fn)(struct db *db, void *arg), void *arg) MUST_CHECK;
/* Snapshot: from _begin to _end all statements see one state of the database, and the store is
 * locked once for all of them, at the first.  A db_write ends it before it takes its lock and
 * begins another after its commit, so what is read then has seen that write; no result may be
 * open meanwhile.  As long as it is open, a checkpoint cannot copy what came after it: end it
 * before anything that waits (sending, the network).  After an error of the store all that
 * follows in it fails with that error.  db_read_end without a snapshot does nothing. */
enum err db_read_begin(struct db *db) MUST_CHECK;
void db_read_end(struct db *db);

/* False once the file was taken away or replaced (a restore): what is written to this
 * handle would be lost, so db_write refuses with E_BUSY; open another one. */
bool db_is_there(struct db *db);
/* Is the database there and readable? For /ready. */
enum err db_ping(struct db *db) MUST_CHECK;
/* Is the file sound?  Reads all of it; *why gets the first thing that is wrong. */
enum err db_check(struct db *db, struct arena *a, const char **why) MUST_CHECK;
const char *db_version(void);                /* of the library, "3.53.2" */
void db_checkpoint(struct db *db);           /* the worker's keeper calls it */

/* migrate.c: apply what is missing from conf->migrations_dir; *applied counts.
 * Each migration is one transaction; an edited one is refused. */
enum err db_migrate(const struct conf *c, int *applied, const char **why) MUST_CHECK;

#endif
