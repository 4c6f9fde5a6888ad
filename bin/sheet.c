/* paqueteria-sheet: reads one spreadsheet that somebody sent, and tells its rows to whom asks (jobs/sheet_ask.c).  It
 * has the file as its standard input and shuts itself in before it reads the first byte.
 *
 * What it writes: "kind N" and N bytes; for each row "row LINE CELLS" and as many texts and one more, why it cannot be
 * read (or nothing), each as "N" and N bytes; "end", or "fault N" and N bytes. */
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
#include "jobs/sandbox.h"
#include "jobs/sheet_read.h"

#define FROM 0
#define SHEET_MAX (64u << 20)    /* bytes; a larger upload is not accepted by the web programs either */

static void text_tell(const char *text)
{
    printf("%zu\n", strlen(text));
    fputs(text, stdout);
    putchar('\n');
}

static void kind_tell(void *arg UNUSED, const char *words)
{
    fputs("kind ", stdout);
    text_tell(words);
}

static void row_tell(void *arg UNUSED, const struct sheet_row *row)
{
    printf("row %lld %zu\n", (long long)row->line, row->n);
    for (size_t i = 0; i < row->n; i++)
        text_tell(row->v[i]);
    text_tell(row->fault != NULL ? row->fault : "");
}

int main(int argc, char **argv)
{
    static const struct sheet_taker taker = { kind_tell, row_tell, NULL };
    struct arena *a = arena_new();
    int64_t parent = 0;
    const char *data, *why;
    size_t n;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    mallopt(M_ARENA_MAX, 1);
    log_program("sheet");
    if (argc != 2 || !parse_int(argv[1], &parent)) {
        fputs("usage: paqueteria-sheet PARENT <FILE\n", stderr);
        return EX_USAGE;
    }
    if (getppid() != (pid_t)parent)      /* the asking process ended before this line */
        return EX_TEMPFAIL;
    closefrom(STDERR_FILENO + 1);
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    if (!sandbox_enter()) {
        log_error("sheet.sandbox", "error", strerror(errno));
        return EX_OSERR;
    }
    data = file_bytes(a, FROM, SHEET_MAX, &n);
    if (data == NULL)
        return EX_NOINPUT;
    why = sheet_read(a, data, n, &taker);
    if (why != NULL) {
        fputs("fault ", stdout);
        text_tell(why);
    } else
        puts("end");
    if (fflush(stdout) != 0)
        return EX_IOERR;
    _exit(EX_OK);                        /* exit handlers of libraries make calls that the sandbox refuses */
}
