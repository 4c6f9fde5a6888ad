#include "domain/parcel/document_void.h"

#include "queue/settle.h"

static const struct stmt lost = STMT("document_lost", "is",
    "UPDATE documents SET state = 'failed', error = $2 WHERE id = $1 AND state = 'pending'");
/* A chain of custody that is still being made would show the photo, too, so its row fails as well. */
#define THERE " AND state IN ('pending', 'ready')"
static const struct stmt void_of = STMT("document_void", "i",
    "UPDATE documents SET state = 'failed', error = 'Una de sus fotos se borró después'"
    " WHERE kind = 'custodia' AND subject_id = $1" THERE);
/* A hand-over of several parcels has one receipt, under any of them: all are looked through. */
static const struct stmt void_receipts = STMT("document_void_receipts", "is",
    "UPDATE documents SET state = 'failed', error = 'La entrega se deshizo después'"
    " WHERE kind = 'recibo'" THERE " AND (subject_id = $1 OR subject_id IN (SELECT id FROM packages"
    " WHERE operation_id = $2))");
DB_REGISTER(&lost, &void_of, &void_receipts)

enum err document_lost_tx(struct ctx *c, int64_t id, const char *why)
{
    return db_exec(c->db, NULL, &lost, id, why);
}

static enum err document_settle_tx(struct ctx *c, int64_t id, enum job_ending how UNUSED, const char *why)
{
    return document_lost_tx(c, id, why);
}
JOB_SETTLED({ "document.build", document_settle_tx })

enum err document_void_tx(struct ctx *c, int64_t package_id)
{
    return db_exec(c->db, NULL, &void_of, package_id);
}

enum err document_void_receipts_tx(struct ctx *c, int64_t package_id, const char *operation)
{
    return db_exec(c->db, NULL, &void_receipts, package_id, operation);
}
