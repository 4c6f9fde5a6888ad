/* Web: an area called in process, as a browser would: it keeps cookies, sends an Origin, and reads hidden
 * fields.  For tests of pages and of lib/app. */
#ifndef UNIT_WEB_H
#define UNIT_WEB_H

#include "app/app.h"
#include "fixture.h"

struct web {
    struct fixture *f;
    struct app app;
    /* the next request's headers; web_open sets those of a browser on loopback */
    const char *host, *address, *origin, *site, *bearer, *key, *request_id, *fragment;
    bool https;
    struct pairs cookies;
    /* the last answer, in the fixture's arena */
    int status;
    const char *head, *body;
};

void web_open(struct web *w, struct fixture *f, const struct area *ar);
void web_close(struct web *w);
/* Sends a request and returns the status. type NULL: application/x-www-form-urlencoded; body NULL: none. */
int web_send(struct web *w, const char *method, const char *uri, const char *type,
             const char *body);
int web_get(struct web *w, const char *uri);
/* Posts the body with csrf before it, and operation_id if the last page had one. */
int web_post(struct web *w, const char *uri, const char *body);
const char *web_header(struct web *w, const char *name);     /* the first of that name, or NULL */
const char *web_cookie(struct web *w, const char *name);
const char *web_hidden(struct web *w, const char *name);     /* a hidden field's value, or NULL */
bool web_says(struct web *w, const char *text);

#endif
