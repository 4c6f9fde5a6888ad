#include "app/lobby.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "metric/metric.h"

bool lobby_open(struct lobby *l, struct app *app, const volatile sig_atomic_t *closed)
{
    l->app = app;
    l->closed = closed;
    fcntl(LISTEN_FD, F_SETFL, fcntl(LISTEN_FD, F_GETFL) | O_NONBLOCK);
    return FCGX_Init() == 0;
}

void lobby_close(struct lobby *l)
{
    for (size_t i = 0; i < l->places; i++)
        FCGX_Free(&l->guests[i].fcgi, 1);
}

/* Finds a place that nobody has.  One beyond those that are looked at is made ready only then, so that the memory of
 * places that nobody ever had stays untouched; libfcgi holds nothing of a request that has no connection. */
static struct guest *place_free(struct lobby *l)
{
    size_t i = 0;

    while (i < l->places && l->guests[i].fcgi.ipcFd >= 0)
        i++;
    if (i == CONNECTIONS)
        return NULL;
    if (i == l->places)
        FCGX_InitRequest(&l->guests[l->places++].fcgi, LISTEN_FD, FCGI_FAIL_ACCEPT_ON_INTR);
    return &l->guests[i];
}

/* A parameter of the request by its name.  FCGX_GetParam finds the same, but compares the whole name with each of some
 * thirty parameters. */
const char *guest_param(void *self, const char *name)
{
    const struct guest *g = self;
    const size_t n = strlen(name);

    for (char **p = g->fcgi.envp; *p != NULL; p++)
        if (**p == *name && strncmp(*p, name, n) == 0 && (*p)[n] == '=')
            return *p + n + 1;
    return NULL;
}

static void guest_write(void *self, const char *p, size_t n)
{
    struct guest *g = self;

    guest_read_up(g);
    if (FCGX_PutStr(p, (int)n, g->fcgi.out) < 0)
        return;                  /* the client has gone */
}

/* The time at which nginx passed the request on, which REQUEST_AT has in seconds and three decimals; 0 for a request
 * from the shop's own address, which has none. */
static int64_t guest_passed_ms(struct guest *g)
{
    const char *at = guest_param(g, "REQUEST_AT");
    int64_t ms = 0;

    for (; at != NULL && *at != '\0'; at++)
        if (*at >= '0' && *at <= '9' && ms < INT64_MAX / 100)
            ms = ms * 10 + (*at - '0');
    return ms;
}

void guest_read_up(struct guest *g)
{
    if (!g->read_up)
        g->rest = FCGX_GetChar(g->fcgi.in) != EOF || FCGX_GetError(g->fcgi.in) != 0;
    g->read_up = true;
}

void guest_finish(struct guest *g)
{
    guest_read_up(g);
    FCGX_Finish_r(&g->fcgi);
    g->read_up = false;
    if (g->rest)
        FCGX_Free(&g->fcgi, 1);
}

static size_t patient_count(const struct lobby *l)
{
    size_t n = 0;

    for (size_t i = 0; i < l->places; i++)
        n += l->guests[i].waits && l->guests[i].rank == RANK_PATIENT;
    return n;
}

/* Refuses a request.  For one of many that let others go first nginx has the page. */
static void guest_refuse(struct lobby *l, struct guest *g, enum refusal why)
{
    l->waiting -= g->waits;
    g->waits = false;
    if (why == REFUSED_CROWDED)
        FCGX_PutS("X-Accel-Redirect: /_crowded\r\n\r\n", g->fcgi.out);
    else
        app_refuse(l->app, (struct source){ guest_param, NULL, g, 0, false }, (struct sink){ guest_write, NULL, g });
    guest_finish(g);
    shed_count(&l->shed, l->app->area->name, why, clock_now_ms());
}

/* Finds the guest's rank, and since when they wait. */
static void guest_judge(const struct lobby *l, struct guest *g)
{
    g->since_ms = guest_passed_ms(g);
    g->rank = RANK_USUAL;
    if (g->since_ms == 0) {
        g->since_ms = clock_now_ms();
        g->rank = RANK_OWN;
    } else if (l->app->area->lets_others_first != NULL
               && app_lets_others_first(l->app, (struct source){ guest_param, NULL, g, 0, false })) {
        g->rank = RANK_PATIENT;
    }
}

/* Reads the request that has come on this connection, or on a fresh one when it has none.  False if there was none;
 * otherwise the guest waits, or has been refused. */
static bool guest_enter(struct lobby *l, struct guest *g)
{
    int rc = FCGX_Accept_r(&g->fcgi);

    metric_alive(METRIC_ALIVE_S);
    if (rc != 0) {
        if (rc != -EAGAIN && rc != -EINTR && rc != -ECONNABORTED && !*l->closed) {
            log_warn("fcgi.accept", "error", strerror(-rc));
            usleep(10000);
        }
        return false;
    }
    guest_judge(l, g);
    if (g->rank == RANK_PATIENT && patient_count(l) == PATIENT_MOST) {
        guest_refuse(l, g, REFUSED_CROWDED);
    } else {
        g->waits = true;
        l->waiting++;
    }
    return true;
}

/* Lets fresh connections in until one waits who goes as all do; all of them when the queue is long, since then one of
 * the shop's own may be among them. */
static void fresh_enter(struct lobby *l)
{
    struct guest *g;

    while ((g = place_free(l)) != NULL && guest_enter(l, g)) {
        const int64_t now = clock_now_ms();

        if (g->waits && g->rank != RANK_PATIENT && !shed_stands(&l->shed, now)
            && !shed_is_long(&l->shed, now - g->since_ms))
            return;
    }
}

/* nginx has closed the connection: an answer would be for nobody. */
static void guest_leave(struct lobby *l, struct guest *g)
{
    l->waiting -= g->waits;
    g->waits = false;
    FCGX_Free(&g->fcgi, 1);
}

static bool guest_has_left(const struct guest *g)
{
    struct pollfd fd = { .fd = g->fcgi.ipcFd };

    return poll(&fd, 1, 0) == 1;
}

/* Refuses the requests of the usual rank that have waited longer than the limit.  Requests from the shop's own address
 * are never refused, and of those that let others go first no more than PATIENT_MOST were let in. */
static void late_refuse(struct lobby *l)
{
    const int64_t now = clock_now_ms(), limit = shed_limit(&l->shed, l->app->conf->shed_after_ms, now);

    for (size_t i = 0; i < l->places && l->waiting > 0; i++) {
        struct guest *g = &l->guests[i];
        const int64_t waited = now - g->since_ms;

        if (!g->waits || g->rank != RANK_USUAL || waited <= limit)
            continue;
        shed_met(&l->shed, waited, now);
        guest_refuse(l, g, REFUSED_LATE);
    }
}

/* Fills fds.  Of one who waits poll says only whether they have gone. */
static void fds_fill(struct lobby *l)
{
    const bool takes = !*l->closed && place_free(l) != NULL;

    while (l->places > 0 && l->guests[l->places - 1].fcgi.ipcFd < 0)
        l->places--;
    l->connected = 0;
    for (size_t i = 0; i < l->places; i++) {
        struct guest *g = &l->guests[i];

        if (g->fcgi.ipcFd < 0)
            continue;
        l->fds[l->connected] = (struct pollfd){ .fd = g->fcgi.ipcFd, .events = g->waits ? 0 : POLLIN };
        l->of[l->connected++] = g;
    }
    l->fds[l->connected] = (struct pollfd){ .fd = takes ? LISTEN_FD : -1, .events = POLLIN };
}

void lobby_wait(struct lobby *l, int limit_ms, const sigset_t *mask)
{
    const struct timespec limit = { limit_ms / 1000, limit_ms % 1000 * 1000000L };
    int ready;

    fds_fill(l);
    ready = ppoll(l->fds, l->connected + 1, &limit, mask);
    for (nfds_t i = 0; i < l->connected && ready > 0; i++)
        if (l->fds[i].revents & (POLLHUP | POLLERR))
            guest_leave(l, l->of[i]);
        else if (l->fds[i].revents != 0)
            guest_enter(l, l->of[i]);
    if (ready > 0 && l->fds[l->connected].revents != 0)
        fresh_enter(l);
    late_refuse(l);
}

static bool goes_before(const struct guest *a, const struct guest *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->since_ms < b->since_ms;
}

static struct guest *guest_first(struct lobby *l)
{
    struct guest *first = NULL;

    for (size_t i = 0; i < l->places && l->waiting > 0; i++)
        if (l->guests[i].waits && (first == NULL || goes_before(&l->guests[i], first)))
            first = &l->guests[i];
    return first;
}

struct guest *lobby_next(struct lobby *l)
{
    struct guest *next;

    while ((next = guest_first(l)) != NULL) {
        const int64_t now = clock_now_ms(), waited = now - next->since_ms;

        if (shed_is_long(&l->shed, waited) && guest_has_left(next)) {
            guest_leave(l, next);
            continue;
        }
        next->waits = false;
        l->waiting--;
        if (next->rank == RANK_USUAL)
            shed_met(&l->shed, waited, now);
        break;
    }
    return next;
}
