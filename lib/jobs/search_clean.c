/* Drops from the indexes of names the words that no row has any more, and from the store's log what was deleted: nothing
 * of an erased person is left in the database's files.  Each step holds the writers' lock for some 15 ms at most beside
 * 1,000,000 packages (docs/search.md). */
#include <time.h>

#include "base/log.h"
#include "jobs/jobs.h"

#define STEP_PAGES 16            /* written by one step, but that all rows of one word are written at once */
#define PAUSE_MS 5               /* after each step: a writer that waits for the lock is not woken in time to get it
                                  * before this process takes it again */
#define RENEW_STEPS 16
#define ROUNDS 2                 /* the first may end a merge that was begun before; the second has all segments */
#define EMPTY_TRIES 50
#define EMPTY_WAIT_MS 20
#define READERS_WAIT_S 60

/* While an index is cleaned, no write of others merges its segments: one in 64 would do so with much of the work that
 * is left here.  Eight is the number of migration 0008. */
static const struct stmt packages_alone = STMT("clean_packages_alone", "",
    "INSERT INTO package_names (package_names, rank) VALUES ('automerge', 0)");
static const struct stmt packages_again = STMT("clean_packages_again", "",
    "INSERT INTO package_names (package_names, rank) VALUES ('automerge', 8)");
static const struct stmt packages_merge = STMT("clean_packages_merge", "i",
    "INSERT INTO package_names (package_names, rank) VALUES ('merge', $1)");
static const struct stmt people_alone = STMT("clean_people_alone", "",
    "INSERT INTO person_words (person_words, rank) VALUES ('automerge', 0)");
static const struct stmt people_again = STMT("clean_people_again", "",
    "INSERT INTO person_words (person_words, rank) VALUES ('automerge', 8)");
static const struct stmt people_merge = STMT("clean_people_merge", "i",
    "INSERT INTO person_words (person_words, rank) VALUES ('merge', $1)");
static const struct stmt total = STMT("clean_total", "", "SELECT total_changes()");
DB_REGISTER(&packages_alone, &packages_again, &packages_merge, &people_alone, &people_again, &people_merge, &total)

static const struct clean_index { const struct stmt *alone, *again, *merge; } indexes[] = {
    { &packages_alone, &packages_again, &packages_merge },
    { &people_alone, &people_again, &people_merge },
};

static void clean_pause(long ms)
{
    const struct timespec pause = { .tv_nsec = ms * 1000000L };

    nanosleep(&pause, NULL);
}

struct cleaning { const struct clean_index *index; int64_t pages; bool more; };

/* Merges segments by so many pages; a negative number first puts all segments together.  A step that had nothing to do
 * changes one row at most. */
static enum err clean_step_tx(struct db *db, void *arg)
{
    struct cleaning *x = arg;
    int64_t before = db_scalar(db, 0, &total), after;
    enum err e = db_exec(db, NULL, x->index->merge, x->pages);

    after = db_scalar(db, 0, &total);
    x->more = after - before >= 2;
    return e;
}

static enum err clean_alone_tx(struct db *db, void *arg)
{
    return db_exec(db, NULL, ((struct cleaning *)arg)->index->alone);
}

static enum err clean_again_tx(struct db *db, void *arg)
{
    return db_exec(db, NULL, ((struct cleaning *)arg)->index->again);
}

/* One round over an index: until all segments that were there when it began are one. */
static enum err clean_round(struct ctx *c, const struct job *j, struct cleaning *x, int *steps)
{
    enum err e = OK;

    x->pages = -STEP_PAGES;
    do {
        e = db_write_ahead(c->db, clean_step_tx, x);
        clean_pause(PAUSE_MS);
        x->pages = STEP_PAGES;
        if (e == OK && ++*steps % RENEW_STEPS == 0) {
            db_checkpoint(c->db);
            e = job_renew(c, j);
        }
    } while (e == OK && x->more);
    return e;
}

static enum err clean_index(struct ctx *c, const struct job *j, const struct clean_index *index, int *steps)
{
    struct cleaning x = { .index = index };
    enum err e = db_write(c->db, clean_alone_tx, &x), end;

    for (int i = 0; i < ROUNDS && e == OK; i++)
        e = clean_round(c, j, &x, steps);
    end = db_write(c->db, clean_again_tx, &x);
    return e != OK ? e : end;
}

/* Empties the store's log, which waits until nobody reads what is in it: pages keep a few milliseconds, a report
 * longer. */
static enum err clean_log(struct ctx *c)
{
    enum err e = db_empty_log(c->db);

    for (int i = 0; i < EMPTY_TRIES && e == E_BUSY; i++) {
        clean_pause(EMPTY_WAIT_MS);
        e = db_empty_log(c->db);
    }
    return e;
}

struct job_outcome search_clean_job(struct ctx *c, const struct job *j)
{
    int steps = 0;
    enum err e = OK;

    for (size_t i = 0; i < COUNT(indexes) && e == OK; i++)
        e = clean_index(c, j, &indexes[i], &steps);
    if (e != OK)
        return job_again("la base de datos no respondió");
    e = clean_log(c);
    if (e == E_BUSY)
        return (struct job_outcome){ .result = JOB_SNOOZE, .run_in = READERS_WAIT_S,
                                     .error = "otro programa lee todavía lo que se va a vaciar" };
    log_info("search.clean", "steps", NUM(steps));
    return e == OK ? job_done() : job_again("la base de datos no respondió");
}
