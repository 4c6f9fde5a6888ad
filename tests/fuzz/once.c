/* Runs a fuzz target without libFuzzer, as ./dev test does with the sanitizers' build: over each input of its corpus, and
 * over RUNS inputs made of those by a few changes that SEED decides.  An input that the target dies of is written to
 * FOUND.   once RUNS SEED FOUND [CORPUS] */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <sanitizer/common_interface_defs.h>

#include "base/file.h"
#include "base/util.h"
#include "tests/fuzz/fuzz.h"

#define INPUTS 64                /* an empty one and those of a corpus; more are not read */
#define INPUT_MAX 65536          /* bytes */
#define CHANGES 4                /* most changes from one input to the next */
#define WALK 32                  /* inputs, on average, that each come from the one before; then one of the corpus again */

struct input { const uint8_t *bytes; size_t n; };

static const char *found;
static struct input now;         /* the input that the target has */
static uint64_t state;

static void found_write(int sig UNUSED)
{
    int fd = open(found, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd >= 0 && write(fd, now.bytes, now.n) == (ssize_t)now.n)
        fprintf(stderr, "the input is in %s\n", found);
}

static void found_write_last(void)
{
    found_write(0);
}

/* Deals a number below n by xorshift, whose row depends on the seed alone. */
static size_t below(size_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return n == 0 ? 0 : (size_t)(state % n);
}

/* Gives the target a block of exactly the input's size, so that reading past it is seen. */
static void run(const uint8_t *bytes, size_t n)
{
    uint8_t *block = malloc(n > 0 ? n : 1);

    assert(block != NULL);
    memcpy(block, bytes, n);
    now = (struct input){ block, n };
    LLVMFuzzerTestOneInput(block, n);
    free(block);
}

/* Changes the input at one place: a byte is another, bytes are cut out, doubled, or taken from another input. */
static size_t change(uint8_t *p, size_t n, const struct input *other)
{
    const size_t at = below(n + 1), len = 1 + below(below(4) == 0 ? n + 1 : 16), rest = n - at, from = below(other->n);

    switch (below(5)) {
    case 0:
        if (rest > 0)
            p[at] = (uint8_t)(below(2) == 0 ? ' ' + below(95) : below(256));     /* half of them ASCII that prints */
        return n;
    case 1:
        if (rest > 0)
            p[at] ^= (uint8_t)(1u << below(8));
        return n;
    case 2:
        if (rest < len)
            return at;
        memmove(p + at, p + at + len, rest - len);
        return n - len;
    case 3:
        if (rest < len || n + len > INPUT_MAX)
            return n;
        memmove(p + at + len, p + at, rest);
        return n + len;
    default:
        if (other->n - from < len || rest < len)
            return n;
        memcpy(p + at, other->bytes + from, len);
        return n;
    }
}

static size_t corpus_read(struct arena *a, const char *dir, struct input *list)
{
    DIR *d = dir != NULL ? opendir(dir) : NULL;
    const struct dirent *entry;
    size_t n = 0;

    while (d != NULL && n < INPUTS - 1 && (entry = readdir(d)) != NULL) {
        struct input *in = &list[n];

        if (entry->d_name[0] == '.')
            continue;
        in->bytes = (const uint8_t *)file_bytes(a, openat(dirfd(d), entry->d_name, O_RDONLY | O_CLOEXEC), INPUT_MAX, &in->n);
        n += in->bytes != NULL;
    }
    if (d != NULL)
        closedir(d);
    return n;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct input list[INPUTS] = { { (const uint8_t *)"", 0 } };
    uint8_t *p = malloc(INPUT_MAX);
    size_t n, len = 0;

    if (argc < 4 || p == NULL)
        return 2;
    state = strtoull(argv[2], NULL, 10) * 2 + 1;     /* never 0, of which xorshift makes nothing else */
    found = argv[3];
    __sanitizer_set_death_callback(found_write_last);
    signal(SIGABRT, found_write);    /* an assert raises it, and ends the process when this returns */
    n = 1 + corpus_read(a, argv[4], list + 1);
    for (size_t i = 0; i < n; i++)
        run(list[i].bytes, list[i].n);
    for (long runs = strtol(argv[1], NULL, 10); runs > 0; runs--) {
        if (below(WALK) == 0) {
            const struct input *from = &list[below(n)];

            len = from->n;
            memcpy(p, from->bytes, len);
        }
        for (size_t i = below(CHANGES) + 1; i > 0; i--)
            len = change(p, len, &list[below(n)]);
        run(p, len);
    }
    free(p);
    arena_free(a);
    return 0;
}
