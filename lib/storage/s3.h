/* S3: addresses and signatures of objects (AWS Signature Version 4), for any server that
 * speaks the protocol.  No network: send/s3.c has it.
 *
 * With `storage = s3` a finished photo is on the disk first, where it is served from, and
 * archived by a job; from then on the server has it and the disk no more. */
#ifndef STORAGE_S3_H
#define STORAGE_S3_H

#include "base/arena.h"
#include "base/conf.h"
#include "crypto/crypto.h"

bool s3_in_use(const struct conf *c);        /* storage = s3 */
/* A Spanish sentence about what is missing or wrong in the configuration; NULL: nothing is. */
const char *s3_fault(struct arena *a, const struct conf *c);

/* "https://host:port", of which browsers load the photos. */
const char *s3_origin(struct arena *a, const struct conf *c);

struct s3_request {
    const char *url;
    const char *headers[3];      /* full lines */
};
/* A request for one object, signed for the 15 minutes that servers allow.  sum: SHA-256
 * of what is sent.  False when the secret s3_secret_key cannot be read. */
bool s3_sign(struct arena *a, const struct conf *c, const char *method, const char *key,
             const unsigned char sum[HASH_BYTES], int64_t now, struct s3_request *out);
/* An address at which whoever holds it gets the object for so many seconds; NULL as above. */
char *s3_presign(struct arena *a, const struct conf *c, const char *key, int64_t now, int seconds);

#endif
