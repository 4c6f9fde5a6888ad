/* The yardstick: the least that libfcgi, SQLite and json-c can do, with kept
 * connections (one poll over several FCGX_Request), behind the same nginx.
 *
 *     responder SOCKET PROCESSES DATABASE   /…/CODE: one package; /…/list: the last 50
 *     responder --write DATABASE SECONDS STATEMENT…
 *             runs the statements (after the first) again and again, each round a durable
 *             transaction; prints rounds a second, and their p50 and p99 in ms */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <fcgiapp.h>
#include <json-c/json.h>
#include <sqlite3.h>

#define SLOTS 64
#define STATEMENTS_MAX 16
#define COLUMNS "SELECT tracking_code, guide_number, coalesce(carrier, '') AS carrier, state," \
    " announced_at, coalesce(received_at, 0) AS received_at FROM packages "

static sqlite3 *db;
static sqlite3_stmt *lookup, *list;

static void die(const char *what)
{
    fprintf(stderr, "responder: %s: %s\n", what, db != NULL ? sqlite3_errmsg(db) : "");
    exit(1);
}

static void run(const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die(sql);
}

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *st;

    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK)
        die(sql);
    return st;
}

static void open_db(const char *path)
{
    if (sqlite3_open(path, &db) != SQLITE_OK)
        die(path);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
}

/* ---- answering ---- */

static struct json_object *row(sqlite3_stmt *st)
{
    struct json_object *o = json_object_new_object();

    for (int i = 0; i < sqlite3_column_count(st); i++)
        json_object_object_add(o, sqlite3_column_name(st, i),
                               json_object_new_string((const char *)sqlite3_column_text(st, i)));
    return o;
}

static struct json_object *found(const char *name)
{
    struct json_object *o;

    if (strcmp(name, "list") == 0) {
        o = json_object_new_array();
        while (sqlite3_step(list) == SQLITE_ROW)
            json_object_array_add(o, row(list));
        sqlite3_reset(list);
        return o;
    }
    sqlite3_bind_text(lookup, 1, name, -1, SQLITE_STATIC);
    o = sqlite3_step(lookup) == SQLITE_ROW ? row(lookup) : json_object_new_object();
    sqlite3_reset(lookup);
    return o;
}

static void answer(FCGX_Request *r)
{
    const char *uri = FCGX_GetParam("REQUEST_URI", r->envp), *name = uri ? strrchr(uri, '/') : NULL;
    struct json_object *o = found(name != NULL ? name + 1 : "");
    const char *body = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);

    FCGX_PutS("Content-Type: application/json\r\n\r\n", r->out);
    FCGX_PutStr(body, (int)strlen(body), r->out);
    FCGX_Finish_r(r);
    json_object_put(o);
}

static void serve(int door)
{
    static FCGX_Request slots[SLOTS], *kept[SLOTS];
    struct pollfd fds[SLOTS + 1];

    for (int i = 0; i < SLOTS; i++)
        FCGX_InitRequest(&slots[i], door, FCGI_FAIL_ACCEPT_ON_INTR);
    for (;;) {
        FCGX_Request *free_slot = NULL;
        nfds_t n = 0;

        for (int i = 0; i < SLOTS; i++) {
            if (slots[i].ipcFd < 0) {
                free_slot = &slots[i];
                continue;
            }
            fds[n] = (struct pollfd){ .fd = slots[i].ipcFd, .events = POLLIN };
            kept[n++] = &slots[i];
        }
        fds[n] = (struct pollfd){ .fd = free_slot ? door : -1, .events = POLLIN };
        poll(fds, n + 1, -1);
        for (nfds_t i = 0; i < n; i++)
            if (fds[i].revents != 0 && FCGX_Accept_r(kept[i]) == 0)
                answer(kept[i]);
        if (fds[n].revents != 0 && FCGX_Accept_r(free_slot) == 0)
            answer(free_slot);
    }
}

/* The database is opened after the fork: a child must not use its parent's connection. */
static int serve_all(const char *socket, int processes, const char *path)
{
    int door;

    signal(SIGPIPE, SIG_IGN);
    FCGX_Init();
    umask(0117);
    door = FCGX_OpenSocket(socket, 512);
    if (door < 0)
        die(socket);
    fcntl(door, F_SETFL, fcntl(door, F_GETFL) | O_NONBLOCK);
    for (int i = 0; i < processes; i++) {
        if (fork() != 0)
            continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        open_db(path);
        lookup = prepare(COLUMNS "WHERE tracking_code = ?");
        list = prepare(COLUMNS "ORDER BY id DESC LIMIT 50");
        serve(door);
    }
    wait(NULL);                  /* no child ends by itself */
    return 1;
}

/* ---- writing ---- */

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void step(sqlite3_stmt *st)
{
    if (sqlite3_step(st) != SQLITE_DONE)
        die("write");
    sqlite3_reset(st);
}

/* Runs the first statement once, to make what the others need; then the others in rounds, of which each begins
 * and ends a transaction. */
static int write_many(const char *path, double seconds, char **sql, int count)
{
    const double end = now() + seconds;
    double *took = NULL, started = now(), sum = 0;
    sqlite3_stmt *st[STATEMENTS_MAX];
    size_t n = 0;

    if (count < 2 || count > STATEMENTS_MAX)
        die("too few statements, or too many");
    open_db(path);
    run(sql[0]);
    for (int i = 1; i < count; i++)
        st[i] = prepare(sql[i]);
    for (; n == 0 || started < end; n++) {
        took = realloc(took, (n + 1) * sizeof *took);
        started = now();
        for (int i = 1; i < count; i++)
            step(st[i]);
        sum += took[n] = now() - started;
    }
    qsort(took, n, sizeof *took, by_size);
    printf("%.1f %.3f %.3f\n", (double)n / sum, took[n / 2] * 1e3, took[n * 99 / 100] * 1e3);
    free(took);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 4 && strcmp(argv[1], "--write") == 0)
        return write_many(argv[2], atof(argv[3]), argv + 4, argc - 4);
    if (argc != 4)
        die("usage: responder SOCKET PROCESSES DATABASE | --write DATABASE SECONDS STATEMENT…");
    return serve_all(argv[1], atoi(argv[2]), argv[3]);
}
