/* Exchange: one HTTP request and its answer, over a connection of its own.  Connects within 3 s; takes 10
 * s at most, 30 s with a file.  libcurl would by itself repeat a POST when a reused connection breaks, and
 * can follow redirects: both could send an SMS twice, so neither is allowed here. */
#ifndef SEND_EXCHANGE_H
#define SEND_EXCHANGE_H

#include "base/buf.h"
#include "base/conf.h"

/* Whom a request may reach.  The address to which it is about to connect is judged, and no other is connected to,
 * so a name that stands for another address a moment later leads nowhere else. */
enum exchange_peer {
    PEER_ANY,                    /* the operator's own choice */
    PEER_PUBLIC,                 /* an address that people typed: https://, and of the internet (base/address.h) */
    PEER_PUBLIC_OR_LOOPBACK,     /* the same, or this machine, there also http://; for development */
};

struct exchange {
    const char *url;
    const char *body;            /* JSON to post; NULL: none */
    const char *file;            /* file to put in place of a body; NULL: none */
    const char *method;          /* without body and file: the method, as "DELETE" */
    const char *headers[5];      /* complete header lines, NULL-ended */
    size_t answer_max;           /* bytes; 0: 64 KiB */
    bool answer_cut;             /* a longer answer is cut there, and its status counts; else it is CURLE_WRITE_ERROR */
    enum exchange_peer peer;     /* where it may go */
    /* results: */
    int curl;                    /* CURLcode; CURLE_READ_ERROR if the file is not there */
    long status;
    long long sent;              /* bytes of the request that left this machine */
    bool refused;                /* by `peer`: nothing was sent to the address that the name stands for */
    struct buf answer;           /* the caller frees it */
};
void exchange_run(const struct conf *c, struct exchange *x);

/* True only if not a byte of the request left.  The CURLcode alone does not say so: an answer that is not HTTP is
 * CURLE_UNSUPPORTED_PROTOCOL too. */
bool exchange_unsent(int curl, long long sent);

#endif
