/* Exchange: one HTTP request and its answer, over a connection of its own.  Connects within 3 s; takes 10
 * s at most, 30 s with a file.  libcurl would by itself repeat a POST when a reused connection breaks, and
 * can follow redirects: both could send an SMS twice, so neither is allowed here. */
#ifndef SEND_EXCHANGE_H
#define SEND_EXCHANGE_H

#include "base/buf.h"
#include "base/conf.h"

struct exchange {
    const char *url;
    const char *body;            /* JSON to post; NULL: none */
    const char *file;            /* file to put in place of a body; NULL: none */
    const char *method;          /* without body and file: the method, as "DELETE" */
    const char *headers[5];      /* complete header lines, NULL-ended */
    size_t answer_max;           /* bytes; 0: 64 KiB */
    /* results: */
    int curl;                    /* CURLcode; CURLE_READ_ERROR if the file is not there */
    long status;
    long long sent;              /* bytes of the request that left this machine */
    struct buf answer;           /* the caller frees it */
};
void exchange_run(const struct conf *c, struct exchange *x);

#endif
