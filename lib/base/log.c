#include "base/log.h"

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "base/util.h"

#define VALUE_MAX 2048           /* bytes of one value; the rest is cut */
#define HELD_MAX (PIPE_BUF / 2)  /* and one more line: a pipe takes that in one piece */

static const char *program = "-";

/* Lines that wait for log_release.  Each process has one log, its standard error. */
static struct buf held;
static bool holding;

void log_program(const char *name)
{
    program = name;
}

/* Not to be shown as it is: controls, line separators, bidi marks, the BOM. */
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

    while (is_plain_char(s[n])) {
        n++;
    }
    return n > 0 && n < VALUE_MAX && s[n] == '\0';
}

static void add_pair(struct buf *b, const char *key, const char *value)
{
    buf_char(b, ' ');
    buf_str(b, key);
    buf_char(b, '=');
    if (value == NULL) {
        return;
    }
    if (is_plain(value)) {
        buf_str(b, value);
        return;
    }
    buf_char(b, '"');
    add_escaped(b, value);
    buf_char(b, '"');
}

/* One write, so that lines of several processes do not mix.  If the log cannot be
 * written there is nobody left to tell. */
static void write_held(void)
{
    if (held.len > 0) {
        (void)!write(STDERR_FILENO, held.data, held.len);
    }
    buf_reset(&held);
}

void log_line(const char *level, const char *event, ...)
{
    char when[RFC3339_SIZE];
    const char *key;
    va_list ap;

    clock_rfc3339_into(when, clock_now());
    buf_str(&held, "ts=");
    buf_str(&held, when);
    add_pair(&held, "level", level);
    add_pair(&held, "program", program);
    add_pair(&held, "pid", NUM(getpid()));
    add_pair(&held, "event", event);
    va_start(ap, event);
    while ((key = va_arg(ap, const char *)) != NULL) {
        add_pair(&held, key, va_arg(ap, const char *));
    }
    va_end(ap);
    buf_char(&held, '\n');
    if (!holding || !streq(level, "info") || held.len > HELD_MAX) {
        write_held();
    }
}

void log_hold(void)
{
    holding = true;
}

void log_release(void)
{
    holding = false;
    write_held();
}

struct num num_(int64_t n)
{
    struct num out;

    digits(out.s, n);
    return out;
}
