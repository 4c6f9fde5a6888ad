/* paqueteria-picture: opens one photo that somebody sent, and writes it smaller, as its arguments say.  It has the
 * descriptors that jobs/picture_ask.c gives it and shuts itself in before it reads the first byte. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/util.h"
#include "jobs/picture.h"
#include "jobs/sandbox.h"

#define FROM 0
#define FIRST 3
#define PHOTO_MAX (64u << 20)    /* bytes; a larger upload is not accepted by the web programs either */

static void answer(const char *line)
{
    printf("%s\n", line);
    fflush(stdout);
}

/* Makes the pictures one after another until one fails, and says of each what became of it. */
static void pictures_make(const struct buf *photo, struct picture *list, int n)
{
    const char *fault = picture_fault(photo);

    if (fault != NULL) {
        printf("fault %s\n", fault);
        fflush(stdout);
        return;
    }
    for (int i = 0; i < n; i++) {
        enum picture_end end = picture_write(photo, FIRST + i, &list[i]);

        if (end != PICTURE_MADE) {
            answer(end == PICTURE_DAMAGED ? "damaged" : "undone");
            return;
        }
        printf("made %lld %lld\n", (long long)list[i].width, (long long)list[i].height);
    }
    fflush(stdout);
}

static bool arguments_read(char **argv, int n, struct picture *list)
{
    for (int i = 0; i < n; i++) {
        int64_t px, quality;

        if (!parse_int(argv[3 * i + 1], &px) || !parse_int(argv[3 * i + 2], &quality) || px < 1 || px > 10000
            || quality < 1 || quality > 100)
            return false;
        list[i] = (struct picture){ .format = argv[3 * i], .px = (int)px, .quality = (int)quality };
    }
    return true;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct picture list[PICTURES_MAX];
    struct buf photo = { 0 };
    int64_t parent = 0;
    int n = (argc - 2) / 3;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    mallopt(M_ARENA_MAX, 1);             /* else each thread of a decoder would reserve 64 MB, and threads of
                                          * the HEIC decoder would wait for ever for one that could not start */
    log_program("picture");
    if (argc < 5 || (argc - 2) % 3 != 0 || n > PICTURES_MAX || !parse_int(argv[1], &parent)
        || !arguments_read(argv + 2, n, list)) {
        fputs("usage: paqueteria-picture PARENT {webp|jpeg PX QUALITY}…\n", stderr);
        return EX_USAGE;
    }
    if (getppid() != (pid_t)parent)      /* the asking process ended before this line */
        return EX_TEMPFAIL;
    closefrom(FIRST + n);
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    picture_open();
    if (!sandbox_enter()) {
        log_error("picture.sandbox", "error", strerror(errno));
        return EX_OSERR;
    }
    photo.data = file_bytes(a, FROM, PHOTO_MAX, &photo.len);
    if (photo.data == NULL)
        return EX_NOINPUT;
    pictures_make(&photo, list, n);
    _exit(EX_OK);                        /* exit handlers of libraries make calls that the sandbox refuses */
}
