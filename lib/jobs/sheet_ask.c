#include "jobs/sheet_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/util.h"

#define TEXT_MOST (SHEET_CELL + 16)      /* bytes of a text that is believed */

struct sheet_asking {
    struct ctx *c;
    FILE *answer;
    struct arena *row;           /* texts of one row */
    sheet_take *take;
    void *arg;
    const char **kind, **fault;
};

static pid_t sheet_spawn(struct ctx *c, int from, int to)
{
    char *argv[] = { arena_strdup(c->a, "paqueteria-sheet"), arena_printf(c->a, "%d", (int)getpid()), NULL };
    char *environment[] = { NULL };
    const char *program = arena_printf(c->a, "%s/paqueteria-sheet", c->conf->programs_dir);
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    if (posix_spawn_file_actions_adddup2(&actions, from, STDIN_FILENO) == 0
        && posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO) == 0
        && (errno = posix_spawn(&pid, program, &actions, NULL, argv, environment)) != 0) {
        log_error("sheet.start", "program", program, "error", strerror(errno));
        pid = -1;
    }
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

/* Reads a line of the process's own, without its end; false at the end of what it says. */
static bool line_read(struct sheet_asking *x, char line[64])
{
    size_t n;

    if (fgets(line, 64, x->answer) == NULL)
        return false;
    n = strlen(line);
    if (n == 0 || line[n - 1] != '\n')
        return false;
    line[n - 1] = '\0';
    return true;
}

static const char *text_read(struct sheet_asking *x, struct arena *a, const char *size)
{
    char line[64], *text;
    int64_t n;

    if (size == NULL && !line_read(x, line))
        return NULL;
    if (!parse_int(size != NULL ? size : line, &n) || n < 0 || n > TEXT_MOST)
        return NULL;
    text = arena_alloc(a, (size_t)n + 1);
    return fread(text, 1, (size_t)n, x->answer) == (size_t)n && strlen(text) == (size_t)n && getc(x->answer) == '\n'
        ? text : NULL;
}

/* Reads "LINE CELLS" and the row's texts, and has it taken. */
static bool row_read(struct sheet_asking *x, char *head)
{
    const char *v[SHEET_COLUMNS], *line = strsep(&head, " ");
    struct sheet_row row = { .v = v };
    int64_t n;

    if (head == NULL || !parse_int(line, &row.line) || !parse_int(head, &n) || n < 0 || n > SHEET_COLUMNS)
        return false;
    arena_reset(x->row);
    for (row.n = 0; row.n < (size_t)n; row.n++)
        if ((v[row.n] = text_read(x, x->row, NULL)) == NULL)
            return false;
    row.fault = text_read(x, x->row, NULL);
    if (row.fault == NULL)
        return false;
    row.fault = is_blank(row.fault) ? NULL : row.fault;
    return x->take(x->arg, &row);
}

static enum sheet_end answer_take(struct sheet_asking *x)
{
    char line[64];

    while (line_read(x, line)) {
        if (streq(line, "end"))
            return SHEET_READ;
        if (has_prefix(line, "fault ")) {
            *x->fault = text_read(x, x->c->a, line + strlen("fault "));
            return *x->fault != NULL ? SHEET_BROKEN : SHEET_UNDONE;
        }
        if (has_prefix(line, "kind ")) {
            if ((*x->kind = text_read(x, x->c->a, line + strlen("kind "))) == NULL)
                return SHEET_UNDONE;
        } else if (!has_prefix(line, "row ") || !row_read(x, line + strlen("row ")))
            return SHEET_UNDONE;
    }
    return SHEET_UNDONE;
}

enum sheet_end sheet_ask(struct ctx *c, const char *path, sheet_take *take, void *arg, const char **kind, const char **fault)
{
    struct sheet_asking x = { .c = c, .row = arena_new(), .take = take, .arg = arg, .kind = kind, .fault = fault };
    const int from = open(path, O_RDONLY | O_CLOEXEC);
    enum sheet_end end = SHEET_UNDONE;
    int ends[2] = { -1, -1 }, status = 0;
    pid_t pid = -1;

    *kind = *fault = NULL;
    if (from >= 0 && pipe2(ends, O_CLOEXEC) == 0)
        pid = sheet_spawn(c, from, ends[1]);
    if (pid < 0)
        log_error("sheet.open", "error", strerror(errno));
    if (ends[1] >= 0)
        close(ends[1]);          /* else the answer would never end */
    if (from >= 0)
        close(from);
    x.answer = pid > 0 ? fdopen(ends[0], "r") : NULL;
    if (x.answer != NULL) {
        end = answer_take(&x);
        fclose(x.answer);        /* a process that still writes is ended by SIGPIPE */
    } else if (ends[0] >= 0)
        close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (end != SHEET_UNDONE && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
        end = SHEET_UNDONE;
    if (end == SHEET_UNDONE)
        log_warn("sheet.undone", "status", NUM(status));
    arena_free(x.row);
    return end;
}
