#include "base/ctx.h"

#include <assert.h>
#include <stdarg.h>

static const char *const role_names[] = {
    [ROLE_NONE] = "",
    [ROLE_PUBLIC] = "",
    [ROLE_USUARIO] = "USUARIO",
    [ROLE_OPERADOR] = "OPERADOR",
    [ROLE_ADMIN] = "ADMIN",
};

static void fault_fill(struct fault *f, enum err e, const char *field, const struct text *t, va_list ap)
{
    const char *arg;
    size_t n = 0;

    *f = (struct fault){ .err = e, .field = field, .text = t };
    while ((arg = va_arg(ap, const char *)) != NULL) {
        assert(n < FAULT_ARGS);
        f->args[n++] = arg;
    }
}

enum err ctx_fail(struct ctx *c, enum err e, const char *field, const struct text *t, ...)
{
    va_list ap;

    va_start(ap, t);
    fault_fill(&c->fault, e, field, t, ap);
    va_end(ap);
    return e;
}

static bool same_field(const struct fault *f, const char *field)
{
    return f->field != NULL && field != NULL && streq(f->field, field);
}

/* Gives the fault for the next wrong field; NULL when that field is in the list already, or the list is as
 * long as an answer may have it. */
static struct fault *fault_slot(struct ctx *c, const char *field)
{
    struct fault *f = &c->fault;
    size_t n = 0;

    if (f->err != E_INVALID)
        return f;
    for (;; f = f->next) {
        if (same_field(f, field) || ++n > FAULT_MORE)
            return NULL;
        if (f->next == NULL)
            break;
    }
    f->next = arena_alloc(c->a, sizeof(*f->next));
    return f->next;
}

void ctx_invalid(struct ctx *c, const char *field, const struct text *t, ...)
{
    struct fault *f = fault_slot(c, field);
    va_list ap;

    if (f != NULL) {
        va_start(ap, t);
        fault_fill(f, E_INVALID, field, t, ap);
        va_end(ap);
    }
}

enum err ctx_faults(const struct ctx *c)
{
    return c->fault.err == E_INVALID ? E_INVALID : OK;
}

const char *role_name(enum role r)
{
    return (unsigned)r < COUNT(role_names) ? role_names[r] : "";
}

enum role role_parse(const char *s)
{
    for (size_t i = ROLE_USUARIO; s != NULL && i < COUNT(role_names); i++) {
        if (streq(s, role_names[i]))
            return (enum role)i;
    }
    return ROLE_PUBLIC;
}
