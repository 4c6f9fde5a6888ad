/* Route: what an area is made of.  An area file has parameter tables, handlers
 * of about 15 lines, a route table and `const struct area area`; main.c makes
 * a program of it.
 *
 * For every request, in this order and in one place (app/handle.c): request id and
 * limits, route (404, 405), session or token, role, CSRF, operation key, parameters
 * (422 names the field), handler, rendering; a fault is shaped as page or
 * problem+json; then security headers, send, last use, metrics, log line. */
#ifndef APP_ROUTE_H
#define APP_ROUTE_H

#include "base/buf.h"
#include "base/ctx.h"
#include "base/field.h"
#include "json/json.h"
#include "http/param.h"
#include "http/request.h"
#include "view/view.h"

/* Rows of tables leave out what they do not use. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct req;
typedef enum err handler(struct req *r);

enum answer {
    PAGE = 1u << 0,          /* html; session cookie; faults are pages */
    JSON = 1u << 1,          /* /api/v1; bearer or public; faults are problem+json */
    RAW = 1u << 2,           /* the handler sends its own type (files, metrics) */
    IDEMPOTENT = 1u << 3,    /* needs an Idempotency-Key (JSON) or operation id (PAGE) */
    OPTIONAL_KEY = 1u << 4,  /* takes one */
    LOCAL = 1u << 5,         /* loopback only */
    QUIET = 1u << 6,         /* not in the access log: /health, /metrics */
    CSRF_NONE = 1u << 7,     /* a POST that carries no token: hooks, one-click */
    CSRF_FORM = 1u << 8,     /* signed token of a public form instead of the session's */
    POLLED = 1u << 9,        /* a part that a page asks for again and again: ETag, 304 */
};

/* The answer of a JSON route when all went well; a fault is a problem+json. */
enum gives_shape {
    GIVES_UNSAID,            /* a page, or bytes */
    GIVES_ONE,               /* an object, by its field table */
    GIVES_LIST,              /* {"items": [objects, by their table], "next": what the next page begins after, or null} */
    GIVES_NOTHING,           /* {}, or no body with 204 */
    GIVES_OTHER,             /* no JSON: `what` says what */
};
struct gives {
    enum gives_shape shape;
    int status;
    const struct fields *fields;
    const char *what;
};
/* The end of a JSON route's row: { GET, "/api/v1/rates", …, READ, GIVES(200, rates_answer_fields) }. */
#define GIVES(status, table) .gives = { GIVES_ONE, status, &table, NULL }
#define GIVES_LIST_OF(status, table) .gives = { GIVES_LIST, status, &table, NULL }
#define GIVES_EMPTY .gives = { GIVES_NOTHING, 200, NULL, NULL }
#define GIVES_NO_BODY .gives = { GIVES_NOTHING, 204, NULL, NULL }
#define GIVES_NO_JSON(what) .gives = { GIVES_OTHER, 200, NULL, what }

struct route {
    enum method method;      /* GET also answers HEAD */
    const char *path;        /* "/packages/{id}"; {id} is a parameter of the schema */
    enum role role;
    const struct params *params;
    handler *handler;
    unsigned answer;
    const char *title;       /* page title, or summary in OpenAPI; Spanish */
    const char *scope;       /* bearer scope for JSON routes, or NULL */
    /* Of a page's POST: the path of the GET route that shows its form.  When the POST
     * fails that page is made again by its own handler, with the status of the fault,
     * what was typed ("form.…") and the messages ("error.…", "errors.…"); so the
     * POST's handler only returns its error. */
    const char *form;
    struct gives gives;      /* of a JSON route: see GIVES */
};

struct area {
    const char *name;
    const struct route *routes;
    size_t count;
    bool without_db;         /* answers also while the database cannot be opened (c->db is NULL) */
};

/* What is around the work of a page. */
enum layout_kind { LAYOUT_NONE, LAYOUT_PUBLIC, LAYOUT_STAFF };

struct req {
    struct ctx *c;
    struct request *http;
    const struct route *route;
    void *in;                /* the schema's struct, filled and checked */
    struct view_node *page;  /* root of the page's values */
    struct view *view;
    const char *asset;       /* version of the static files: "page.asset" of a piece */
    /* the answer */
    int status;              /* 0: 200 */
    struct buf body;
    const char *type;        /* content type of what is in `body` */
    const char *template;
    enum layout_kind layout;
    struct buf pieces;       /* before the template, made by view_piece */
    const char *find;        /* what the omnibox holds */
    const char *location, *images_from;
    struct buf headers;      /* extra header lines, made by req_header */
    bool titled;             /* req_title was called */
    bool scans;              /* req_scans was called */
};

/* Endings of a handler; each returns what the handler returns. */
enum err req_page(struct req *r, const char *template);          /* r->page, in its layout */
enum err req_bare(struct req *r, const char *template);          /* without: a fragment, a receipt */
/* The object or the list that the JSON route's row gives, with the row's status; written at
 * once, so that it may lie on the handler's stack.  table: the one of the row; its struct is
 * checked by the compiler.  next: what the next page begins after ("before" or "after" of the
 * schema), 0 when this one is the last; it is told as "next" and as a Link header. */
#define req_one(r, table, object)                                                               \
    req_give_one(r, &table, _Generic((object), table##_row *: (object), const table##_row *: (object)))
#define req_list(r, table, list, next)                                                          \
    req_give_list(r, &table, _Generic((list).v, table##_row *: (list).v, const table##_row *: (list).v), \
                  (list).n, sizeof *(list).v, next)
enum err req_give_one(struct req *r, const struct fields *f, const void *object);
enum err req_give_list(struct req *r, const struct fields *f, const void *v, size_t n, size_t size, int64_t next);
enum err req_nothing(struct req *r);                             /* of GIVES_EMPTY and GIVES_NO_BODY */
/* The Link header alone, for a list within an object; next: NULL at the end. */
void req_next(struct req *r, const char *next);
/* The same for a page: "previous" is the address of the list's first page, unless this is it, and
 * "following" of the next one, unless there is none. */
void req_pages(struct req *r, int64_t next);
/* For a handler that serves the page and the API of one thing: true when the API asks. */
bool req_is_api(const struct req *r);
enum err req_redirect(struct req *r, const char *fmt, ...)       /* 303 to a path of ours */
    __attribute__((format(printf, 2, 3)));
enum err req_redirect_away(struct req *r, const char *url);      /* 302 to an address that we signed */
enum err req_raw(struct req *r, const char *type);               /* r->body holds it */
enum err req_fail(struct req *r, enum err e, const struct text *t);       /* no field */

/* A form that failed: the same page again with the status of the fault, what was
 * typed put back under "form.<field>", messages under "errors.<n>.field/text" and
 * "error.<field>".  For a form that no GET route shows; others name `form` in their
 * row.  Returns what the handler returns. */
enum err req_form_again(struct req *r, enum err e, const char *template);

/* A form that is shown again holds this instead of what was typed there. */
void req_retype(struct req *r, const char *name, const char *value);

void req_title(struct req *r, const char *title);                /* instead of the route's */
void req_images_from(struct req *r, const char *origin);         /* the page shows images of there, too */
void req_scans(struct req *r);                                   /* the page has fields that the camera may read */
void req_header(struct req *r, const char *name, const char *value); /* refuses CR and LF */
void req_flash(struct req *r, const struct text *t, const char *arg);     /* toast on the next page */
/* With a button that posts to `path` within conf->undo_s. */
void req_flash_undo(struct req *r, const struct text *t, const char *arg, const char *path);
/* The same for one event of a package, and for no other that came since. */
void req_flash_undo_event(struct req *r, const struct text *t, const char *arg, int64_t package_id, int64_t event);
/* One-time operation id for a form of this page: sets "operation_id". */
void req_operation(struct req *r);
bool req_wants_fragment(const struct req *r);                    /* HX-Request */
/* The session cookie: a token just made by domain/session, or its end. */
void req_sign_in(struct req *r, const char *token);
void req_sign_out(struct req *r);
const char *req_session_token(const struct req *r);              /* as sent; NULL without */
/* For a handler whose answer needs more than its row's scope: E_FORBIDDEN for a token
 * without it; who has signed in has all that the role may. */
enum err req_scope(struct req *r, const char *scope) MUST_CHECK;
/* ETag of what can be edited: the version of what the answer shows. */
void req_tag(struct req *r, int64_t version);
/* The version that If-Match names; 0: none, so whatever it is now.  false for what is no
 * version of ours: nothing ever has it. */
bool req_if_match(const struct req *r, int64_t *version);
bool req_is_local(const struct req *r);                          /* from a loopback address */

extern const struct area area;               /* defined by each area file */
int app_main(int argc, char **argv, const struct area *ar);      /* main.c calls it */

#endif
