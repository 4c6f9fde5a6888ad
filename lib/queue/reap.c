/* Taking back jobs of dead workers.  A worker holds a file lock, which the kernel releases when the worker
 * dies. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/random.h"
#include "queue/doubt.h"
#include "queue/job.h"
#include "queue/kept.h"
#include "queue/queue.h"
#include "queue/settle.h"

#define LOCK_BEFORE "worker."    /* the lock of worker x is worker.x.lock */
#define LOCK_AFTER ".lock"
#define REAP_BATCH 100
#define EXPIRE_BATCH 200         /* most jobs that expire at once, so that a transaction is short; the keeper
                                  * comes again after a second */
#define OPEN_TRIES 20
#define EXPIRED "venció sin ejecutarse"

static const struct stmt running = STMT("jobs_running", "",
    "SELECT id, attempt, max_attempts, worker, host, boot_id, lease_until, lease_wall, crashes, kind,"
    " args, queue"
    " FROM jobs WHERE state = 'running'");
static const struct stmt has_job = STMT("worker_has_job", "s",
    "SELECT count(*) FROM jobs WHERE state = 'running' AND worker = $1");
static const struct stmt take_back = STMT("job_take_back", "iissisi",
    "UPDATE jobs SET state = $4, run_at = $5, last_error = $6, crashes = crashes + 1, worker = NULL,"
    " lease_until = NULL, lease_wall = NULL, finished_at = CASE WHEN $4 = 'dead' THEN $7 END"
    " WHERE id = $1 AND state = 'running' AND attempt = $2 AND worker = $3");
static const struct stmt attempt_lost = STMT("attempt_lost", "iiis",
    "UPDATE job_attempts SET finished_at = $3, outcome = $4 WHERE job_id = $1 AND attempt = $2"
    " AND outcome IS NULL");
static const struct stmt expire = STMT("jobs_expire", "ii",
    "UPDATE jobs SET state = 'dead', last_error = '" EXPIRED "', error_class = 'expired',"
    " finished_at = $1 WHERE id IN (SELECT id FROM jobs WHERE state = 'ready' AND expires_at <= $1 LIMIT $2)"
    " RETURNING kind, args");
static const struct stmt some_expired = STMT("jobs_some_expired", "i",
    "SELECT 1 FROM jobs WHERE state = 'ready' AND expires_at <= $1 LIMIT 1");
static const struct stmt beat = STMT("worker_beat", "ssiiIii",
    "INSERT INTO workers (name, host, pid, slot, job_id, since, heartbeat_at, rss_kb)"
    " VALUES ($1, $2, $3, $4, $5, $6, $6, $7) ON CONFLICT (name) DO UPDATE SET job_id = $5,"
    " since = CASE WHEN workers.job_id IS $5 THEN workers.since ELSE $6 END, heartbeat_at = $6,"
    " rss_kb = $7");
static const struct stmt forget = STMT("workers_forget", "i",
    "DELETE FROM workers WHERE heartbeat_at < $1");
DB_REGISTER(&has_job, &running, &take_back, &attempt_lost, &expire, &some_expired, &beat, &forget)

static char *first_line(struct arena *a, const char *path)
{
    char line[128] = "";
    FILE *in = fopen(path, "re");

    if (in != NULL) {
        if (fgets(line, sizeof line, in) == NULL)
            line[0] = '\0';
        fclose(in);
    }
    line[strcspn(line, "\n")] = '\0';
    return arena_strdup(a, line);
}

static const char *lock_path(struct arena *a, const struct conf *c, const char *name)
{
    return arena_printf(a, "%s/" LOCK_BEFORE "%s" LOCK_AFTER, c->run_dir, name);
}

const char *queue_host(struct arena *a, const struct conf *c)
{
    const char *machine = first_line(a, "/etc/machine-id"), *path, *fresh;
    FILE *out;
    int fd;

    if (*machine != '\0')
        return machine;
    path = arena_printf(a, "%s/host.id", c->run_dir);
    fresh = arena_printf(a, "%s.%d", path, (int)getpid());
    fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (out != NULL) {
        bool written = fprintf(out, "%s\n", random_text(a, ALPHABET_BASE62, 32)) > 0;

        written = fclose(out) == 0 && written;           /* on a full disk there is no id rather than an empty one */
        if (!written || (link(fresh, path) != 0 && errno != EEXIST))   /* EEXIST: the id of who was first stays */
            log_warn("worker.host", "error", strerror(errno));
        unlink(fresh);
    }
    return first_line(a, path);
}

const char *queue_boot(struct arena *a, const struct conf *c)
{
    return first_line(a, c->boot_id_file);
}

/* Takes the worker's lock.  It counts only if the locked file is still the one of that name: a reaper may have
 * unlinked it between open and flock. */
static bool lock_hold(struct worker *w, const char *path)
{
    for (int i = 0; i < OPEN_TRIES; i++) {
        w->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
        if (w->lock < 0)
            return false;
        if (flock(w->lock, LOCK_EX | LOCK_NB) == 0 && file_is_at(w->lock, path))
            return true;
        close(w->lock);
        usleep(5000);
    }
    return false;
}

bool worker_open(struct worker *w, struct arena *a, const struct conf *c, int slot)
{
    const char *name = arena_printf(a, "%d.%d.%s", slot, (int)getpid(),
                                    random_text(a, ALPHABET_BASE62, 6));

    *w = (struct worker){ .name = name, .host = queue_host(a, c),
                          .boot_id = queue_boot(a, c), .slot = slot, .slots = c->worker_slots };
    if (!lock_hold(w, lock_path(a, c, name)))
        return false;
    w->page = kept_open(lock_path(a, c, name));
    return true;
}

void worker_close(struct worker *w, const struct conf *c)
{
    struct arena *a = arena_new();

    unlink(lock_path(a, c, w->name));
    kept_close(w->page);
    close(w->lock);
    arena_free(a);
}

/* The new file is locked before it has its name, so that no reaper finds it free. */
static bool lock_renew(struct worker *w, struct arena *a, const char *path)
{
    const char *fresh = arena_printf(a, "%s.%d", path, (int)getpid());
    int fd = open(fresh, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && rename(fresh, path) == 0) {
        char *page = kept_open(path);

        kept_move(page, w->page);
        w->page = page;
        close(w->lock);
        w->lock = fd;
        return true;
    }
    if (fd >= 0)
        close(fd);
    return false;
}

void worker_watch(struct worker *w, const struct conf *c)
{
    struct arena *a = arena_new();
    const char *path = lock_path(a, c, w->name);
    bool gone = !file_is_at(w->lock, path), unlocked = gone && !lock_renew(w, a, path);

    if (unlocked && !w->unlocked)
        log_error("worker.lock_gone", "slot", NUM(w->slot), "error", strerror(errno));
    else if (gone && !unlocked)
        log_warn("worker.lock_gone", "slot", NUM(w->slot), "why", "somebody removed its file; it is made anew");
    w->unlocked = unlocked;
    if (w->page == NULL)
        w->page = kept_open(path);
    arena_free(a);
}

/* Whether a worker is dead: its lock can be taken.  A lock whose file is gone, since somebody cleaned the folder,
 * says nothing: then the lease decides. */
static bool worker_dead(struct ctx *c, const char *name)
{
    int fd = open(lock_path(c->a, c->conf, name), O_RDWR | O_CLOEXEC);
    bool dead = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;

    if (fd >= 0)
        close(fd);
    return dead;
}

/* Whether the worker of that name has kept something of this attempt; it is read into k. */
static bool worker_kept(struct ctx *c, const char *name, int64_t id, int64_t attempt, struct kept *k)
{
    return kept_read(c, lock_path(c->a, c->conf, name), k) && k->job == id && k->attempt == attempt;
}

/* Name of the worker whose lock's file is called so; NULL if it is another file. */
static const char *lock_worker(struct arena *a, const char *file)
{
    const char *dot = strrchr(file, '.');

    if (!has_prefix(file, LOCK_BEFORE) || !streq(dot, LOCK_AFTER) || dot < file + strlen(LOCK_BEFORE))
        return NULL;
    return arena_strndup(a, file + strlen(LOCK_BEFORE), (size_t)(dot - file) - strlen(LOCK_BEFORE));
}

void workers_sweep(struct ctx *c)
{
    DIR *dir = opendir(c->conf->run_dir);
    const struct dirent *e;

    while (dir != NULL && (e = readdir(dir)) != NULL) {
        const char *name = lock_worker(c->a, e->d_name);

        if (name != NULL && worker_dead(c, name) && db_scalar(c->db, 1, &has_job, name) == 0)
            unlink(lock_path(c->a, c->conf, name));
    }
    if (dir != NULL)
        closedir(dir);
}

struct lost {
    struct job j;
    const char *why;
    bool ended;                  /* the worker kept the outcome o, which is to be written */
    struct job_outcome o;
};

static const char *why_lost(struct ctx *c, struct rows *q, const char *host, const char *boot)
{
    bool here = streq(db_text(q, 4), host);
    struct kept k;

    if (here && !streq(db_text(q, 5), boot))
        return "crashed";
    if (here && worker_dead(c, db_text(q, 3)))
        return "crashed";
    if (here ? db_int(q, 6) >= clock_boot_ms() : db_int(q, 7) >= c->now)
        return NULL;
    return here && worker_kept(c, db_text(q, 3), db_int(q, 0), db_int(q, 1), &k) ? NULL : "timeout";
}

/* Looks for the outcome that a dead worker kept of its last job. */
static void lost_outcome(struct ctx *c, job_restorer *restore, struct lost *l)
{
    struct kept k;

    if (!streq(l->why, "crashed") || !worker_kept(c, l->j.worker, l->j.id, l->j.attempt, &k) || !k.whole)
        return;
    l->o = k.o;
    l->ended = k.memo == NULL || (restore != NULL && restore(c, k.memo, &l->o));
}

static enum err lost_read(struct ctx *c, struct lost *list, size_t *n)
{
    const char *host = queue_host(c->a, c->conf), *boot = queue_boot(c->a, c->conf);
    struct rows q;
    enum err e = db_query(c->db, &q, &running);

    if (e != OK)
        return e;
    while (*n < REAP_BATCH && db_next(&q)) {
        const char *why = why_lost(c, &q, host, boot);

        if (why != NULL)
            list[(*n)++] = (struct lost){ .why = why, .j = { .id = db_int(&q, 0), .attempt = db_int(&q, 1),
                .max_attempts = db_int(&q, 2), .crashes = db_int(&q, 8), .worker = db_dup(&q, 3, c->a),
                .kind = db_dup(&q, 9, c->a), .args = db_dup(&q, 10, c->a), .queue = db_dup(&q, 11, c->a) } };
    }
    return db_end(&q);
}

struct reaping { struct ctx *c; struct lost list[REAP_BATCH]; size_t n; int moved, ended; bool expired; };

static enum err expire_tx(struct reaping *r)
{
    struct ctx *c = r->c;
    struct job list[EXPIRE_BATCH];
    size_t n = 0;
    struct rows q;
    enum err e = db_query(c->db, &q, &expire, c->now, (int64_t)EXPIRE_BATCH);

    if (e != OK)
        return e;
    for (; db_next(&q); n++) {   /* to the end: rows that were not read are not changed */
        assert(n < COUNT(list));
        list[n] = (struct job){ .kind = db_dup(&q, 0, c->a), .args = db_dup(&q, 1, c->a) };
    }
    e = db_end(&q);
    for (size_t i = 0; i < n && e == OK; i++)
        e = job_settle_tx(c, list[i].kind, list[i].args, JOB_DIED, EXPIRED);
    r->moved += (int)n;
    return e;
}

static enum err take_back_tx(struct reaping *r, const struct lost *l)
{
    struct ctx *c = r->c;
    const char *why = streq(l->why, "crashed") ? "el proceso murió" : "pasó su tiempo";
    bool dead = l->j.attempt >= l->j.max_attempts;
    int64_t changed = 0;
    enum err e = db_exec(c->db, &changed, &take_back, l->j.id, l->j.attempt, l->j.worker, dead ? "dead" : "ready",
                         c->now + job_crash_wait(&l->j), why, c->now);

    if (e != OK || changed != 1)
        return e;
    r->moved++;
    e = db_exec(c->db, NULL, &attempt_lost, l->j.id, l->j.attempt, c->now, l->why);
    return e == OK && dead ? job_settle_tx(c, l->j.kind, l->j.args, JOB_DIED, why) : e;
}

static enum err reap_tx(struct db *db UNUSED, void *arg)
{
    struct reaping *r = arg;
    enum err e;

    r->moved = 0;
    e = r->expired ? expire_tx(r) : OK;
    for (size_t i = 0; i < r->n && e == OK; i++)
        e = take_back_tx(r, &r->list[i]);
    return e;
}

/* Removes the lock file of a dead worker: not before its job is settled, since the file shows that it is dead. */
static void lost_forget(struct ctx *c, const struct lost *l)
{
    unlink(lock_path(c->a, c->conf, l->j.worker));
}

/* Writes the outcomes that dead workers kept.  What cannot be written now stays for the next time; what the store
 * refuses is taken back as any other job of the dead. */
static void outcomes_write(struct reaping *r)
{
    size_t left = 0;

    for (size_t i = 0; i < r->n; i++) {
        const struct lost *l = &r->list[i];
        struct worker dead = { .name = l->j.worker };
        enum err e = l->ended ? job_finish(r->c, &dead, &l->j, &l->o, NULL) : E_INTERNAL;

        if (e == OK || e == E_CONFLICT)
            lost_forget(r->c, l);
        else if (!l->ended || (e != E_FULL && e != E_BUSY))
            r->list[left++] = *l;
        if (e == OK) {
            r->ended++;
            log_warn("job.ended_after_death", "kind", l->j.kind, "job", NUM(l->j.id), "result",
                     job_result_name(l->o.result));
        }
    }
    r->n = left;
}

enum err job_reap(struct ctx *c, job_restorer *restore, int *moved)
{
    struct reaping r = { .c = c };
    bool doubted = doubt_look(c);
    int64_t some = 0;
    enum err e = lost_read(c, r.list, &r.n);

    *moved = 0;
    if (e == OK && !doubted)
        e = db_value(c->db, &some, &some_expired, c->now);
    if (e != OK && e != E_NOT_FOUND)
        return e;
    r.expired = some != 0;
    for (size_t i = 0; i < r.n; i++)
        lost_outcome(c, restore, &r.list[i]);
    outcomes_write(&r);
    *moved = r.ended;
    if (r.n == 0 && !r.expired)
        return OK;
    e = db_write(c->db, reap_tx, &r);
    *moved += r.moved;
    for (size_t i = 0; e == OK && i < r.n; i++)
        if (streq(r.list[i].why, "crashed"))
            lost_forget(c, &r.list[i]);
    if (e == OK)
        log_warn("job.reaped", "jobs", NUM(r.moved));
    return e;
}

static int64_t rss_kb(void)
{
    long pages = 0;
    FILE *in = fopen("/proc/self/statm", "re");

    if (in != NULL) {
        if (fscanf(in, "%*s %ld", &pages) != 1)
            pages = 0;
        fclose(in);
    }
    return (int64_t)pages * (sysconf(_SC_PAGESIZE) / 1024);
}

struct heart { struct ctx *c; const struct worker *w; int64_t job_id; };

static enum err beat_tx(struct db *db, void *arg)
{
    struct heart *h = arg;
    int64_t now = clock_now();
    enum err e = db_exec(db, NULL, &beat, h->w->name, h->w->host, (int64_t)getpid(), (int64_t)h->w->slot,
                         h->job_id, now, rss_kb());

    return e != OK ? e : db_exec(db, NULL, &forget, now - 120);
}

enum err worker_beat(struct ctx *c, const struct worker *w, int64_t job_id)
{
    struct heart h = { c, w, job_id };

    return db_write_ahead(c->db, beat_tx, &h);
}
