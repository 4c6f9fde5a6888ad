/* S3: one signed request about one object (storage/s3.h signs).  SENT_NEVER does not occur: no object is
 * refused for good.  If a request failed, the result is SENT_NO, with provider_failed unless its file was
 * not there. */
#ifndef SEND_S3_H
#define SEND_S3_H

#include "base/buf.h"
#include "send/send.h"

struct s3_call {
    const char *method, *url;
    const char *headers[4];      /* complete header lines: the signature's, and a file's type */
    const char *file;            /* the file that a PUT sends */
    struct buf answer;           /* result: at most 32 MiB; the caller frees it */
};
struct send_result s3_run(const struct conf *c, struct s3_call *call);

/* The meaning of an answer; public for tests.  curl: CURLcode. */
struct send_result s3_classify(const char *method, int curl, long status);

#endif
