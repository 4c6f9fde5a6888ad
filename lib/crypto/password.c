/* Passwords: Argon2id at OWASP's parameters, over a keyed hash of the password, so that a stolen database
 * alone can't be searched.  Each computation takes 19 MiB and 50 ms of a core, so a host runs two at once
 * and no more. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/crypto.h"

#define OPS 2
#define MEMORY (19456u * 1024u)
#define AT_ONCE 2
#define WAIT_S 3.0
#define LOOK_US 10000

/* Opens the i-th lock file and makes it if it is missing.  It is opened read-only, so that any user can
 * hold its lock, though only its maker may write it. */
static int lock_open(const struct conf *c, int i)
{
    struct buf path = { 0 };
    int fd;

    buf_printf(&path, "%s/argon2-%d.lock", c->run_dir, i);
    fd = open(path.data, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        log_error("password.lock", "path", path.data, "error", strerror(errno));
    buf_free(&path);
    return fd;
}

/* Waits for one of the two locks.  Returns the descriptor that holds it, to be closed, or -1 if none was
 * free within WAIT_S or a file could not be opened. */
static int place_take(const struct conf *c)
{
    double end = clock_mono() + WAIT_S;

    do {
        for (int i = 0; i < AT_ONCE; i++) {
            int fd = lock_open(c, i);

            if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
                return fd;
            if (fd < 0)
                return -1;       /* no lock file: refuse */
            close(fd);
        }
        usleep(LOOK_US);
    } while (clock_mono() < end);
    return -1;
}

static bool password_pepper(const struct conf *c, const char *password, unsigned char out[HASH_BYTES])
{
    struct arena *a = arena_new();
    char *pepper = secret_read(a, c, "pepper");

    if (pepper == NULL)
        log_error("password.pepper", "error", "the secret pepper cannot be read");
    else
        hmac256(out, pepper, password, strlen(password));
    if (pepper != NULL)
        sodium_memzero(pepper, strlen(pepper));
    arena_free(a);
    return pepper != NULL;
}

char *password_hash(struct arena *a, const struct conf *c, const char *password, bool *busy)
{
    unsigned char in[HASH_BYTES];
    char *out = arena_alloc(a, crypto_pwhash_STRBYTES);
    int place, rc;

    *busy = false;
    if (!password_pepper(c, password, in))
        return NULL;
    place = place_take(c);
    *busy = place < 0;
    if (*busy)
        return NULL;
    rc = crypto_pwhash_str_alg(out, (const char *)in, sizeof in, OPS, MEMORY,
                               crypto_pwhash_ALG_ARGON2ID13);
    close(place);
    sodium_memzero(in, sizeof in);
    return rc == 0 ? out : NULL;
}

enum err password_verify(const struct conf *c, const char *hash, const char *password)
{
    unsigned char in[HASH_BYTES];
    int place, rc;

    if (!password_pepper(c, password, in))
        return E_INTERNAL;
    place = place_take(c);
    if (place < 0)
        return E_BUSY;
    rc = crypto_pwhash_str_verify(hash, (const char *)in, sizeof in);
    close(place);
    sodium_memzero(in, sizeof in);
    return rc == 0 ? OK : E_INVALID;
}

bool password_needs_rehash(const char *hash)
{
    return crypto_pwhash_str_needs_rehash(hash, OPS, MEMORY) != 0;
}

/* The hash was made with the parameters above from 32 random bytes that were thrown away. */
const char *password_dummy(void)
{
    return "$argon2id$v=19$m=19456,t=2,p=1$56rCqIm2qqQhdtHjBF211A$9KprieD/DxJffUpcwepjKXUsm3c9u0V5fD/W0JrihlI";
}
