/* Request: an HTTP request as read from FastCGI (or made by a test): its path, query, headers and body.  All
 * memory but the JSON tree is the arena's. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ctx.h"

enum method { GET, POST, PATCH, DELETE, METHOD_OTHER };

struct pair { const char *name, *value; size_t len; };   /* len of value, which may hold NULs */
struct pairs { struct pair *v; size_t n, cap; };

struct json_object;
struct upload;

/* Source of a request's bytes: FastCGI, or memory in tests.  `read` returns how many bytes it gave, 0 at the
 * end, -1 on an error. */
struct source {
    const char *(*param)(void *self, const char *name);  /* CGI variable or NULL */
    long (*read)(void *self, void *buf, size_t n);
    void *self;
    size_t headers;              /* how many the client sent */
    bool repeats;                /* a header by which a request is judged came more than once */
};

struct request {
    struct arena *a;
    struct source src;
    enum method method;
    bool head;
    const char *path;            /* decoded once; has no "." or ".." */
    const char *query;           /* not decoded */
    const char *host, *scheme;   /* "https" when nginx says HTTPS=on */
    const char *address;         /* REMOTE_ADDR */
    const char *content_type;    /* "" when absent */
    int64_t content_length;      /* 0 when absent */
    struct pairs path_values;    /* values of the matched route's {name}s */
    struct pairs get;            /* parameters of the query */
    struct pairs post;           /* fields of an urlencoded or multipart body */
    struct upload *uploads;      /* linked list of the files of a multipart body */
    struct json_object *json;    /* JSON body, or NULL */
    bool body_read;
    const char *bytes;           /* the body as it came, of a route that reads it by itself (request_bytes) */
    size_t bytes_n;
};

#define BODY_BYTES (64 * 1024)               /* a body without files; also in nginx/areas.sh */

/* Reads all but the body.  Limits: URI 4 KB, 100 headers, a urlencoded or JSON body BODY_BYTES, a multipart one
 * c->conf->upload_mb; above them E_TOO_LARGE.  E_MALFORMED when the request cannot be read. */
enum err request_open(struct ctx *c, struct request *r, struct source src) MUST_CHECK;
/* Reads the body by its content type into post, uploads or json; a second call does nothing.  The body's limits
 * hold here.  E_MEDIA for another content type. */
enum err request_body(struct ctx *c, struct request *r) MUST_CHECK;
/* Reads a body of any content type into r->bytes, at most BODY_BYTES: what is signed as it is. */
enum err request_bytes(struct ctx *c, struct request *r) MUST_CHECK;
bool request_is_json(const struct request *r);        /* by its content type */
/* Frees what is not in the arena: the JSON tree, and the files of uploads that nobody has taken. */
void request_close(struct request *r);

/* Value of a header, a cookie (in the arena) or a pair (the first of that name); NULL when there is none. */
const char *request_header(const struct request *r, const char *name);  /* "If-Match" */
const char *request_cookie(const struct request *r, const char *name);
const char *pairs_get(const struct pairs *p, const char *name);
bool pairs_repeat(const struct pairs *p, const char *name);             /* whether there are several of it */

void pairs_add(struct arena *a, struct pairs *p, struct pair pair);

/* form.c: reads urlencoded "a=1&b=2"; a % without two hex digits stays, as in browsers.  At most FORM_PAIRS
 * pairs. A name with NUL or bad UTF-8 is E_MALFORMED; values are not checked here but by param_read. */
#define FORM_PAIRS 512
enum err form_parse(struct ctx *c, const char *s, size_t n, struct pairs *out) MUST_CHECK;
/* Adds a parameter to a link: "?name=value", or "&name=value" if the link has a query.  The link itself when
 * value is NULL or "". */
const char *link_add(struct arena *a, const char *link, const char *name, const char *value);

/* problem.c: a fault as application/problem+json. */
struct buf;
const char *problem_title(enum err e);       /* short Spanish words for people: "Sin permiso" */
const char *problem_advice(enum err e);      /* tells the program of a client what to do, in Spanish */
/* Appends c->fault as JSON to out. */
void problem_write(struct buf *out, struct ctx *c, int status);

#endif
