/* Exchange: one HTTP request and its answer, over a connection of its own.  libcurl by
 * itself repeats a POST on a reused connection that broke, and follows redirects when
 * told: both could send an SMS twice, so neither happens here.  Connects within 3 s,
 * takes 10 s at most, or 30 with a file. */
#ifndef SEND_EXCHANGE_H
#define SEND_EXCHANGE_H

#include "base/buf.h"
#include "base/conf.h"

struct exchange {
    const char *url;
    const char *body;            /* JSON to post, or NULL … */
    const char *file;            /* … a file to put, or NULL … */
    const char *method;          /* … or a method without either: "DELETE" */
    const char *headers[5];      /* full lines, NULL-ended */
    size_t answer_max;           /* bytes; 0: 64 KiB */
    /* filled in */
    int curl;                    /* CURLcode; CURLE_READ_ERROR: no such file */
    long status;
    long long sent;              /* bytes of the request that left this machine */
    struct buf answer;           /* free it */
};
void exchange_run(const struct conf *c, struct exchange *x);

#endif
