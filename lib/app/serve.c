/* The program around an area: arguments, configuration, and the FastCGI loop.
 *
 * nginx keeps connections open, and one kept connection must not pin a process:
 * several FCGX_Request share the listening socket, which does not block, and one
 * poll waits for all of them (lobby.c), which also says whose turn it is. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "app/lobby.h"
#include "app/openapi.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "metric/metric.h"

#define TURN_S 0.001             /* after so long in answers a process looks who else has come */
#define BEAT_S 2                 /* an idle process gives a sign of life so often */
#define REST_S 60                /* a process that nobody has asked for so long gives back the memory it can do without */
#define LOOK_AT_MEMORY 64        /* requests between two checks of the process's memory */

static volatile sig_atomic_t stopping;

static void on_term(int sig UNUSED)
{
    stopping = 1;
    FCGX_ShutdownPending();      /* so that libfcgi's accept returns too */
}

/* ---- FastCGI as source and sink ---- */

static long fcgi_read(void *self, void *p, size_t n)
{
    const struct guest *g = self;
    int got = FCGX_GetStr(p, n > 65536 ? 65536 : (int)n, g->fcgi.in);

    metric_alive(METRIC_ALIVE_S);        /* a large body, or a slow reader of a large answer, is no silence */
    return got < 0 || FCGX_GetError(g->fcgi.in) != 0 ? -1 : got;
}

static void fcgi_write(void *self, const char *p, size_t n)
{
    struct guest *g = self;

    guest_read_up(g);
    for (; n > 0; p += 65536, n = n > 65536 ? n - 65536 : 0) {
        if (FCGX_PutStr(p, n > 65536 ? 65536 : (int)n, g->fcgi.out) < 0)
            return;              /* the client has gone */
        metric_alive(METRIC_ALIVE_S);
    }
}

/* Headers by which it is judged who asks and for what: if one of them came more than once, two who read the request
 * may each believe another. */
#define JUDGED(name) { name "=", sizeof(name) }
static const struct { const char *name; size_t n; } judged[] = {
    JUDGED("ORIGIN"), JUDGED("SEC_FETCH_SITE"), JUDGED("X_CSRF_TOKEN"), JUDGED("AUTHORIZATION"), JUDGED("COOKIE"),
    JUDGED("IDEMPOTENCY_KEY"), JUDGED("IF_MATCH"), JUDGED("CONTENT_TYPE"), JUDGED("CONTENT_LENGTH"),
};

/* The bit of a header in the order of `judged`, or 0. */
static unsigned header_bit(const char *header)
{
    for (size_t i = 0; i < COUNT(judged); i++)
        if (header[0] == judged[i].name[0] && strncmp(header, judged[i].name, judged[i].n) == 0)
            return 1u << i;
    return 0;
}

/* Counts the request's headers, and tells whether one that is judged came twice; nginx passes it as two then. */
static size_t fcgi_headers(const FCGX_Request *r, bool *repeats)
{
    static const char http[] = "HTTP_";
    unsigned seen = 0, bit;
    size_t n = 0;

    *repeats = false;
    for (char **p = r->envp; *p != NULL; p++) {
        if (**p != *http || !has_prefix(*p, http))
            continue;
        n++;
        bit = header_bit(*p + strlen(http));
        *repeats |= (seen & bit) != 0;
        seen |= bit;
    }
    return n;
}

static void fcgi_end(void *self)
{
    guest_finish(self);
}

/* ---- the loop ---- */

struct server {
    struct app *app;
    struct lobby lobby;
    int64_t served;
    double answered;             /* when the last request was, by clock_mono */
    bool rests;                  /* nobody has asked since the start, or since app_rest */
};

static long resident_mb(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    long pages = 0;

    if (f == NULL)
        return 0;
    if (fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * sysconf(_SC_PAGESIZE) / 1048576;
}

static bool is_worn(const struct server *s)
{
    const struct conf *c = s->app->conf;

    return s->served >= c->requests_max
        || (s->served % LOOK_AT_MEMORY == 0 && resident_mb() > c->memory_max_mb);
}

/* Answers a guest's request; the seconds that it took. */
static double guest_answer(struct server *s, struct guest *g)
{
    bool repeats;
    const size_t headers = fcgi_headers(&g->fcgi, &repeats);
    const struct source from = { guest_param, fcgi_read, g, headers, repeats };
    const struct sink to = { fcgi_write, fcgi_end, g };
    const double started = clock_mono();
    double took;

    app_handle(s->app, from, to);
    took = clock_mono() - started;
    shed_served(&s->lobby.shed, (int64_t)(took * 1e6));
    s->served++;
    s->answered = started + took;
    s->rests = false;
    if (is_worn(s))
        stopping = 1;
    return took;
}

static void server_rest(struct server *s)
{
    if (s->rests || clock_mono() - s->answered < REST_S)
        return;
    app_rest(s->app);
    s->rests = true;
}

/* Waits until a request comes, a signal comes, waiting log lines must be written, or it is time for a sign of
 * life; and answers those who wait, until it is time to look who else has come. */
static void serve_turn(struct server *s, const sigset_t *mask)
{
    const int log_ms = stopping || s->lobby.waiting > 0 ? 0 : log_due();
    double took = 0;
    struct guest *g;

    metric_alive(METRIC_ALIVE_S);
    lobby_wait(&s->lobby, log_ms >= 0 ? log_ms : BEAT_S * 1000, mask);
    while (took < TURN_S && (g = lobby_next(&s->lobby)) != NULL)
        took += guest_answer(s, g);
    if (took == 0 && !stopping)
        server_rest(s);
}

/* Blocks SIGTERM but while waiting, so that no request is cut off; *waiting: the signal mask to wait with. */
static void signals_set(sigset_t *waiting)
{
    struct sigaction term = { .sa_handler = on_term }, ignore = { .sa_handler = SIG_IGN };
    sigset_t block;

    sigemptyset(&block);
    sigaddset(&block, SIGTERM);
    sigaddset(&block, SIGINT);
    sigprocmask(SIG_BLOCK, &block, waiting);
    sigdelset(waiting, SIGTERM);
    sigdelset(waiting, SIGINT);
    sigaction(SIGTERM, &term, NULL);
    sigaction(SIGINT, &term, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

int app_serve(struct app *app)
{
    struct server *s = calloc(1, sizeof *s);
    sigset_t waiting;

    if (s == NULL)
        abort();
    s->app = app;
    s->rests = true;
    signals_set(&waiting);
    if (!lobby_open(&s->lobby, app, &stopping)) {
        free(s);
        return EX_SOFTWARE;
    }
    log_batch();
    log_info("serve.start", "area", app->area->name);
    while (!stopping)
        serve_turn(s, &waiting);
    do
        serve_turn(s, &waiting);       /* answers requests that have arrived meanwhile */
    while (s->lobby.waiting > 0);
    lobby_close(&s->lobby);
    log_info("serve.stop", "area", app->area->name, "served", NUM(s->served));
    free(s);
    return EX_OK;
}

/* ---- the program ---- */

static int print_routes(const struct area *ar)
{
    struct buf b = { 0 };

    area_print(ar, &b);
    fwrite(b.data, 1, b.len, stdout);
    buf_free(&b);
    return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

#define DOCUMENT_MAX (8 << 20)

/* Reads an OpenAPI document and writes it with the routes of the area. */
static int print_openapi(struct arena *a, const struct area *ar)
{
    const char *text = file_read(a, STDIN_FILENO, DOCUMENT_MAX), *why = "the document is no JSON";
    struct json_object *doc = text != NULL ? json_tokener_parse(text) : NULL;
    const bool ok = doc != NULL && area_describe(a, ar, doc, &why);

    if (ok)
        puts(json_object_to_json_string_ext(doc, JSON_C_TO_STRING_NOSLASHESCAPE));
    else
        fprintf(stderr, "%s.fcgi: error: %s\n", ar->name, why);
    json_object_put(doc);
    return !ok ? EX_SOFTWARE : fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

static int usage_print(const struct area *ar)
{
    fprintf(stderr, "usage: %s.fcgi [--config FILE] | --routes | --openapi\n"
                    "Answers the pages of the area over FastCGI; paqueteria-serve starts it with\n"
                    "its listening socket on descriptor 0.\n", ar->name);
    return EX_USAGE;
}

static int serve_run(struct arena *a, const char *config, const struct area *ar)
{
    struct app app;
    struct conf *conf;
    struct sockaddr_storage at;
    socklen_t size = sizeof at;
    const struct rlimit no_core = { 0 };
    const char *why = NULL;
    int code = EX_CONFIG;

    setrlimit(RLIMIT_CORE, &no_core);
    if (getsockname(LISTEN_FD, (struct sockaddr *)&at, &size) != 0)
        return usage_print(ar);
    conf = conf_load(a, config, &why);
    if (conf != NULL) {
        metric_open(conf, ar->name);
        app_open(&app, ar, conf);
        code = app_serve(&app);
        app_close(&app);
    }
    if (code == EX_CONFIG)
        log_error("start", "why", why);
    return code;
}

int app_main(int argc, char **argv, const struct area *ar)
{
    const struct route *nobodys = area_undeclared(ar);
    struct arena *a = arena_new();
    const char *why = nobodys != NULL ? arena_printf(a, "%s declares no role", nobodys->path) : area_wrong(a, ar);
    int code = EX_SOFTWARE;

    log_program(ar->name);
    if (why != NULL)
        fprintf(stderr, "%s.fcgi: %s\n", ar->name, why);
    else if (argc == 2 && streq(argv[1], "--routes"))
        code = print_routes(ar);
    else if (argc == 2 && streq(argv[1], "--openapi"))
        code = print_openapi(a, ar);
    else if (argc != 1 && !(argc == 3 && streq(argv[1], "--config")))
        code = usage_print(ar);
    else
        code = serve_run(a, argc == 3 ? argv[2] : NULL, ar);
    arena_free(a);
    return code;
}
