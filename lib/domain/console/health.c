#include <sys/stat.h>

#include "domain/console/texts.h"
#include "metric/metric.h"
#include "base/clock.h"
#include "base/room.h"
#include "base/texts.h"
#include "domain/console/areas.h"
#include "domain/console/health.h"
#include "domain/parcel/package_list.h"
#include "queue/doubt.h"
#include "queue/hint.h"
#include "store/db.h"

#define CRON_AWAY_S (15 * 60)    /* so long without a program of cron is told to an ADMIN */

/* A row of these statements has the gauge's label values, then its number. */
static const struct stmt packages = STMT("gauge_packages", "",
    "SELECT state, count(*) FROM packages GROUP BY state");
static const struct stmt shelf_days = STMT("gauge_shelf_days", "ii",
    "SELECT ($1 - received_at) / $2 AS days, count(*) FROM packages WHERE state = 'RECIBIDO' GROUP BY days");
static const struct stmt shelf = STMT("gauge_shelf", "",
    "SELECT 'free', coalesce(sum(capacity - used), 0) FROM positions"
    " WHERE is_active = 1 AND capacity IS NOT NULL"
    " UNION ALL SELECT 'taken', coalesce(sum(used), 0) FROM positions WHERE is_active = 1");
static const struct stmt cash_difference = STMT("gauge_cash_difference", "i",
    "SELECT 'over', coalesce(sum(max(counted - expected, 0)), 0) FROM cash_sessions WHERE closed_at > $1"
    " UNION ALL SELECT 'short', coalesce(sum(max(expected - counted, 0)), 0) FROM cash_sessions"
    " WHERE closed_at > $1");
static const struct stmt cash_open = STMT("gauge_cash_open", "i",
    "SELECT coalesce($1 - min(opened_at), 0) FROM cash_sessions WHERE closed_at IS NULL");
/* Jobs are counted by the indexes of waiting, running and finished ones. */
static const struct stmt jobs = STMT("gauge_jobs", "",
    "SELECT queue, 'ready', count(*) FROM jobs WHERE state = 'ready' GROUP BY queue"
    " UNION ALL SELECT queue, 'running', count(*) FROM jobs WHERE state = 'running' GROUP BY queue"
    " UNION ALL SELECT queue, state, count(*) FROM jobs WHERE finished_at IS NOT NULL GROUP BY queue, state");
static const struct stmt oldest = STMT("gauge_job_oldest", "i",
    "SELECT queue, $1 - min(run_at) FROM jobs WHERE state = 'ready' AND run_at <= $1 GROUP BY queue");
static const struct stmt outbox = STMT("gauge_outbox", "",
    "SELECT count(*) FROM notifications WHERE state IN ('queued', 'sending')");
static const struct stmt heartbeat = STMT("gauge_heartbeat", "",
    "SELECT coalesce(max(heartbeat_at), 0) FROM workers");
static const struct stmt cron = STMT("gauge_cron", "",
    "SELECT name, max(finished_at) FROM cron_ticks WHERE ok = 1 GROUP BY name");
static const struct stmt cron_last = STMT("cron_last", "",
    "SELECT coalesce(max(finished_at), 0) FROM cron_ticks WHERE ok = 1");
/* Judges by the newest tick of the program that runs each minute: pages ask. */
static const struct stmt cron_newest = STMT("cron_newest", "",
    "SELECT coalesce(finished_at, 0) FROM cron_ticks WHERE name = 'jobs-sweep' AND ok = 1 ORDER BY tick DESC LIMIT 1");
DB_REGISTER(&cron_last, &cron_newest, &packages, &shelf_days, &shelf, &cash_difference, &cash_open, &jobs, &oldest, &outbox, &heartbeat, &cron)

/* since: the instant that the statement takes, in seconds before now; NO_INSTANT: it takes none. */
#define NO_INSTANT (-1)
static const struct { enum metric metric; const struct stmt *stmt; int labels; int64_t since; } gauges[] = {
    { M_PACKAGES, &packages, 1, NO_INSTANT },
    { M_SHELF, &shelf, 1, NO_INSTANT },
    { M_CASH_DIFFERENCE, &cash_difference, 1, DAY_SECONDS },
    { M_CASH_OPEN, &cash_open, 0, 0 },
    { M_JOBS, &jobs, 2, NO_INSTANT },
    { M_JOB_OLDEST, &oldest, 1, 0 },
    { M_OUTBOX, &outbox, 0, NO_INSTANT },
    { M_CRON_SUCCESS, &cron, 1, NO_INSTANT },
};

static void gauge_row(struct buf *out, enum metric m, int labels, struct rows *q)
{
    double value = (double)db_int(q, labels);

    if (labels == 0)
        metric_gauge(out, m, value, NULL);
    else if (labels == 1)
        metric_gauge(out, m, value, db_text(q, 0), NULL);
    else
        metric_gauge(out, m, value, db_text(q, 0), db_text(q, 1), NULL);
}

static void gauges_write(struct ctx *c, struct buf *out)
{
    for (size_t i = 0; i < COUNT(gauges); i++) {
        struct rows q;
        enum err e = gauges[i].since == NO_INSTANT ? db_query(c->db, &q, gauges[i].stmt)
            : db_query(c->db, &q, gauges[i].stmt, c->now - gauges[i].since);

        metric_gauge_head(out, gauges[i].metric);
        if (e != OK)
            continue;            /* the store has logged it; the other figures still help */
        while (db_next(&q))
            gauge_row(out, gauges[i].metric, gauges[i].labels, &q);
        if (db_end(&q) != OK)
            continue;
    }
}

/* Writes how many packages lie on the shelf in each band of age that lists have; an empty band is 0. */
static void ages_write(struct ctx *c, struct buf *out)
{
    struct rows q;
    size_t bands = 0;
    int64_t *counts;

    metric_gauge_head(out, M_OVERDUE);
    if (db_query(c->db, &q, &shelf_days, c->now, (int64_t)DAY_SECONDS) != OK)
        return;
    while (age_band_names[bands].value != NULL)
        bands++;
    counts = arena_alloc(c->a, bands * sizeof *counts);
    while (db_next(&q)) {
        size_t i = 0;

        while (i + 1 < bands && db_int(&q, 0) > age_bands[i].to)
            i++;
        counts[i] += db_int(&q, 1);
    }
    if (db_end(&q) != OK)
        return;
    for (size_t i = 0; i < bands; i++)
        metric_gauge(out, M_OVERDUE, (double)counts[i], age_band_names[i].value, NULL);
}

static void gauge_write(struct buf *out, enum metric m, double value)
{
    metric_gauge_head(out, m);
    metric_gauge(out, m, value, NULL);
}

static void areas_write(struct ctx *c, struct buf *out)
{
    struct area_looks all;

    areas_look(c->a, c->conf, &all);
    metric_gauge_head(out, M_AREA_UP);
    for (size_t i = 0; i < all.n; i++)
        metric_gauge(out, M_AREA_UP, all.v[i].answers, all.v[i].name, NULL);
}

static double database_size(const struct conf *conf)
{
    struct stat st;

    return stat(conf->database, &st) == 0 ? (double)st.st_size : 0;
}

void health_metrics(struct ctx *c, struct buf *out)
{
    struct hint *h = hint_open(c->conf);

    metric_render(c->conf, out);
    if (c->db != NULL) {
        gauges_write(c, out);
        ages_write(c, out);
        gauge_write(out, M_WORKER_UP, health_worker_up(c));
        gauge_write(out, M_CRON_UP, health_cron_up(c));
    }
    areas_write(c, out);
    gauge_write(out, M_DB_SIZE, database_size(c->conf));
    gauge_write(out, M_REDIS_UP, h != NULL && hint_ping(h));
    metric_gauge_head(out, M_BUILD);
    metric_gauge(out, M_BUILD, 1, PAQUETERIA_VERSION, NULL);
    hint_close(h);
}

bool health_worker_up(struct ctx *c)
{
    return c->now - db_scalar(c->db, 0, &heartbeat) < WORKER_FRESH_S;
}

int64_t health_cron_last(struct ctx *c)
{
    return db_scalar(c->db, 0, &cron_last);
}

bool health_cron_up(struct ctx *c)
{
    return c->now - health_cron_last(c) < CRON_FRESH_S;
}

/* Whether what happens by the clock has ended: it did happen before, but not for a while. */
static bool cron_is_away(struct ctx *c)
{
    int64_t last = db_scalar(c->db, 0, &cron_newest);

    return last != 0 && c->now - last >= CRON_AWAY_S;
}

const struct text *health_warning(struct ctx *c)
{
    struct doubt d;

    if (!room_for_writes(c->conf))
        return T_DISK_LEAST;
    if (c->role < ROLE_ADMIN)
        return NULL;
    if (doubt_read(c, &d) == OK && d.to != 0)
        return T_CLOCK_DOUBTED;
    if (!health_worker_up(c))
        return T_WORKER_AWAY;
    if (cron_is_away(c))
        return T_CRON_AWAY;
    return room_for_files(c->conf) ? NULL : T_DISK_LOW;
}

bool health_ready(struct ctx *c, const char **area)
{
    *area = area_silent(c->a, c->conf);
    return *area == NULL && c->db != NULL && db_ping(c->db) == OK && room_for_writes(c->conf);
}
