/* Private to param: what a request gave for one parameter, and how it becomes
 * the member of the input struct. */
#ifndef HTTP_VALUE_H
#define HTTP_VALUE_H

#include "http/param.h"

enum value_kind {
    V_FORM,      /* text of a form, a query or a path: any type may be read from it */
    V_TEXT,      /* JSON's own types: each parameter takes only its own */
    V_INT,
    V_BOOL,
    V_NULL,      /* as if absent */
    V_OBJECT,    /* borrowed from the body: read at once */
    V_OTHER,     /* an array, a number with a fraction */
    V_FILE,
};

struct value {
    enum value_kind kind;
    const char *s;               /* V_FORM, V_TEXT: NUL-ended; len finds inner NULs */
    size_t len;
    int64_t n;                   /* V_INT, V_BOOL */
    const struct upload *file;
    struct json_object *o;       /* V_OBJECT */
};

struct values { struct value *v; size_t n, cap; };

void value_add(struct arena *a, struct values *to, struct value v);

/* Check the values of a row and store them at `to`.  A wrong one is added to
 * c->fault and OK returned, so that the next is looked at too; only an ill-typed
 * part of the path ends it: that address does not exist. */
enum err param_set(struct ctx *c, const struct param *row, const struct values *values,
                   void *to) MUST_CHECK;

/* The members of one object into the struct of a schema, as param_read does it. */
enum err param_object(struct ctx *c, const struct params *p, struct json_object *o, void *to) MUST_CHECK;

#endif
