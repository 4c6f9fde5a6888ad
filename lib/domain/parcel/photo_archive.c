/* Photos that were made before there was an archive, or whose archive job died, each get a job. */
#include "domain/ground/tx.h"
#include "domain/parcel/photo.h"
#include "queue/job.h"

#define AT_ONCE 500              /* files a transaction */

static const struct stmt unarchived = STMT("files_unarchived", "ii",
    "SELECT id, package_id FROM package_files WHERE state = 'ready' AND archived_at IS NULL"
    " AND purge_at IS NULL AND id > $1 ORDER BY id LIMIT $2");
static const struct stmt under_way = STMT("file_under_way", "s",
    "SELECT count(*) FROM jobs WHERE unique_key = $1 AND state IN ('ready', 'running')");
static const struct stmt over = STMT("file_archive_over", "s",
    "UPDATE jobs SET unique_key = NULL WHERE unique_key = $1 AND state NOT IN ('ready', 'running')");
DB_REGISTER(&unarchived, &under_way, &over)

struct archive_batch {
    struct ctx *c;
    int64_t after;               /* id of the last file of the archive batch before */
    int64_t last, made;          /* last: id of its last file; made: jobs it queued */
    bool more;
};

static enum err archive_add_tx(struct archive_batch *b, int64_t file, int64_t package)
{
    struct ctx *c = b->c;
    const char *key = arena_printf(c->a, "file.archive:%lld", (long long)file);
    enum err e;

    if (db_scalar(c->db, 0, &under_way, key) != 0)
        return OK;
    e = db_exec(c->db, NULL, &over, key);
    if (e == OK)
        e = job_add_tx(c, &(struct job_new){ .kind = "file.archive", .unique_key = key, .package_id = package,
                                             .about = file }, NULL);
    b->made += e == OK;
    return e;
}

static enum err archive_batch_tx(struct db *db, void *arg)
{
    struct archive_batch *b = arg;
    struct { int64_t file, package; } *list = arena_alloc(b->c->a, AT_ONCE * sizeof *list);
    struct rows q;
    int n = 0;
    enum err e = db_query(db, &q, &unarchived, b->after, (int64_t)AT_ONCE);

    if (e != OK)
        return e;
    for (; n < AT_ONCE && db_next(&q); n++) {
        list[n].file = db_int(&q, 0);
        list[n].package = db_int(&q, 1);
    }
    e = db_end(&q);
    b->made = 0;
    for (int i = 0; i < n && e == OK; i++)
        e = archive_add_tx(b, list[i].file, list[i].package);
    b->more = n == AT_ONCE;
    b->last = n > 0 ? list[n - 1].file : b->after;
    return e;
}

enum err package_files_archive(struct ctx *c, int64_t *made)
{
    struct archive_batch b = { .c = c, .more = true };
    enum err e = OK;

    *made = 0;
    while (e == OK && b.more) {
        e = domain_write(c, archive_batch_tx, &b);
        if (e == OK)
            *made += b.made;
        b.after = b.last;
    }
    return e;
}
