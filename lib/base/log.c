#include "base/log.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "base/util.h"

#define VALUE_MAX 2048           /* bytes of a value; a longer one is cut */
#define BATCH_MAX 8192           /* bytes of lines that wait */
#define BATCH_MS 100

static const char *program = "-";

static struct buf line;          /* the line that is being made */

/* Whole lines that wait to be written together to standard error.  Their length is set last and the array never
 * moves, so that a signal that ends the process may write them at any moment. */
static struct {
    char text[BATCH_MAX];
    volatile sig_atomic_t len;
    int64_t since;               /* clock_boot_ms() when the first of them was added */
    bool on;
    pid_t pid;                   /* number of this process, valid as long as `on` */
} batch;

void log_program(const char *name)
{
    program = name;
    signal(SIGXFSZ, SIG_IGN);
}

/* Whether a character is written as an escape: controls, line separators, bidi marks, the BOM. */
static bool is_hidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || (c >= 0x200b && c <= 0x200f)
        || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static void add_escaped(struct buf *b, const char *s)
{
    size_t n = strnlen(s, VALUE_MAX);
    uint32_t cp;

    for (size_t i = 0, len; i < n; i += len) {
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0) {
            buf_printf(b, "\\x%02x", (unsigned)(unsigned char)s[i]);
            len = 1;
        } else if (cp == '"' || cp == '\\') {
            buf_char(b, '\\');
            buf_char(b, (char)cp);
        } else if (cp == '\n') {
            buf_str(b, "\\n");
        } else if (is_hidden(cp)) {
            buf_printf(b, "\\u%04x", (unsigned)cp);
        } else {
            buf_add(b, s + i, len);
        }
    }
}

static bool is_plain_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || (c != '\0' && strchr("-_./:+,@{}", c) != NULL);
}

static bool is_plain(const char *s)
{
    size_t n = 0;

    while (is_plain_char(s[n]))
        n++;
    return n > 0 && n < VALUE_MAX && s[n] == '\0';
}

static void add_pair(struct buf *b, const char *key, const char *value)
{
    buf_char(b, ' ');
    buf_str(b, key);
    buf_char(b, '=');
    if (value == NULL)
        return;
    if (is_plain(value)) {
        buf_str(b, value);
        return;
    }
    buf_char(b, '"');
    add_escaped(b, value);
    buf_char(b, '"');
}

/* Bytes to write at once: as many whole lines as fit into PIPE_BUF, or a single line that is longer.  A pipe
 * takes up to PIPE_BUF bytes in one piece, so that lines of several processes do not mix. */
static size_t piece_of(const char *s, size_t n)
{
    const char *end;

    if (n <= PIPE_BUF)
        return n;
    end = memrchr(s, '\n', PIPE_BUF);
    if (end == NULL)
        end = memchr(s, '\n', n);
    return end == NULL ? n : (size_t)(end - s) + 1;
}

/* Writes lines to standard error.  An error is ignored, since there is nowhere to report it. */
static void lines_write(const char *s, size_t n)
{
    for (size_t piece; n > 0; s += piece, n -= piece) {
        piece = piece_of(s, n);
        (void)!write(STDERR_FILENO, s, piece);
    }
}

void log_flush(void)
{
    lines_write(batch.text, (size_t)batch.len);
    batch.len = 0;
}

int log_due(void)
{
    int64_t left;

    if (batch.len == 0)
        return -1;
    left = batch.since + BATCH_MS - clock_boot_ms();
    if (left > 0 && left <= BATCH_MS)
        return (int)left;
    log_flush();
    return -1;
}

/* Adds the line to the waiting ones. */
static void line_keep(void)
{
    if ((size_t)batch.len + line.len > BATCH_MAX)
        log_flush();
    if (line.len > BATCH_MAX) {
        lines_write(line.data, line.len);
        return;
    }
    if (batch.len == 0)
        batch.since = clock_boot_ms();
    memcpy(batch.text + batch.len, line.data, line.len);
    batch.len += (sig_atomic_t)line.len;
}

void log_line(const char *level, const char *event, ...)
{
    char when[RFC3339_SIZE];
    const char *key;
    va_list ap;

    buf_reset(&line);
    clock_rfc3339_into(when, clock_now());
    buf_str(&line, "ts=");
    buf_str(&line, when);
    add_pair(&line, "level", level);
    add_pair(&line, "program", program);
    add_pair(&line, "pid", NUM(batch.on ? batch.pid : getpid()));
    add_pair(&line, "event", event);
    va_start(ap, event);
    while ((key = va_arg(ap, const char *)) != NULL)
        add_pair(&line, key, va_arg(ap, const char *));
    va_end(ap);
    buf_char(&line, '\n');
    line_keep();
    if (!batch.on || !streq(level, "info"))
        log_flush();
    log_due();                   /* a busy program may come back to its own log_due late */
}

/* Handler of fatal signals: writes the waiting lines, then lets the signal end the process. */
static void fatal_take(int sig)
{
    log_flush();
    raise(sig);                  /* SA_RESETHAND has restored the default action */
}

/* Sets the handler of a fatal signal, unless a sanitizer has one, which reports more. */
static void fatal_watch(int sig)
{
    struct sigaction old, take = { .sa_handler = fatal_take, .sa_flags = SA_RESETHAND | SA_NODEFER };

    if (sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
        sigaction(sig, &take, NULL);
}

/* Notes which process this is; a child does so when it is forked. */
static void pid_note(void)
{
    batch.pid = getpid();
}

void log_batch(void)
{
    static const int fatal[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV };

    if (batch.on)
        return;
    batch.on = true;
    pid_note();
    for (size_t i = 0; i < COUNT(fatal); i++)
        fatal_watch(fatal[i]);
    atexit(log_flush);
    pthread_atfork(log_flush, NULL, pid_note);
}

struct num num_(int64_t n)
{
    struct num out;

    digits(out.s, n);
    return out;
}
