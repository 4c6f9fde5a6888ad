/* Who waits for the disk: one for all.  A commit takes a number under the writers'
 * lock, when it is in the log; whoever then has the turn flushes the log up to the last
 * number given, and those behind find theirs on the disk (group commit: DeWitt et al.,
 * Implementation Techniques for Main Memory Database Systems, 1984).
 *
 * The two numbers lie in the file of the writers' lock, mapped by every process.  What a
 * power cut leaves of them is how they once were together, so `synced` is never above
 * `committed`, and the next number given is above both. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"

#define SIZE 4096

struct numbers { _Atomic uint64_t committed, synced; };

static bool turn_lock(int fd, short type)
{
    struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_len = 1 };
    int rc;

    /* Of the open file, so that it is apart from flock on the same one. */
    do
        rc = fcntl(fd, F_OFD_SETLKW, &l);
    while (rc != 0 && errno == EINTR);
    return rc == 0;
}

/* The block is there from the start: a mapped page that a full disk has no room for
 * would be a SIGBUS. */
static bool has_room(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && (st.st_size >= SIZE || (errno = posix_fallocate(fd, 0, SIZE)) == 0);
}

bool turn_open(struct turn *t, int fd)
{
    void *p;

    *t = (struct turn){ .fd = fd };
    if (!has_room(fd))
        return false;
    p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return false;
    t->numbers = p;
    return true;
}

void turn_close(struct turn *t)
{
    if (t->numbers != NULL)
        munmap(t->numbers, SIZE);
}

uint64_t turn_number(struct turn *t)
{
    return atomic_fetch_add(&t->numbers->committed, 1) + 1;
}

bool turn_take(struct turn *t, uint64_t number, uint64_t *upto)
{
    bool had = turn_lock(t->fd, F_WRLCK);    /* without it everyone flushes for himself */

    if (had && atomic_load(&t->numbers->synced) >= number) {
        turn_lock(t->fd, F_UNLCK);
        return false;
    }
    *upto = had ? atomic_load(&t->numbers->committed) : 0;
    return true;
}

void turn_give(struct turn *t, uint64_t upto)
{
    if (upto > 0)
        atomic_store(&t->numbers->synced, upto);
    turn_lock(t->fd, F_UNLCK);
}
