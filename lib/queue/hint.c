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

#define SEND_MS 20               /* a request must not wait longer for Redis */
#define CONNECT_MS 200           /* hint_wait, which waits anyway, may take so long to connect */
#define LATE_MS 100              /* the answer to BLOCK may come so much after its time */
#define REST_S 1.0               /* after a failure Redis is left alone for so long */
#define QUEUES_MAX 8             /* queues that a slot can listen to; others are looked into once a second */

struct hint {
    const struct conf *conf;
    redisContext *redis;
    double rest_until;           /* Redis is not asked before; instants are of clock_mono() */
    double until;                /* when the answer must have come; later counts as a failure */
    bool owed;                   /* the answer to the last XADD has not been read yet */
    bool proven;                 /* this connection has given a good answer */
    bool said;                   /* the outage has been logged: there is one line for each */
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
    signal(SIGPIPE, SIG_IGN);    /* writing to a dead connection must not kill the process */
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

static void redis_drop(struct hint *h, const char *why, double rest)
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

/* Whether the error means that the groups of the streams are gone, as after FLUSHALL. */
static bool is_flushed(const char *error)
{
    return has_prefix(error, "NOGROUP") || has_prefix(error, "UNBLOCKED");
}

/* Seconds to leave Redis alone after an error.  A connection that once worked may have been closed long ago,
 * while it was idle: then 0, so that the next use connects at once, and Redis rests only if that fails
 * too. */
static double rest_after(const struct hint *h)
{
    bool closed = h->redis->err == REDIS_ERR_EOF
        || (h->redis->err == REDIS_ERR_IO && (errno == EPIPE || errno == ECONNRESET));

    return closed && h->proven ? 0 : REST_S;
}

/* Waits for more of the answer, at most until h->until.  hiredis' own time-out is for each read: an answer that
 * comes in small pieces would never end. */
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

/* Reads an answer; NULL when it did not come whole in time (then hiredis' context has no error) or failed. */
static redisReply *answer_read(struct hint *h)
{
    void *r = NULL;

    while (redisGetReplyFromReader(h->redis, &r) == REDIS_OK && r == NULL)
        if (!more_to_read(h) || redisBufferRead(h->redis) != REDIS_OK)
            return NULL;
    return r;
}

/* Reads an answer; NULL, and the connection closed, when none came or it is an error.  Errors about the
 * groups of a stream are returned: they are for the caller. */
static redisReply *answer_good(struct hint *h)
{
    redisReply *r = answer_read(h);

    if (r == NULL) {
        redis_drop(h, h->redis->err ? h->redis->errstr : "too slow", rest_after(h));
        return NULL;
    }
    if (r->type == REDIS_REPLY_ERROR && !has_prefix(r->str, "BUSYGROUP") && !is_flushed(r->str)) {
        redis_drop(h, r->str, REST_S);
        freeReplyObject(r);
        return NULL;
    }
    h->proven = true;
    return r;
}

/* Reads the answer to the last XADD if it has not been read yet: answers come in the order of commands. */
static bool owed_read(struct hint *h)
{
    redisReply *r;

    if (!h->owed)
        return true;
    h->owed = false;
    r = answer_good(h);
    freeReplyObject(r);
    return r != NULL;
}

static bool command_put(struct hint *h, int argc, const char **argv, const size_t *lens)
{
    int written = 0;

    if (redisAppendCommandArgv(h->redis, argc, argv, lens) == REDIS_OK)
        while (!written && redisBufferWrite(h->redis, &written) == REDIS_OK)
            ;
    if (!written)
        redis_drop(h, h->redis->errstr, rest_after(h));
    return written;
}

/* Sends a command and returns its answer, to be freed; NULL when Redis failed. */
static redisReply *redis_ask(struct hint *h, int argc, const char **argv, const size_t *lens)
{
    return owed_read(h) && command_put(h, argc, argv, lens) ? answer_good(h) : NULL;
}

static bool ask_done(struct hint *h, int argc, const char **argv)
{
    redisReply *r = redis_ask(h, argc, argv, NULL);

    if (r == NULL)
        return false;
    freeReplyObject(r);
    return true;
}

/* Connects if need be, and sets the time-out of the command that follows: it has ms in all, with the time to
 * connect.  Time-outs are set for each command since a new connection does not know them. */
static bool redis_ready(struct hint *h, int ms)
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
            redis_drop(h, h->redis ? h->redis->errstr : "no memory", REST_S);
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

    if (h == NULL || n <= 0 || !redis_ready(h, SEND_MS))
        return;
    snprintf(id, sizeof id, "%lld", (long long)job_id);
    /* The answer to XADD is not waited for: it is read before the next command. */
    if (owed_read(h))
        h->owed = command_put(h, 8, (const char *[]){ "XADD", key, "MAXLEN", "~", "256", "*", "j", id }, NULL);
}

static void groups_make(struct hint *h, const char *const *keys, size_t n)
{
    h->until = clock_mono() + CONNECT_MS / 1000.0;
    for (size_t i = 0; i < n && h->redis != NULL; i++)
        ask_done(h, 6, (const char *[]){ "XGROUP", "CREATE", keys[i], "w", "$", "MKSTREAM" });
}

/* Sleeps until Redis may be asked again, at most ms: so a Redis that is back is used within a second, not
 * two. */
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

    if (h == NULL || !redis_ready(h, ms + LATE_MS)) {
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
    r = redis_ask(h, argc, argv, NULL);
    if (r == NULL)
        return false;
    missing = r->type == REDIS_REPLY_ERROR;
    woken = r->type == REDIS_REPLY_ARRAY;
    freeReplyObject(r);
    if (missing)                 /* Redis was flushed: the caller looks, since a hint may have been lost */
        groups_make(h, names, n);
    return woken || missing;
}

bool hint_ping(struct hint *h)
{
    return h != NULL && redis_ready(h, 200) && ask_done(h, 1, (const char *[]){ "PING" });
}
