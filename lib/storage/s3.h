/* S3: addresses and signatures of objects (AWS Signature Version 4), for any server that speaks the
 * protocol; send/s3.c sends the requests.  With `storage = s3` a finished photo is first on the disk and
 * served from there.  A job then copies it to the archive and removes it from the disk. */
#ifndef STORAGE_S3_H
#define STORAGE_S3_H

#include "base/arena.h"
#include "base/conf.h"
#include "crypto/crypto.h"

bool s3_in_use(const struct conf *c);        /* storage = s3 */
/* A Spanish sentence about what is missing or wrong in the configuration; NULL if nothing is. */
const char *s3_fault(struct arena *a, const struct conf *c);

/* "https://host:port", the origin from which browsers load photos. */
const char *s3_origin(struct arena *a, const struct conf *c);

struct s3_request {
    const char *url;
    const char *headers[3];      /* complete header lines */
};
/* Signs a request for one object; servers accept it for 15 minutes.  sum: SHA-256 of the body.  False if
 * the secret s3_secret_key cannot be read or the key has not the form of ours. */
bool s3_sign(struct arena *a, const struct conf *c, const char *method, const char *key,
             const unsigned char sum[HASH_BYTES], int64_t now, struct s3_request *out);
/* An address at which anybody can get the object for so many seconds; NULL when s3_sign would be false. */
char *s3_presign(struct arena *a, const struct conf *c, const char *key, int64_t now, int seconds);

#endif
