#include "domain/console/logo.h"
#include "domain/ground/audit.h"
#include "domain/ground/tx.h"
#include "json/json.h"
#include "queue/job.h"

struct logo_taking { struct ctx *c; const char *args; int64_t job; };

static enum err logo_take_tx(struct db *db UNUSED, void *arg)
{
    struct logo_taking *x = arg;
    enum err e = job_add_tx(x->c, &(struct job_new){ .kind = "logo.process", .args = x->args }, &x->job);

    return e != OK ? e : audit_tx(x->c, "logo_take", "setting", 0, NULL);
}

enum err logo_take(struct ctx *c, const char *path, int64_t *job)
{
    struct json_object *args = json_object_new_object();
    struct logo_taking x = { .c = c };
    enum err e;

    json_add_text(args, "path", path);
    x.args = json_text(c->a, args);
    json_object_put(args);
    e = domain_write(c, logo_take_tx, &x);
    *job = x.job;
    return e;
}
