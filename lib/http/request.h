/* Request: one HTTP request as read from FastCGI (or made by a test), and the
 * pieces it was sent in.  All memory is the arena's. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ctx.h"

enum method { GET, POST, PATCH, DELETE, METHOD_OTHER };

struct pair { const char *name, *value; size_t len; };   /* len finds NULs inside value */
struct pairs { struct pair *v; size_t n, cap; };

struct json_object;
struct upload;

/* Where the bytes come from: FastCGI, or memory in tests. read returns how
 * many bytes it gave, 0 at the end, -1 on an error. */
struct source {
    const char *(*param)(void *self, const char *name);  /* CGI variable or NULL */
    long (*read)(void *self, void *buf, size_t n);
    void *self;
    size_t headers;              /* how many the client sent */
};

struct request {
    struct arena *a;
    struct source src;
    enum method method;
    bool head;
    const char *path;            /* decoded once, checked */
    const char *query;           /* raw */
    const char *host, *scheme;   /* "https" when nginx says HTTPS=on */
    const char *address;         /* REMOTE_ADDR */
    const char *content_type;    /* "" when absent */
    int64_t content_length;      /* 0 when absent */
    struct pairs path_values;    /* by the matched route */
    struct pairs get;            /* query */
    struct pairs post;           /* urlencoded or multipart fields */
    struct upload *uploads;      /* linked list, by multipart */
    struct json_object *json;    /* JSON body, or NULL */
    bool body_read;
};

/* Limits: URI 4 KB, 100 headers, urlencoded body 256 KB, JSON 64 KB, multipart c->conf->upload_mb;
 * above them E_TOO_LARGE.  E_MALFORMED when it cannot be read. */
enum err request_open(struct ctx *c, struct request *r, struct source src) MUST_CHECK;
/* Read the body by its content type into post, uploads or json, once; the body's
 * limits hold here.  E_MEDIA for another type. */
enum err request_body(struct ctx *c, struct request *r) MUST_CHECK;
/* Give back what no arena holds: the JSON tree, and uploads nobody has taken. */
void request_close(struct request *r);

/* NULL when there is none; a cookie's value is the arena's. */
const char *request_header(const struct request *r, const char *name);  /* "If-Match" */
const char *request_cookie(const struct request *r, const char *name);
const char *pairs_get(const struct pairs *p, const char *name);         /* first, or NULL */

void pairs_add(struct arena *a, struct pairs *p, struct pair pair);

/* form.c: urlencoded "a=1&b=2", as browsers read it: a % without two hex digits
 * stays.  At most FORM_PAIRS; names with NUL or bad UTF-8 are E_MALFORMED,
 * values are kept with their length for param_read to judge. */
#define FORM_PAIRS 512
enum err form_parse(struct ctx *c, const char *s, size_t n, struct pairs *out) MUST_CHECK;
/* The other way: "/packages" with "?name=value" at its end, then with "&name=value"; as
 * it was when value is NULL or "". */
const char *link_add(struct arena *a, const char *link, const char *name, const char *value);

/* problem.c: application/problem+json of a fault, and header helpers. */
struct buf;
const char *problem_title(enum err e);       /* "Sin permiso": short, for people */
void problem_write(struct buf *out, struct ctx *c, int status);

#endif
