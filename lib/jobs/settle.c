/* Settling of dead jobs.  A job can end without its handler: after too many crashes, when it expires, when an
 * administrator discards it.  Then its message, photo or document must not look as if it still waited. */
#include "base/clock.h"
#include "domain/parcel/document_void.h"
#include "jobs/jobs.h"

#define LATELY_S 60
#define AT_ONCE 500              /* jobs settled in one transaction */
#define ALL_S (7 * DAY_SECONDS)

static const struct stmt died = STMT("jobs_died", "i",
    "SELECT id, kind, args, last_error FROM jobs WHERE state IN ('dead', 'cancelled') AND finished_at >= $1"
    " ORDER BY finished_at DESC ");
static const struct stmt photo_lost = STMT("photo_lost", "is",
    "UPDATE package_files SET state = 'failed', error = $2 WHERE id = $1 AND state = 'pending'");
DB_REGISTER(&died, &photo_lost)

/* Marks the photo as failed.  The upload stays, so that the job can be tried again by hand. */
enum err photo_mourn(struct ctx *c, const struct job *j, const char *why)
{
    return db_exec(c->db, NULL, &photo_lost, job_arg(j, "file_id"), why);
}

enum err document_mourn(struct ctx *c, const struct job *j, const char *why)
{
    return document_lost_tx(c, job_arg(j, "document_id"), why);
}

static const struct { const char *kind; job_mourner *tell; } mourners[] = {
    { "sms.send", message_mourn },
    { "mail.send", message_mourn },
    { "photo.process", photo_mourn },
    { "document.build", document_mourn },
};

struct dead { struct job j; const char *why; };
struct job_settling { struct ctx *c; const struct dead *list; size_t n; };

static enum err settle_tx(struct db *db UNUSED, void *arg)
{
    struct job_settling *s = arg;
    enum err e = OK;

    for (size_t i = 0; i < s->n && e == OK; i++)
        for (size_t k = 0; k < COUNT(mourners) && e == OK; k++)
            if (streq(mourners[k].kind, s->list[i].j.kind))
                e = mourners[k].tell(s->c, &s->list[i].j, s->list[i].why);
    return e;
}

enum err jobs_settle(struct ctx *c, bool all)
{
    struct job_settling s = { .c = c };
    struct dead *list = NULL;
    size_t n = 0;
    struct rows q;
    enum err e = db_query(c->db, &q, &died, clock_now() - (all ? ALL_S : LATELY_S));

    if (e != OK)
        return e;
    while (db_next(&q)) {
        const char *why = db_dup(&q, 3, c->a);

        list = arena_more(c->a, list, n, sizeof *list);
        list[n++] = (struct dead){ { .id = db_int(&q, 0), .kind = db_dup(&q, 1, c->a),
            .args = db_dup(&q, 2, c->a) }, why ? why : "no se pudo hacer" };
    }
    e = db_end(&q);
    for (size_t at = 0; e == OK && at < n; at += AT_ONCE) {
        s.list = list + at;
        s.n = n - at < AT_ONCE ? n - at : AT_ONCE;
        e = db_write(c->db, settle_tx, &s);
    }
    return e;
}

enum err jobs_reap(struct ctx *c, int *moved)
{
    enum err e;

    *moved = 0;
    c->now = clock_now();
    e = job_mend_clock(c, message_clock_back);
    return e != OK ? e : job_reap(c, moved);
}
