/* The program around an area: arguments, configuration, and the FastCGI loop.
 *
 * nginx keeps connections open, and one kept connection must not pin a process:
 * several FCGX_Request share the listening socket, which does not block, and one
 * poll waits for all of them. Whichever is readable is given to FCGX_Accept_r. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "app/app.h"
#include "app/shed.h"
#include "base/clock.h"
#include "base/log.h"
#include "metric/metric.h"

/* Kept connections: more than nginx keeps (keepalive × its processes), so that a new one finds a slot. */
#define CONNECTIONS 64
#define LISTEN_FD 0
#define HELD_MOST 8              /* requests of a process that wait for others to go first; any more are refused */
#define BEAT_S 2                 /* an idle process gives a sign of life so often */
#define LOOK_AT_MEMORY 64        /* requests between two checks of the process's memory */

static volatile sig_atomic_t stopping;

static void on_term(int sig UNUSED)
{
    stopping = 1;
    FCGX_ShutdownPending();      /* so that libfcgi's accept returns too */
}

/* ---- FastCGI as source and sink ---- */

static const char *fcgi_param(void *self, const char *name)
{
    const FCGX_Request *r = self;

    return FCGX_GetParam(name, r->envp);
}

static long fcgi_read(void *self, void *p, size_t n)
{
    const FCGX_Request *r = self;
    int got = FCGX_GetStr(p, n > 65536 ? 65536 : (int)n, r->in);

    metric_alive(METRIC_ALIVE_S);        /* a large body, or a slow reader of a large answer, is no silence */
    return got < 0 || FCGX_GetError(r->in) != 0 ? -1 : got;
}

static void fcgi_write(void *self, const char *p, size_t n)
{
    const FCGX_Request *r = self;

    for (; n > 0; p += 65536, n = n > 65536 ? n - 65536 : 0) {
        if (FCGX_PutStr(p, n > 65536 ? 65536 : (int)n, r->out) < 0)
            return;              /* the client has gone */
        metric_alive(METRIC_ALIVE_S);
    }
}

/* Counts the request's headers; nginx passes a header that came twice as two. */
static size_t fcgi_headers(const FCGX_Request *r)
{
    size_t n = 0;

    for (char **p = r->envp; *p != NULL; p++)
        n += has_prefix(*p, "HTTP_");
    return n;
}

/* True when one of these headers came more than once: then two who read the request may each believe another. */
static bool fcgi_repeats(const FCGX_Request *r)
{
    static const char *const judged[] = {
        "HTTP_ORIGIN=", "HTTP_SEC_FETCH_SITE=", "HTTP_X_CSRF_TOKEN=", "HTTP_AUTHORIZATION=", "HTTP_COOKIE=",
        "HTTP_IDEMPOTENCY_KEY=", "HTTP_IF_MATCH=", "HTTP_CONTENT_TYPE=", "HTTP_CONTENT_LENGTH=",
    };
    unsigned seen = 0;

    for (char **p = r->envp; *p != NULL; p++)
        for (size_t i = 0; i < COUNT(judged) && has_prefix(*p, "HTTP_"); i++) {
            if (!has_prefix(*p, judged[i]))
                continue;
            if (seen & 1u << i)
                return true;
            seen |= 1u << i;
        }
    return false;
}

static void fcgi_end(void *self)
{
    FCGX_Finish_r(self);
}

/* ---- the loop ---- */

struct server {
    struct app *app;
    FCGX_Request slots[CONNECTIONS];
    /* Descriptors that poll waits for: the kept connections, then the listening socket. */
    struct pollfd fds[CONNECTIONS + 1];
    FCGX_Request *open[CONNECTIONS];     /* the connection of the descriptor at the same place in fds */
    nfds_t open_count;
    int64_t served;
    struct shed shed;
    FCGX_Request *held[HELD_MOST];       /* requests that let others go first, in their order */
    size_t held_count;
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

/* Whether the request has waited too long.  nginx says when it passed the request on (seconds and three
 * decimals); it says nothing of those of the shop's own address, which are never refused. */
static bool is_late(struct server *s, const FCGX_Request *slot, bool queued)
{
    const char *at = FCGX_GetParam("REQUEST_AT", slot->envp);
    const int64_t now = clock_now_ms(), limit = s->app->conf->shed_after_ms;
    int64_t passed = 0;
    bool late;

    if (at == NULL)
        return false;
    for (; *at != '\0'; at++)
        if (*at >= '0' && *at <= '9' && passed < INT64_MAX / 100)
            passed = passed * 10 + (*at - '0');
    late = queued ? shed_due(&s->shed, now - passed, limit, now) : now - passed > limit;
    if (late)
        shed_count(&s->shed, s->app->area->name, now);
    return late;
}

static void request_answer(struct server *s, FCGX_Request *slot)
{
    const struct source from = { fcgi_param, fcgi_read, slot, fcgi_headers(slot), fcgi_repeats(slot) };
    const struct sink to = { fcgi_write, fcgi_end, slot };

    app_handle(s->app, from, to);
    s->served++;
    if (is_worn(s))
        stopping = 1;
}

enum served { SERVED, REFUSED, HELD, NOTHING };

/* Refuses a request, for which nginx has the page; one who waits takes its place. */
static enum served request_refuse(FCGX_Request *slot, const char *redirect)
{
    FCGX_PutS(redirect, slot->out);
    FCGX_Finish_r(slot);
    FCGX_Free(slot, 1);
    return REFUSED;
}

/* Keeps a request that lets others go first, or refuses it when enough of those wait. */
static enum served request_hold(struct server *s, FCGX_Request *slot)
{
    if (s->held_count == HELD_MOST)
        return request_refuse(slot, "X-Accel-Redirect: /_crowded\r\n\r\n");
    s->held[s->held_count++] = slot;
    return HELD;
}

static bool request_lets_others_first(struct server *s, FCGX_Request *slot)
{
    return app_lets_others_first(s->app, (struct source){ fcgi_param, fcgi_read, slot, 0, false });
}

/* Answers what has come on this connection.  queued: a fresh connection, which waited for its turn among
 * others; a kept one has no others before it.  Where some let others go first, the others never wait long. */
static enum served serve_one(struct server *s, FCGX_Request *slot, bool queued)
{
    const bool ranked = queued && s->app->area->lets_others_first != NULL;
    int rc = FCGX_Accept_r(slot);

    metric_alive(METRIC_ALIVE_S);
    if (rc == 0 && ranked && request_lets_others_first(s, slot)) {
        return request_hold(s, slot);
    } else if (rc == 0 && is_late(s, slot, queued && !ranked)) {
        return request_refuse(slot, "X-Accel-Redirect: /_busy\r\n\r\n");
    } else if (rc == 0) {
        request_answer(s, slot);
        return SERVED;
    } else if (rc != -EAGAIN && rc != -EINTR && rc != -ECONNABORTED && !stopping) {
        log_warn("fcgi.accept", "error", strerror(-rc));
        usleep(10000);
    }
    return NOTHING;
}

static bool is_held(const struct server *s, const FCGX_Request *slot)
{
    size_t i = 0;

    while (i < s->held_count && s->held[i] != slot)
        i++;
    return i < s->held_count;
}

/* Answers the request that has let others go first for the longest. */
static void held_answer(struct server *s)
{
    FCGX_Request *slot = s->held[0];

    s->held_count--;
    for (size_t i = 0; i < s->held_count; i++)
        s->held[i] = s->held[i + 1];
    request_answer(s, slot);
}

static FCGX_Request *slot_free(struct server *s)
{
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (s->slots[i].ipcFd < 0)
            return &s->slots[i];
    return NULL;
}

/* Fills fds: every kept connection, and the listening socket while a slot is free.  Returns a free slot or
 * NULL. */
static FCGX_Request *queue_fill(struct server *s)
{
    FCGX_Request *free_slot = slot_free(s);

    s->open_count = 0;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        if (s->slots[i].ipcFd < 0 || is_held(s, &s->slots[i]))
            continue;
        s->fds[s->open_count] = (struct pollfd){ .fd = s->slots[i].ipcFd, .events = POLLIN };
        s->open[s->open_count++] = &s->slots[i];
    }
    s->fds[s->open_count] = (struct pollfd){ .fd = free_slot ? LISTEN_FD : -1, .events = POLLIN };
    return free_slot;
}

/* Waits until a request comes, a signal comes, waiting log lines must be written, or it is time for a sign of
 * life. */
static int wait_for_work(struct server *s, const sigset_t *waiting)
{
    const int log_ms = stopping || s->held_count > 0 ? 0 : log_due();
    const struct timespec limit = log_ms >= 0 ? (struct timespec){ 0, log_ms * 1000000L }
                                              : (struct timespec){ BEAT_S, 0 };

    metric_alive(METRIC_ALIVE_S);
    return ppoll(s->fds, s->open_count + 1, &limit, waiting);
}

/* Answers the first fresh connection that is neither refused (the next in the queue has waited less) nor lets
 * others go first. */
static enum served fresh_serve(struct server *s, FCGX_Request *slot)
{
    enum served came = REFUSED;

    while (!stopping && slot != NULL && (came == REFUSED || came == HELD)) {
        came = serve_one(s, slot, true);
        slot = came == HELD ? slot_free(s) : slot;
    }
    return came;
}

static void serve_turn(struct server *s, const sigset_t *waiting)
{
    FCGX_Request *free_slot = queue_fill(s);
    enum served came = NOTHING;
    int ready = wait_for_work(s, waiting);

    for (nfds_t i = 0; i < s->open_count && ready > 0; i++)
        if (s->fds[i].revents != 0)
            serve_one(s, s->open[i], false);
    if (ready > 0 && s->fds[s->open_count].revents != 0)
        came = fresh_serve(s, free_slot);
    if (came != SERVED && s->held_count > 0)
        held_answer(s);
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
    signals_set(&waiting);
    fcntl(LISTEN_FD, F_SETFL, fcntl(LISTEN_FD, F_GETFL) | O_NONBLOCK);
    if (FCGX_Init() != 0) {
        free(s);
        return EX_SOFTWARE;
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        FCGX_InitRequest(&s->slots[i], LISTEN_FD, FCGI_FAIL_ACCEPT_ON_INTR);
    log_batch();
    log_info("serve.start", "area", app->area->name);
    while (!stopping)
        serve_turn(s, &waiting);
    do
        serve_turn(s, &waiting);       /* answers requests that have arrived meanwhile */
    while (s->held_count > 0);
    for (size_t i = 0; i < CONNECTIONS; i++)
        FCGX_Free(&s->slots[i], 1);
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

static int usage_print(const struct area *ar)
{
    fprintf(stderr, "usage: %s.fcgi [--config FILE] | --routes\n"
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
    else if (argc != 1 && !(argc == 3 && streq(argv[1], "--config")))
        code = usage_print(ar);
    else
        code = serve_run(a, argc == 3 ? argv[2] : NULL, ar);
    arena_free(a);
    return code;
}
