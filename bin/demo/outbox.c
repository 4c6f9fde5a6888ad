/* Outbox: messages of past days are marked as sent, since a worker would find it too late to send them.  A few
 * are marked as failed or doubtful, to show what that looks like. */
#include "bin/demo/shop.h"

#include "store/db.h"

#define LIVE_S 3600              /* messages younger than this many seconds are left for the worker to send */

static const struct stmt sent = STMT("demo_sent", "i",
    "UPDATE notifications SET state = CASE channel WHEN 'sms' THEN 'delivered' ELSE 'sent' END, sent_at = not_before, attempts = 1,"
    " sending_at = not_before, parts = CASE channel WHEN 'sms' THEN 1 END, cost = CASE channel WHEN 'sms' THEN 25 END"
    " WHERE state = 'queued' AND created_at < $1");
static const struct stmt done = STMT("demo_done", "i",
    "UPDATE jobs SET state = 'done', attempt = 1, started_at = run_at, finished_at = run_at"
    " WHERE state = 'ready' AND created_at < $1 AND kind <> 'photo.process'");
static const struct stmt returned = STMT("demo_mail_returned", "i",
    "UPDATE notifications SET state = 'failed', sent_at = NULL, error = '550 5.1.1: el buzón no existe' WHERE id IN"
    " (SELECT id FROM notifications WHERE channel = 'email' AND state = 'sent' AND created_at < $1 AND customer_id IS NOT NULL"
    " ORDER BY id DESC LIMIT 2 OFFSET 3)");
static const struct stmt dead = STMT("demo_mail_dead", "",
    "UPDATE jobs SET state = 'dead', last_error = '550 5.1.1: el buzón no existe' WHERE state = 'done' AND id IN"
    " (SELECT job_id FROM notifications WHERE state = 'failed')");
static const struct stmt attempts = STMT("demo_mail_attempts", "",
    "INSERT INTO job_attempts (job_id, attempt, worker, started_at, finished_at, outcome, error)"
    " SELECT id, 1, 'demo', started_at, finished_at, 'error', last_error FROM jobs WHERE state = 'dead' AND started_at IS NOT NULL"
    " AND id IN (SELECT job_id FROM notifications WHERE state = 'failed')");
static const struct stmt doubtful = STMT("demo_sms_doubtful", "i",
    "UPDATE notifications SET state = 'unknown', sent_at = NULL, cost = NULL, error = 'el proveedor no contestó; no se sabe si salió'"
    " WHERE id = (SELECT max(id) FROM notifications WHERE channel = 'sms' AND state = 'delivered' AND created_at < $1 - 7200)");
DB_REGISTER(&sent, &done, &returned, &dead, &attempts, &doubtful)

static enum err settle_tx(struct db *db, void *arg)
{
    const int64_t before = *(const int64_t *)arg;
    enum err e = db_exec(db, NULL, &sent, before);

    if (e == OK)
        e = db_exec(db, NULL, &done, before);
    if (e == OK)
        e = db_exec(db, NULL, &returned, before);
    if (e == OK)
        e = db_exec(db, NULL, &dead);
    if (e == OK)
        e = db_exec(db, NULL, &attempts);
    return e != OK ? e : db_exec(db, NULL, &doubtful, before);
}

enum err outbox_settle(struct shop *s)
{
    int64_t before = s->now - LIVE_S;

    return db_write(s->c->db, settle_tx, &before);
}
