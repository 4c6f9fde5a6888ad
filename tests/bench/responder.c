/* The yardstick: the least that libfcgi, SQLite and json-c can do for a look-up by
 * tracking code, with kept connections, behind the same nginx.
 *     responder DATABASE     (listening socket on descriptor 0)
 *     responder --write DATABASE COUNT     raw durable transactions, printed per second */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <fcgiapp.h>
#include <json-c/json.h>
#include <sqlite3.h>

#define SLOTS 32

static sqlite3 *db;
static sqlite3_stmt *lookup;

static void answer(FCGX_Request *r)
{
    const char *uri = FCGX_GetParam("REQUEST_URI", r->envp), *code = uri ? strrchr(uri, '/') : NULL;
    struct json_object *o = json_object_new_object();
    const char *body;

    sqlite3_bind_text(lookup, 1, code ? code + 1 : "", -1, SQLITE_STATIC);
    if (sqlite3_step(lookup) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(lookup); i++)
            json_object_object_add(o, sqlite3_column_name(lookup, i),
                                   json_object_new_string((const char *)sqlite3_column_text(lookup, i)));
    sqlite3_reset(lookup);
    body = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
    FCGX_PutS("Content-Type: application/json\r\n\r\n", r->out);
    FCGX_PutStr(body, (int)strlen(body), r->out);
    FCGX_Finish_r(r);
    json_object_put(o);
}

static void serve(void)
{
    static FCGX_Request slots[SLOTS];
    struct pollfd fds[SLOTS + 1];

    fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
    signal(SIGPIPE, SIG_IGN);
    FCGX_Init();
    for (int i = 0; i < SLOTS; i++)
        FCGX_InitRequest(&slots[i], 0, FCGI_FAIL_ACCEPT_ON_INTR);
    for (;;) {
        FCGX_Request *open = NULL;

        for (int i = 0; i < SLOTS; i++) {
            fds[i] = (struct pollfd){ .fd = slots[i].ipcFd, .events = POLLIN };
            if (slots[i].ipcFd < 0)
                open = &slots[i];
        }
        fds[SLOTS] = (struct pollfd){ .fd = open ? 0 : -1, .events = POLLIN };
        poll(fds, SLOTS + 1, -1);
        for (int i = 0; i < SLOTS; i++)
            if (fds[i].revents != 0 && FCGX_Accept_r(&slots[i]) == 0)
                answer(&slots[i]);
        if (open != NULL && fds[SLOTS].revents != 0 && FCGX_Accept_r(open) == 0)
            answer(open);
    }
}

static int write_many(int count)
{
    struct timespec a, b;

    sqlite3_exec(db, "CREATE TABLE IF NOT EXISTS raw (id INTEGER PRIMARY KEY, text TEXT, other INTEGER);"
                 "CREATE INDEX IF NOT EXISTS raw_text ON raw(text)", NULL, NULL, NULL);
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < count; i++)
        if (sqlite3_exec(db, "BEGIN IMMEDIATE; INSERT INTO raw (text, other) VALUES (hex(randomblob(20)), 1);"
                         "INSERT INTO raw (text, other) VALUES (hex(randomblob(20)), 2); COMMIT", NULL, NULL,
                         NULL) != SQLITE_OK)
            return 1;
    clock_gettime(CLOCK_MONOTONIC, &b);
    printf("%.0f\n", count / ((double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9));
    return 0;
}

int main(int argc, char **argv)
{
    int writes = argc == 4 && strcmp(argv[1], "--write") == 0;

    if (argc < 2 || sqlite3_open(argv[writes ? 2 : 1], &db) != SQLITE_OK)
        return 1;
    sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL, NULL, NULL);
    if (writes)
        return write_many(atoi(argv[3]));
    if (sqlite3_prepare_v2(db, "SELECT tracking_code, guide_number, coalesce(carrier, '') AS carrier, state,"
                           " announced_at, coalesce(received_at, 0) AS received_at FROM packages"
                           " WHERE tracking_code = ?", -1, &lookup, NULL) != SQLITE_OK)
        return 1;
    serve();
    return 0;
}
