#include "jobs/file_orphans.h"

#include "base/clock.h"
#include "queue/doubt.h"
#include "storage/storage.h"
#include "store/db.h"

static const struct stmt photo_has = STMT("orphan_photo_has", "is",
    "SELECT count(*) FROM package_files WHERE package_id = $1 AND $2 IN (storage_key, thumbnail_key)");
/* A photo of a hand-over may have moved to another parcel of it.  This search has no index, so it is made
 * only when photo_has finds nothing. */
static const struct stmt any_photo_has = STMT("orphan_any_photo_has", "s",
    "SELECT count(*) FROM package_files WHERE $1 IN (storage_key, thumbnail_key)");
static const struct stmt document_has = STMT("orphan_document_has", "s",
    "SELECT count(*) FROM documents WHERE storage_key = $1");
static const struct stmt export_has = STMT("orphan_export_has", "s",
    "SELECT count(*) FROM customer_exports WHERE storage_key = $1");
DB_REGISTER(&photo_has, &any_photo_has, &document_has, &export_has)

static const struct field orphan_rows[] = {
    FIELD(struct orphan, key, F_TEXT, "Archivo"), FIELD(struct orphan, size, F_INT, "Bytes"),
    FIELD(struct orphan, changed_at, F_INSTANT, "Del"),
};
const struct fields orphan_fields = FIELDS(orphan_rows);

struct search { struct ctx *c; struct orphans *out; };

/* Adds a file to the orphans if no row knows it.  A search that fails counts as found. */
static void orphan_look(void *arg, const struct disk_file *f)
{
    struct search *s = arg;
    struct orphans *out = s->out;

    if (db_scalar(s->c->db, 1, &photo_has, f->number, f->key) != 0
        || db_scalar(s->c->db, 1, &document_has, f->key) != 0 || db_scalar(s->c->db, 1, &export_has, f->key) != 0
        || db_scalar(s->c->db, 1, &any_photo_has, f->key) != 0)
        return;
    out->v = arena_more(s->c->a, out->v, out->n, sizeof *out->v);
    out->v[out->n++] = (struct orphan){ arena_strdup(s->c->a, f->key), f->size, f->changed_at };
}

enum err file_orphans(struct ctx *c, struct orphans *out)
{
    struct search s = { c, out };

    *out = (struct orphans){ 0 };
    return disk_each(c->conf, orphan_look, &s);
}

enum err file_orphans_remove(struct ctx *c, const struct orphans *all, int64_t *removed)
{
    enum err e = OK;

    *removed = 0;
    if (doubt_look(c))
        return E_CONFLICT;
    for (size_t i = 0; i < all->n && e == OK; i++) {
        if (all->v[i].changed_at > clock_now() - DAY_SECONDS)
            continue;
        e = disk_drop(c->conf, all->v[i].key);
        *removed += e == OK;
    }
    return e;
}
