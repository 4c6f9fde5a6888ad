/* Call: a request on its way through the steps of handle.c; private to lib/app. */
#ifndef APP_CALL_H
#define APP_CALL_H

#include "app/app.h"
#include "domain/people/session.h"
#include "domain/people/token.h"

#define FLASH_PARTS 3

struct call {
    struct req r;                /* must be first: call_of casts a struct req to its struct call */
    struct app *app;
    struct ctx c;
    struct request http;
    struct session session;      /* id 0: none */
    struct api_token token;      /* id 0: none */
    const struct fault *shown;   /* the fault whose form is shown again */
    const char *again;           /* the address of the GET of that form, or NULL */
    const struct route *posted;  /* the route of the POST whose form is shown again */
    const char *flash[FLASH_PARTS];  /* text, undo address, until: from the cookie */
    bool idle;                   /* the session waits for the PIN of who works there (session_is_idle) */
    bool opened;                 /* request_open has run */
    double started;
};

static inline struct call *call_of(struct req *r)
{
    return (struct call *)(void *)r;
}

/* handle.c: the id of the request: that of the header X-Request-Id if it is harmless in logs and headers, else a new
 * one.  And the end of a call: all that it holds is given back. */
const char *request_id(struct call *k);
void call_close(struct call *k);

/* match.c: finds the route row of a request, or NULL; and the values of its {…}. */
const struct route *route_match(struct arena *a, const struct area *ar, const struct request *http,
                                struct pairs *values);
/* The methods that a path has, as a list ("GET, HEAD"); "" when the path is unknown. */
const char *route_allow(struct arena *a, const struct area *ar, const char *path);
const struct route *route_named(const struct area *ar, enum method m, const char *path);
const char *method_name(enum method m);

/* routes.c: whether a body may hold files; of the others no body is longer than BODY_BYTES. */
bool route_takes_files(const struct route *rt);

/* actor.c */
enum err actor_step(struct call *k) MUST_CHECK;      /* finds the session or token of the request */
void visitor_known(struct call *k);                  /* finds the session of a request that no route answers */
enum err role_step(struct call *k) MUST_CHECK;       /* refuses when the role or scope does not suffice */
void actor_touch(struct call *k);                    /* notes the last use, after the answer */
bool is_loopback(const char *address);

/* cookie.c */
void cookie_set(struct req *r, const char *name, const char *value, int max_age);
const char *cookie_get(const struct req *r, const char *name);
void flash_read(struct call *k);

/* glued.c */
const struct route *glued_route(struct call *k);      /* the route of an address with a stop glued to it, else NULL */

/* csrf.c */
bool from_ourselves(const struct call *k);            /* sent by our own page, by Origin and Sec-Fetch-Site */
enum err csrf_step(struct call *k) MUST_CHECK;
const char *csrf_token(struct call *k);              /* for the forms of a page */

/* idempotency.c */
enum err operation_step(struct call *k) MUST_CHECK;

/* page.c */
void page_open(struct call *k);                      /* an empty page, r.view and r.page */
void form_values(struct call *k);                    /* form.…, and those of the fault */
void fault_values(struct call *k, const struct fault *f);    /* error.…, errors.… */
bool row_is_kept(const struct param *row);           /* its value may stand in a page again: no password, no file */
bool field_is_name(const char *s);                   /* and not what a client made up */
void kept_values(struct call *k);                    /* kept.…: what was posted, to post again */
void asset_version(struct app *app);

/* layout.c */
enum err page_render(struct call *k) MUST_CHECK;     /* template, pieces and layout into the body */

/* kept.c */
bool answer_kept(struct call *k, enum err e);        /* a failed form of a script is kept, and its address told */
void answer_lead(struct req *r);                     /* tells a script the address that a browser would be sent to */

/* give.c */
/* The parameter in which the client says after which row a page of the list begins, or NULL. */
const struct param *schema_cursor(const struct params *p);

/* etag.c */
enum err polled_step(struct call *k) MUST_CHECK;     /* after rendering: 304 when the client has it */

/* answer.c */
enum err answer_render(struct call *k) MUST_CHECK;   /* template into the body */
bool takes_form(enum err e);                         /* a fault that its form can tell */
enum err form_input(struct call *k, const struct route *rt) MUST_CHECK;  /* parameters of a form's GET route from its POST */
void answer_fault(struct call *k, enum err e);       /* page, form again or problem */
void answer_send(struct call *k, struct sink to);

#endif
