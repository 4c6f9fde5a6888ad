/* S3: one signed request about one object (storage/s3.h signs).  There is nothing that a
 * single object can do wrong: what is not done is NO, and the provider's fault. */
#ifndef SEND_S3_H
#define SEND_S3_H

#include "base/buf.h"
#include "send/send.h"

struct s3_call {
    const char *method, *url;
    const char *headers[4];      /* full lines: the signature's, and the type of a file */
    const char *file;            /* file that a PUT sends */
    struct buf answer;           /* filled in, at most 32 MiB; free it */
};
struct send_result s3_run(const struct conf *c, struct s3_call *call);

/* Meaning of an answer; public for tests. curl: CURLcode. */
struct send_result s3_classify(const char *method, int curl, long status);

#endif
