/* Post: one JSON POST over a connection of its own.  libcurl by itself repeats a
 * POST on a reused connection that broke, and follows redirects when told: both
 * could send an SMS twice, so neither happens here.  Connects within 3 s, takes 10 s
 * at most. */
#ifndef SEND_POST_H
#define SEND_POST_H

#include "base/buf.h"
#include "base/conf.h"

struct post {
    const char *url, *body;
    const char *headers[4];      /* full lines, NULL-ended */
    /* filled in */
    int curl;                    /* CURLcode */
    long status;
    long long sent;              /* bytes of the request that left this machine */
    struct buf answer;           /* at most 64 KiB; free it */
};
void post_run(const struct conf *c, struct post *p);

#endif
