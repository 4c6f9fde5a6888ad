#include "jobs/picture_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/util.h"

#define FROM 0                   /* descriptors of the process: the photo … */
#define ANSWER 1                 /* … what became of it, a line a picture … */
#define FIRST 3                  /* … and the pictures */
#define ANSWER_MAX 1024

struct asking {
    struct ctx *c;
    const struct picture *list;
    size_t n;
    const char *room;            /* a folder of the process's own, its only one */
    int from, answer[2], to[PICTURES_MAX];
};

/* Moves a descriptor out of the way of those that the process gets. */
static int descriptor_raise(int fd)
{
    int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FIRST + PICTURES_MAX);

    if (fd >= 0)
        close(fd);
    return high;
}

static void descriptor_close(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void asking_close(struct asking *x)
{
    descriptor_close(x->from);
    descriptor_close(x->answer[0]);
    descriptor_close(x->answer[1]);
    for (size_t i = 0; i < x->n; i++)
        descriptor_close(x->to[i]);
    if (x->room != NULL)
        rmdir(x->room);
}

static bool asking_open(struct asking *x, const char *from)
{
    char *room = arena_printf(x->c->a, "%s/picture-XXXXXX", x->c->conf->spool_dir);
    int ends[2];
    bool ok;

    x->from = descriptor_raise(open(from, O_RDONLY | O_CLOEXEC));
    if (pipe2(ends, O_CLOEXEC) == 0) {
        x->answer[0] = descriptor_raise(ends[0]);
        x->answer[1] = descriptor_raise(ends[1]);
    }
    x->room = mkdtemp(room);
    ok = x->from >= 0 && x->answer[0] >= 0 && x->answer[1] >= 0 && x->room != NULL;
    for (size_t i = 0; i < x->n; i++) {
        x->to[i] = descriptor_raise(open(x->list[i].to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        ok = ok && x->to[i] >= 0;
    }
    return ok;
}

/* "paqueteria-picture PARENT", then format, size and quality of each picture. */
static pid_t asking_spawn(struct asking *x)
{
    struct arena *a = x->c->a;
    char **argv = arena_alloc(a, (3 + 3 * x->n) * sizeof *argv), **arg = argv;
    char *environment[] = { arena_printf(a, "TMPDIR=%s", x->room), NULL };
    const char *program = arena_printf(a, "%s/paqueteria-picture", x->c->conf->programs_dir);
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;

    *arg++ = arena_strdup(a, "paqueteria-picture");
    *arg++ = arena_printf(a, "%d", (int)getpid());
    for (size_t i = 0; i < x->n; i++) {
        *arg++ = arena_strdup(a, x->list[i].format);
        *arg++ = arena_printf(a, "%d", x->list[i].px);
        *arg++ = arena_printf(a, "%d", x->list[i].quality);
    }
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    if (posix_spawn_file_actions_adddup2(&actions, x->from, FROM) != 0
        || posix_spawn_file_actions_adddup2(&actions, x->answer[1], ANSWER) != 0
        || posix_spawn_file_actions_addchdir_np(&actions, x->room) != 0)
        goto out;
    for (size_t i = 0; i < x->n; i++)
        if (posix_spawn_file_actions_adddup2(&actions, x->to[i], FIRST + (int)i) != 0)
            goto out;
    errno = posix_spawn(&pid, program, &actions, NULL, argv, environment);
    if (errno != 0) {
        log_error("picture.start", "program", program, "error", strerror(errno));
        pid = -1;
    }
out:
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

/* Reads what the process says until it ends; more than ANSWER_MAX bytes are dropped. */
static void answer_read(int fd, char out[ANSWER_MAX])
{
    char piece[256];
    size_t at = 0;
    ssize_t n;

    while ((n = read(fd, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR))
        for (ssize_t i = 0; i < n; i++)
            if (at + 1 < ANSWER_MAX)
                out[at++] = piece[i];
    out[at] = '\0';
}

/* Reads "made WIDTH HEIGHT", of a picture that fits. */
static bool answer_made(char *line, struct picture *p)
{
    char *rest = line;
    const char *word = strsep(&rest, " "), *width = strsep(&rest, " "), *height = rest;

    return streq(word, "made") && width != NULL && height != NULL && parse_int(width, &p->width)
        && parse_int(height, &p->height) && p->width >= 1 && p->height >= 1 && p->width <= p->px && p->height <= p->px;
}

/* Reads the answer of the process.  A process that died, or said less than it should, has not done its work. */
static enum picture_end answer_take(struct ctx *c, char *answer, struct picture *list, size_t n, const char **fault)
{
    char *rest = answer;

    for (size_t i = 0; i < n; i++) {
        char *line = strsep(&rest, "\n");

        if (line == NULL || rest == NULL)
            return PICTURE_UNDONE;
        if (has_prefix(line, "fault ")) {
            *fault = arena_strdup(c->a, line + strlen("fault "));
            return PICTURE_DAMAGED;
        }
        if (streq(line, "damaged"))
            return PICTURE_DAMAGED;
        if (!answer_made(line, &list[i]))
            return PICTURE_UNDONE;
    }
    return PICTURE_MADE;
}

static enum picture_end asking_wait(struct asking *x, pid_t pid, struct picture *list, const char **fault)
{
    char answer[ANSWER_MAX];
    int status = -1;

    close(x->answer[1]);         /* else the answer would never end */
    x->answer[1] = -1;
    answer_read(x->answer[0], answer);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        log_warn("picture.died", "status", NUM(status));
        return PICTURE_UNDONE;
    }
    return answer_take(x->c, answer, list, x->n, fault);
}

enum picture_end picture_ask(struct ctx *c, const char *from, struct picture *list, size_t n, const char **fault)
{
    struct asking x = { .c = c, .list = list, .n = n, .from = -1, .answer = { -1, -1 }, .to = { -1, -1, -1, -1 } };
    enum picture_end end = PICTURE_UNDONE;
    pid_t pid = -1;

    *fault = NULL;
    if (n <= PICTURES_MAX && asking_open(&x, from))
        pid = asking_spawn(&x);
    else
        log_error("picture.open", "error", strerror(errno));
    if (pid > 0)
        end = asking_wait(&x, pid, list, fault);
    asking_close(&x);
    for (size_t i = 0; i < n && end != PICTURE_MADE; i++)
        unlink(list[i].to);
    return end;
}
