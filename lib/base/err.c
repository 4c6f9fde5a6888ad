#include "base/err.h"

#include "base/arena.h"
#include "base/buf.h"

static const struct {
    int status;
    const char *name;
} errs[ERR_COUNT] = {
    [OK] = { 200, "ok" },
    [E_MALFORMED] = { 400, "malformed" },
    [E_AUTH] = { 401, "auth" },
    [E_FORBIDDEN] = { 403, "forbidden" },
    [E_NOT_FOUND] = { 404, "not-found" },
    [E_METHOD] = { 405, "method" },
    [E_CONFLICT] = { 409, "conflict" },
    [E_PRECONDITION] = { 412, "precondition" },
    [E_TOO_LARGE] = { 413, "too-large" },
    [E_MEDIA] = { 415, "media" },
    [E_INVALID] = { 422, "invalid" },
    [E_THROTTLED] = { 429, "throttled" },
    [E_INTERNAL] = { 500, "internal" },
    [E_BUSY] = { 503, "busy" },
    [E_FULL] = { 507, "full" },
};

int err_status(enum err e)
{
    return (unsigned)e < ERR_COUNT ? errs[e].status : errs[E_INTERNAL].status;
}

const char *err_name(enum err e)
{
    return (unsigned)e < ERR_COUNT ? errs[e].name : errs[E_INTERNAL].name;
}

const char *text_es(const struct text *t)
{
    return t != NULL ? t->es : "";
}

/* A sentence is data, never a printf format: only %s stands for an argument, and other % stay as they are. */
char *fault_sentence(struct arena *a, const struct fault *f)
{
    const char *s = text_es(f->text), *hole;
    struct buf b = { 0 };
    size_t arg = 0;
    char *out;

    while ((hole = strstr(s, "%s")) != NULL) {
        buf_add(&b, s, (size_t)(hole - s));
        if (arg < FAULT_ARGS && f->args[arg] != NULL)
            buf_str(&b, f->args[arg]);
        arg++;
        s = hole + 2;
    }
    buf_str(&b, s);
    out = arena_strndup(a, b.data, b.len);
    buf_free(&b);
    return out;
}
