#include "domain/parcel/search_clean.h"

#include "queue/job.h"

static const struct stmt waits = STMT("search_clean_waits", "",
    "SELECT 1 FROM jobs WHERE kind = 'search.clean' AND state = 'ready' LIMIT 1");
DB_REGISTER(&waits)

enum err search_clean_ask_tx(struct ctx *c)
{
    int64_t one;
    enum err e = db_value(c->db, &one, &waits);

    return e != E_NOT_FOUND ? e : job_add_tx(c, &(struct job_new){ .kind = "search.clean" }, NULL);
}
