/* Value: what a request gave for a parameter, and how it becomes a member of the input struct; private to
 * param. */
#ifndef HTTP_VALUE_H
#define HTTP_VALUE_H

#include "http/param.h"

enum value_kind {
    V_FORM,      /* text of a form, a query or a path: a parameter of any type may be read from it */
    V_TEXT,      /* this and those below are types of JSON: a parameter takes only the type that is its own */
    V_INT,
    V_BOOL,
    V_NULL,      /* counts as absent */
    V_OBJECT,    /* borrowed from the body's tree: it must be read before the request is closed */
    V_OTHER,     /* an array, or a number with a fraction: fits no parameter */
    V_FILE,
};

struct value {
    enum value_kind kind;
    const char *s;               /* V_FORM, V_TEXT: NUL-ended; len bytes, so NULs inside are noticed */
    size_t len;
    int64_t n;                   /* V_INT, V_BOOL */
    const struct upload *file;
    struct json_object *o;       /* V_OBJECT */
};

struct values { struct value *v; size_t n, cap; };

void value_add(struct arena *a, struct values *to, struct value v);

/* Checks the values of a row and stores them at `to`.  A wrong value is added to c->fault and OK returned, so
 * that the other rows are checked too.  E_NOT_FOUND when a path value has the wrong type: that address does
 * not exist. */
enum err param_set(struct ctx *c, const struct param *row, const struct values *values,
                   void *to) MUST_CHECK;

/* Reads the members of a JSON object by a schema into the input struct at `to`, with the errors of
 * param_read. */
enum err param_object(struct ctx *c, const struct params *p, struct json_object *o, void *to) MUST_CHECK;

#endif
