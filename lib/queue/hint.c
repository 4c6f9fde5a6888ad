#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "queue/hint.h"

#define SEND_MS 20
#define CONNECT_MS 200           /* who waits anyway is not in such a hurry */
#define LATE_MS 100              /* an answer to BLOCK may come so much later */
#define REST_S 1.0               /* after a failure Redis is left alone for so long */
#define QUEUES_MAX 8             /* queues that a slot listens to; a further one is looked at once a second */

struct hint {
    const struct conf *conf;
    redisContext *redis;
    double rest_until;
    double until;                /* the answer under way is whole by then, or Redis is too slow */
    bool owed;                   /* the answer to the last hint, which nobody has waited for */
    bool proven;                 /* this connection has been of use */
    bool said;                   /* one log line an outage */
};

static struct timeval ms_time(int ms)
{
    return (struct timeval){ .tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000 };
}

struct hint *hint_open(const struct conf *c)
{
    struct hint *h;

    if (is_blank(c->redis))
        return NULL;
    h = calloc(1, sizeof *h);
    if (h == NULL)
        abort();
    h->conf = c;
    signal(SIGPIPE, SIG_IGN);    /* a dead connection must not kill us */
    return h;
}

void hint_close(struct hint *h)
{
    if (h == NULL)
        return;
    if (h->redis != NULL)
        redisFree(h->redis);
    free(h);
}

static void drop(struct hint *h, const char *why, double rest)
{
    if (!h->said)
        log_warn("redis.away", "why", why);
    h->said = true;
    h->rest_until = clock_mono() + rest;
    h->proven = h->owed = false;
    if (h->redis != NULL)
        redisFree(h->redis);
    h->redis = NULL;
}

/* What a worker hears after FLUSHALL: its groups are gone. */
static bool is_flushed(const char *error)
{
    return has_prefix(error, "NOGROUP") || has_prefix(error, "UNBLOCKED");
}

/* A connection that was good may have been closed long ago: then Redis is asked anew
 * at once, and rests only if that fails too. */
static double rest_after(const struct hint *h)
{
    bool closed = h->redis->err == REDIS_ERR_EOF
        || (h->redis->err == REDIS_ERR_IO && (errno == EPIPE || errno == ECONNRESET));

    return closed && h->proven ? 0 : REST_S;
}

/* hiredis' own time-out is one of each read: an answer in small pieces would hold us
 * for ever. */
static bool more_to_read(const struct hint *h)
{
    struct pollfd p = { .fd = h->redis->fd, .events = POLLIN };
    int n;

    do {
        double left = (h->until - clock_mono()) * 1000;

        n = left > 0 ? poll(&p, 1, (int)left + 1) : 0;
    } while (n < 0 && errno == EINTR);
    return n > 0;
}

/* The whole answer in time, or NULL; no error in the context means too late. */
static redisReply *answer(struct hint *h)
{
    void *r = NULL;

    while (redisGetReplyFromReader(h->redis, &r) == REDIS_OK && r == NULL)
        if (!more_to_read(h) || redisBufferRead(h->redis) != REDIS_OK)
            return NULL;
    return r;
}

/* An answer that is no error; NULL leaves the connection closed. */
static redisReply *good_answer(struct hint *h)
{
    redisReply *r = answer(h);

    if (r == NULL) {
        drop(h, h->redis->err ? h->redis->errstr : "too slow", rest_after(h));
        return NULL;
    }
    if (r->type == REDIS_REPLY_ERROR && !has_prefix(r->str, "BUSYGROUP") && !is_flushed(r->str)) {
        drop(h, r->str, REST_S);
        freeReplyObject(r);
        return NULL;
    }
    h->proven = true;
    return r;
}

/* What came before is answered before. */
static bool settle(struct hint *h)
{
    redisReply *r;

    if (!h->owed)
        return true;
    h->owed = false;
    r = good_answer(h);
    freeReplyObject(r);
    return r != NULL;
}

static bool put(struct hint *h, int argc, const char **argv, const size_t *lens)
{
    int written = 0;

    if (redisAppendCommandArgv(h->redis, argc, argv, lens) == REDIS_OK)
        while (!written && redisBufferWrite(h->redis, &written) == REDIS_OK)
            ;
    if (!written)
        drop(h, h->redis->errstr, rest_after(h));
    return written;
}

/* A command and its answer. */
static redisReply *ask(struct hint *h, int argc, const char **argv, const size_t *lens)
{
    return settle(h) && put(h, argc, argv, lens) ? good_answer(h) : NULL;
}

static bool ask_done(struct hint *h, int argc, const char **argv)
{
    redisReply *r = ask(h, argc, argv, NULL);

    if (r == NULL)
        return false;
    freeReplyObject(r);
    return true;
}

/* For one command that has ms, the time to connect among them.  Time-outs are set again
 * for each use: a reconnect forgets them. */
static bool ready(struct hint *h, int ms)
{
    struct arena *a;
    const char *password;
    bool ok = true;
    int patience = ms < CONNECT_MS ? ms : CONNECT_MS;
    double start = clock_mono();

    if (h->redis == NULL) {
        if (clock_mono() < h->rest_until)
            return false;
        h->redis = redisConnectUnixWithTimeout(h->conf->redis, ms_time(patience));
        if (h->redis == NULL || h->redis->err) {
            drop(h, h->redis ? h->redis->errstr : "no memory", REST_S);
            return false;
        }
        redisSetTimeout(h->redis, ms_time(patience));
        h->until = start + patience / 1000.0;
        a = arena_new();
        password = secret_read(a, h->conf, "redis_password");
        if (password != NULL)
            ok = ask_done(h, 2, (const char *[]){ "AUTH", password });
        arena_free(a);
        h->proven = false;
        if (ok && h->said)
            log_info("redis.back");
        h->said = h->said && !ok;
    }
    if (!ok)
        return false;
    redisSetTimeout(h->redis, ms_time(ms));
    h->until = start + ms / 1000.0;
    return true;
}

void hint_send(struct hint *h, const char *queue, int64_t job_id)
{
    char key[64], id[24];
    int n = snprintf(key, sizeof key, "paq:q:%s", queue);

    if (h == NULL || n <= 0 || !ready(h, SEND_MS))
        return;
    snprintf(id, sizeof id, "%lld", (long long)job_id);
    /* The answer says nothing that could not be heard before the next hint. */
    if (settle(h))
        h->owed = put(h, 8, (const char *[]){ "XADD", key, "MAXLEN", "~", "256", "*", "j", id }, NULL);
}

static void groups_make(struct hint *h, const char *const *keys, size_t n)
{
    h->until = clock_mono() + CONNECT_MS / 1000.0;
    for (size_t i = 0; i < n && h->redis != NULL; i++)
        ask_done(h, 6, (const char *[]){ "XGROUP", "CREATE", keys[i], "w", "$", "MKSTREAM" });
}

/* Until Redis may be asked again, at most ms: it is back in use a second after it is
 * there, not two. */
static void sleep_away(const struct hint *h, int ms)
{
    double left = h == NULL ? ms : (h->rest_until - clock_mono()) * 1000 + 1;

    usleep((useconds_t)(left < 1 ? 1 : left < ms ? left : ms) * 1000);
}

bool hint_wait(struct hint *h, const char *const *queues, int ms)
{
    char keys[QUEUES_MAX][64], block[16], consumer[24];
    const char *names[QUEUES_MAX], *argv[12 + 2 * QUEUES_MAX];
    int argc = 0;
    size_t n = 0;
    redisReply *r;
    bool woken, missing;

    if (h == NULL || !ready(h, ms + LATE_MS)) {
        sleep_away(h, ms);
        return false;
    }
    for (; n < QUEUES_MAX && queues[n] != NULL; n++) {
        snprintf(keys[n], sizeof keys[n], "paq:q:%s", queues[n]);
        names[n] = keys[n];
    }
    snprintf(block, sizeof block, "%d", ms);
    snprintf(consumer, sizeof consumer, "%d", (int)getpid());
    const char *const head[] = { "XREADGROUP", "GROUP", "w", consumer, "COUNT", "1", "BLOCK", block,
                                 "NOACK", "STREAMS" };
    for (size_t i = 0; i < COUNT(head); i++)
        argv[argc++] = head[i];
    for (size_t i = 0; i < n; i++)
        argv[argc++] = names[i];
    for (size_t i = 0; i < n; i++)
        argv[argc++] = ">";
    r = ask(h, argc, argv, NULL);
    if (r == NULL)
        return false;
    missing = r->type == REDIS_REPLY_ERROR;
    woken = r->type == REDIS_REPLY_ARRAY;
    freeReplyObject(r);
    if (missing)                 /* flushed: make the groups again and look */
        groups_make(h, names, n);
    return woken || missing;
}

bool hint_ping(struct hint *h)
{
    return h != NULL && ready(h, 200) && ask_done(h, 1, (const char *[]){ "PING" });
}
