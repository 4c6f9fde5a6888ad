/* Openapi_part: what openapi.c and openapi_schema.c share; private to lib/app. */
#ifndef APP_OPENAPI_PART_H
#define APP_OPENAPI_PART_H

#include "app/openapi.h"

/* A document under way. */
struct openapi {
    struct arena *a;
    struct json_object *doc;     /* borrowed */
    const struct route *rt;      /* the route whose operation is being made */
    const char *why;             /* first thing that the tables lack, or NULL */
};

/* The member `name` of an object, made as an empty object where there is none; borrowed. */
struct json_object *openapi_member(struct json_object *o, const char *name);
/* Notes what the tables lack, unless something was noted before. */
void openapi_lacks(struct openapi *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* {"$ref": "#/components/<kind>/<name>"}, a new reference. */
struct json_object *openapi_ref(struct openapi *o, const char *kind, const char *name);

/* Schema of one parameter, with its words and an example; of the body's parameters as an object.  With files: those
 * rows too that only a multipart body can carry.  New references. */
struct json_object *param_schema(struct openapi *o, const struct param *p);
struct json_object *body_schema(struct openapi *o, const struct params *p, bool files);
/* A body that the route accepts: the required parameters, and those that its row shows. */
struct json_object *body_example(struct openapi *o, const struct params *p);
/* Whether no request is accepted without it. */
bool param_is_needed(const struct param *p);
/* Whether the row is sent in the body of a request of this route. */
bool param_in_body(const struct route *rt, const struct param *p);

/* Adds a member of `webhooks` for each kind of news, by these shapes. */
void openapi_news(struct openapi *o, const struct news_shape *shapes);

/* Refers to the schema of a field table, which is added to the document's components. */
struct json_object *fields_schema(struct openapi *o, const struct fields *f, const char *table);

#endif
