/* Route: the parts of an area.  An area file has parameter tables, handlers of
 * about 15 lines, a route table and `const struct area area`; main.c makes
 * a program of it.
 *
 * For every request, in this order and in one place (app/handle.c): request id and
 * limits, route (404, 405), session or token, role, CSRF, room, operation key, parameters
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

/* Rows of tables may leave out members that they do not use. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct req;
struct site;                 /* domain/ground/setting.h */
typedef enum err handler(struct req *r);

enum answer {
    PAGE = 1u << 0,          /* html; session cookie; faults are pages */
    JSON = 1u << 1,          /* /api/v1; bearer or public; faults are problem+json */
    RAW = 1u << 2,           /* the handler sends bytes of its own type (files, metrics) */
    IDEMPOTENT = 1u << 3,    /* needs an Idempotency-Key (JSON) or operation id (PAGE) */
    OPTIONAL_KEY = 1u << 4,  /* takes an Idempotency-Key or operation id, but does not need it */
    LOCAL = 1u << 5,         /* answers requests from a loopback address only */
    QUIET = 1u << 6,         /* not in the access log: /health, /metrics */
    CSRF_NONE = 1u << 7,     /* a POST without a token: providers' hooks, one-click unsubscribing */
    CSRF_FORM = 1u << 8,     /* signed token of a public form instead of the session's */
    POLLED = 1u << 9,        /* a part that a page asks for again and again: ETag, 304 */
    OWN_BODY = 1u << 12,     /* a POST whose handler reads the body's bytes (r->http->bytes), which are signed */
    TAGGED = 1u << 11,       /* JSON: the answer tells the version in ETag, and a PATCH takes If-Match */
    WHEN_FULL = 1u << 10,    /* no GET, and answered also while hardly any of the disk is free (base/room.h): what
                              * a hand-over needs, what only reads, what makes room */
};

/* Shape of a JSON route's answer when all went well; a fault is a problem+json. */
enum gives_shape {
    GIVES_UNSAID,            /* the route is a page, or gives bytes */
    GIVES_ONE,               /* an object, by its field table */
    GIVES_LIST,              /* {"items": [objects, by their table], "next": cursor of the next page, or null} */
    GIVES_WHOLE,             /* {"items": [objects, by their table]}: a list that is never long */
    GIVES_NOTHING,           /* {}, or no body with 204 */
    GIVES_OTHER,             /* bytes of the media type `type`; `what` says in words what they are */
};
struct gives {
    enum gives_shape shape;
    int status;
    const struct fields *fields;
    const char *table;       /* name of the table */
    const char *type, *what; /* GIVES_OTHER only */
};
/* Macros for the end of a JSON route's row: { GET, "/api/v1/rates", …, READ, GIVES(200, rates_answer_fields) }. */
#define GIVES(status, fields_table) .gives = { GIVES_ONE, status, &fields_table, #fields_table, NULL, NULL }
#define GIVES_LIST_OF(status, fields_table) .gives = { GIVES_LIST, status, &fields_table, #fields_table, NULL, NULL }
#define GIVES_ALL_OF(status, fields_table) .gives = { GIVES_WHOLE, status, &fields_table, #fields_table, NULL, NULL }
#define GIVES_EMPTY .gives = { GIVES_NOTHING, 200, NULL, NULL, NULL, NULL }
#define GIVES_NO_BODY .gives = { GIVES_NOTHING, 204, NULL, NULL, NULL, NULL }
#define GIVES_BYTES(media_type, what_it_is) .gives = { GIVES_OTHER, 200, NULL, NULL, media_type, what_it_is }

struct route {
    enum method method;      /* GET also answers HEAD */
    const char *path;        /* "/packages/{id}"; {id} is a parameter of the schema */
    enum role role;
    const struct params *params;
    handler *handler;
    unsigned answer;
    const char *title;       /* page title, or summary in OpenAPI; Spanish */
    const char *scope;       /* bearer scope for JSON routes, or NULL */
    /* Form of a page's POST: the path of the GET route that shows its form.  When the POST fails, the GET route's
     * handler makes the page again, with the status of the fault, the typed values ("form.…") and the messages
     * ("error.…", "errors.…"); so the POST's handler only returns its error. */
    const char *form;
    /* Keeps a form whose POST by a script failed, and ends with req_redirect to the page that shows it (req_form_kept).
     * The script of such a route is never answered with a redirect, which it would follow where nobody sees it: it
     * finds the address in the header HX-Redirect, and leads the browser there.  r->in has what could be read. */
    handler *keep;
    struct gives gives;      /* only a JSON route's: see GIVES */
    /* A public POST that takes files: whether this sender may send them, before any byte of the body is read, by nginx
     * too.  r->http->path_values is known, r->in is not.  Without it no public route that takes files starts. */
    handler *admits;
    const char *keyless;     /* a JSON route, no GET, without an operation key: why a second request does no harm */
    const char *shows;       /* parameters, with blanks between, that the example of a body has besides the required
                              * ones; NULL, where none is required: all */
};

/* News that programs of others are told (domain/ground/news.h), for the API's description: the kinds that begin with
 * `kinds`, unless a row before says them, have these members in their `data`. */
struct news_shape {
    const char *kinds;
    struct news_member { const char *name; const struct fields *fields; const char *table; bool always; } members[3];
};
#define NEWS_ALWAYS(name, fields_table) { name, &fields_table, #fields_table, true }
#define NEWS_PERHAPS(name, fields_table) { name, &fields_table, #fields_table, false }

struct area {
    const char *name;
    const struct route *routes;
    size_t count;
    const char *about;       /* says what the API is about, in Spanish; NULL: the area has none */
    bool without_db;         /* answers also while the database cannot be opened (c->db is NULL) */
    /* Whether a request of this method by who is in c (only the address is known yet) lets others go first.  A
     * few of those wait, in their order; any more are refused with 429.  NULL: none does. */
    bool (*lets_others_first)(struct ctx *c, enum method method);
    const struct news_shape *tells;      /* the area describes what programs are told; a row of "" ends it.  NULL: none */
};

/* Head and foot around a page's own template. */
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
    const char *type;        /* content type of `body` */
    const char *template;
    enum layout_kind layout;
    struct buf pieces;       /* rendered by view_piece; they stand before the template */
    const char *find;        /* text in the search field of the page's head */
    const char *location, *images_from;
    struct buf headers;      /* extra header lines, made by req_header */
    bool titled;             /* req_title was called */
    bool scans;              /* req_scans was called */
};

/* Endings of a handler; the handler returns what they return. */
enum err req_page(struct req *r, const char *template);          /* the template, with r->page, in its layout */
enum err req_bare(struct req *r, const char *template);          /* template without a layout */
/* Answer with the object or the list that the JSON route's row gives, with the row's status.  It is written at
 * once, so it may lie on the handler's stack.  table: the table of the row; the compiler checks its struct.
 * next: the cursor of the next page ("before" or "after" of the schema), 0 when this page is the last; it is
 * told as "next" and as a Link header. */
#define req_one(r, table, object)                                                               \
    req_give_one(r, &table, _Generic((object), table##_row *: (object), const table##_row *: (object)))
#define req_list(r, table, list, next)                                                          \
    req_give_list(r, &table, _Generic((list).v, table##_row *: (list).v, const table##_row *: (list).v), \
                  (list).n, sizeof *(list).v, next)
/* Answers with all of a list, on a route that gives GIVES_ALL_OF: one that its nature keeps short, such as the
 * queues or the lines of the clock. */
#define req_all(r, table, list)                                                                 \
    req_give_all(r, &table, _Generic((list).v, table##_row *: (list).v, const table##_row *: (list).v), \
                 (list).n, sizeof *(list).v)
enum err req_give_one(struct req *r, const struct fields *f, const void *object);
enum err req_give_list(struct req *r, const struct fields *f, const void *v, size_t n, size_t size, int64_t next);
enum err req_give_all(struct req *r, const struct fields *f, const void *v, size_t n, size_t size);
enum err req_nothing(struct req *r);                             /* for GIVES_EMPTY and GIVES_NO_BODY */
/* Sets the Link header alone, for a list within an object; next: NULL when this page is the last. */
void req_next(struct req *r, const char *next);
/* Sets the links of a list's HTML page: "previous" is the address of the first page, unless this is it,
 * "following" the address of the next page, unless there is none. */
void req_pages(struct req *r, int64_t next);
/* Whether the API asks; for a handler that serves both the page and the API of a thing. */
bool req_is_api(const struct req *r);
enum err req_redirect(struct req *r, const char *fmt, ...)       /* 303 to a path of ours */
    __attribute__((format(printf, 2, 3)));
enum err req_redirect_away(struct req *r, const char *url);      /* 302 to a signed address of the archive */
enum err req_raw(struct req *r, const char *type);               /* r->body, filled by the handler */
enum err req_fail(struct req *r, enum err e, const struct text *t);       /* a fault without a field */

/* Ends the handler of a form that failed: shows the template again with the status of the fault, the typed
 * values under "form.<field>", messages under "errors.<n>.field/text" and "error.<field>".  It is for a form
 * that no GET route shows; other routes name `form` in their row. */
enum err req_form_again(struct req *r, enum err e, const char *template);

/* For `keep`: the form that was sent, and why it failed, as texts that req_form_kept reads. */
const char *req_typed(struct req *r);
const char *req_faults(struct req *r);
/* Begins the GET of a form that was kept: what its POST route `post` was sent will stand in its fields, and why it
 * failed above them; r->in is then of the parameters of the form's own GET route.  False: the texts cannot be read. */
bool req_form_kept(struct req *r, const char *post, const char *typed, const char *faults);

/* Whether the page will tell a fault: that of a form that is shown again. */
bool req_tells_fault(const struct req *r);
/* If the form is shown again, the field `name` holds `value` instead of the typed text. */
void req_retype(struct req *r, const char *name, const char *value);

void req_title(struct req *r, const char *title);                /* instead of the route's */
void req_images_from(struct req *r, const char *origin);         /* lets the page show images of origin too */
/* The point as every page names it, read once a second; "" for what is not set. */
struct site req_site(struct req *r);
void req_scans(struct req *r);                                   /* lets the page read codes by camera */
void req_header(struct req *r, const char *name, const char *value); /* refuses CR and LF */
void req_flash(struct req *r, const struct text *t, const char *arg);     /* toast on the next page */
/* Like req_flash, with a button that posts to `path`; it is shown for conf->undo_s seconds. */
void req_flash_undo(struct req *r, const struct text *t, const char *arg, const char *path);
/* Like req_flash_undo, to undo this event of a package, and no later one. */
void req_flash_undo_event(struct req *r, const struct text *t, const char *arg, int64_t package_id, int64_t event);
/* The operation id that the form was sent with; NULL without. */
const char *req_operation_sent(const struct req *r);
/* Makes a one-time operation id for a form of this page and sets it as "operation_id". */
void req_operation(struct req *r);
bool req_wants_fragment(const struct req *r);                    /* HX-Request */
/* Set the session cookie to a token just made by domain/people/session, or remove it. */
void req_sign_in(struct req *r, const char *token);
void req_sign_out(struct req *r);
/* Whether the session waits for a PIN before it goes on. */
bool req_is_idle(struct req *r);
const char *req_session_token(const struct req *r);              /* as sent; NULL without */
/* Checks a scope, for a handler that needs another besides its row's: E_FORBIDDEN for a token without it.  A user who has
 * signed in has all scopes of the role. */
enum err req_scope(struct req *r, const char *scope) MUST_CHECK;
/* Sets the ETag of a thing that can be edited: the version that the answer shows. */
void req_tag(struct req *r, int64_t version);
/* Reads the version that If-Match names; 0: there is no If-Match, so any version is right.  False when it is
 * not a version of this program's form: then nothing can match it. */
bool req_if_match(const struct req *r, int64_t *version);
bool req_is_local(const struct req *r);                          /* from a loopback address */

extern const struct area area;               /* defined by each area file */
int app_main(int argc, char **argv, const struct area *ar);      /* main.c calls it */

#endif
