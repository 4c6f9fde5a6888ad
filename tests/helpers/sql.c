/* sql DATABASE STATEMENT [VALUE…]: run one statement and print each row as a JSON
 * object.  Debian's sqlite3 must never open a database that is in use (docs: the
 * version gate), so tests read it with the library that the programs use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <sqlite3.h>

static int fail(sqlite3 *db, const char *what)
{
    fprintf(stderr, "sql: %s: %s\n", what, sqlite3_errmsg(db));
    return EXIT_FAILURE;
}

static struct json_object *value_of(sqlite3_stmt *st, int i)
{
    switch (sqlite3_column_type(st, i)) {
    case SQLITE_INTEGER:
        return json_object_new_int64(sqlite3_column_int64(st, i));
    case SQLITE_FLOAT:
        return json_object_new_double(sqlite3_column_double(st, i));
    case SQLITE_NULL:
        return NULL;
    default:                     /* a BLOB is asked for with hex() */
        return json_object_new_string_len((const char *)sqlite3_column_text(st, i),
                                          sqlite3_column_bytes(st, i));
    }
}

static void print_row(sqlite3_stmt *st)
{
    struct json_object *o = json_object_new_object();

    for (int i = 0; i < sqlite3_column_count(st); i++)
        json_object_object_add(o, sqlite3_column_name(st, i), value_of(st, i));
    puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
    json_object_put(o);
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    int rc;

    if (argc < 3 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return fail(db, "usage: sql DATABASE STATEMENT [VALUE…]");
    sqlite3_busy_timeout(db, 10000);
    if (sqlite3_prepare_v2(db, argv[2], -1, &st, NULL) != SQLITE_OK)
        return fail(db, argv[2]);
    for (int i = 3; i < argc; i++)
        sqlite3_bind_text(st, i - 2, argv[i], -1, SQLITE_STATIC);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW)
        print_row(st);
    if (rc != SQLITE_DONE)
        return fail(db, argv[2]);
    sqlite3_finalize(st);
    return sqlite3_close(db) == SQLITE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
