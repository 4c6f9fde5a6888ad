/* sql DATABASE: for each line of standard input, a JSON array of a statement and its values, runs the
 * statement and prints each row as a JSON object; then "ok", or "! " and what was wrong.  Between two
 * lines the database is closed, so that programs do not notice this one.  Tests read a database in use
 * with this program and never with Debian's sqlite3, which is too old for it (docs: the version gate). */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <json-c/json.h>
#include <sqlite3.h>

static struct json_object *value_of(sqlite3_stmt *st, int i)
{
    switch (sqlite3_column_type(st, i)) {
    case SQLITE_INTEGER:
        return json_object_new_int64(sqlite3_column_int64(st, i));
    case SQLITE_FLOAT:
        return json_object_new_double(sqlite3_column_double(st, i));
    case SQLITE_NULL:
        return NULL;
    default:                     /* a test reads a BLOB with hex() */
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

static void bind(sqlite3_stmt *st, int i, struct json_object *value)
{
    if (json_object_is_type(value, json_type_int))
        sqlite3_bind_int64(st, i, json_object_get_int64(value));
    else if (value != NULL)
        sqlite3_bind_text(st, i, json_object_get_string(value), -1, SQLITE_TRANSIENT);
}

static bool run(sqlite3 *db, struct json_object *line)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, json_object_get_string(json_object_array_get_idx(line, 0)), -1,
                                &st, NULL);

    if (rc != SQLITE_OK)
        return false;
    for (int i = 1; i < (int)json_object_array_length(line); i++)
        bind(st, i, json_object_array_get_idx(line, (size_t)i));
    while ((rc = sqlite3_step(st)) == SQLITE_ROW)
        print_row(st);
    return sqlite3_finalize(st) == SQLITE_OK && rc == SQLITE_DONE;
}

static void answer(const char *path, const char *text)
{
    struct json_object *line = json_tokener_parse(text);
    sqlite3 *db = NULL;
    bool ok = json_object_is_type(line, json_type_array)
        && sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK
        && sqlite3_busy_timeout(db, 10000) == SQLITE_OK && run(db, line);

    if (ok)
        puts("ok");
    else
        printf("! %s\n", db ? sqlite3_errmsg(db) : "no statement");
    fflush(stdout);
    sqlite3_close(db);
    json_object_put(line);
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t size = 0;

    if (argc != 2) {
        fputs("usage: sql DATABASE\n", stderr);
        return EXIT_FAILURE;
    }
    while (getline(&line, &size, stdin) > 0)
        answer(argv[1], line);
    free(line);
    return EXIT_SUCCESS;
}
