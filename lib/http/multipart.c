#include "http/multipart.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/room.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "http/octets.h"
#include "http/part.h"
#include "http/texts.h"

#define FILES_MAX 6
#define FIELDS_MAX 64
#define PARTS_MAX 100            /* files that were refused and inputs that were left empty among them */
#define FIELD_BYTES (64 * 1024)
#define WINDOW 16384             /* bytes of the body held in memory */
#define LINE_MAX_BYTES 4096      /* length of a header line */
#define LINES_MAX 16             /* header lines of one part */

/* State of reading one body.  The window holds bytes that were read and not yet used. */
struct multipart {
    struct ctx *c;
    struct request *r;
    const char *delimiter;       /* CR LF -- boundary */
    size_t delimiter_n;
    int64_t left;                /* bytes of the body not yet read */
    size_t start, end;           /* the unused bytes are window[start…end) */
    int files, fields, parts;
    enum err refused;            /* error of the first refused file; the other parts are read all the same, so
                                  * that the form can be shown again */
    struct upload **tail;
    char window[WINDOW];
};

/* A part of the body, and where its bytes go. */
struct part {
    struct part_head head;
    struct buf value;            /* bytes of a field */
    int fd;                      /* the file that an upload's bytes go to; -1: not opened, or a field */
    bool dropped;                /* the file was refused: its bytes are read and thrown away */
    struct upload *upload;
};

static enum err multipart_malformed(struct multipart *m)
{
    return ctx_fail(m->c, E_MALFORMED, NULL, T_MALFORMED, NULL);
}

/* Reads more into the window.  A body that ends here is malformed, since every caller needs more bytes. */
static enum err multipart_fill(struct multipart *m)
{
    size_t room;
    long got;

    if (m->start > 0) {
        memmove(m->window, m->window + m->start, m->end - m->start);
        m->end -= m->start;
        m->start = 0;
    }
    room = WINDOW - m->end;
    if (m->left < (int64_t)room)
        room = (size_t)m->left;
    if (room == 0)
        return multipart_malformed(m);
    got = m->r->src.read(m->r->src.self, m->window + m->end, room);
    if (got <= 0 || (size_t)got > room)
        return multipart_malformed(m);
    m->end += (size_t)got;
    m->left -= got;
    return OK;
}

static enum err multipart_need(struct multipart *m, size_t n)
{
    enum err e = OK;

    while (e == OK && m->end - m->start < n)
        e = multipart_fill(m);
    return e;
}

/* --- where a part's bytes go ------------------------------------------------ */

static enum err storage_failed(struct multipart *m, const char *path)
{
    bool full = room_is_out(errno);

    log_error("multipart.store", "path", path, "error", strerror(errno), "request",
              m->c->request_id);
    return full ? ctx_fail(m->c, E_FULL, NULL, T_DISK_FULL, NULL)
                : ctx_fail(m->c, E_INTERNAL, NULL, T_INTERNAL, NULL);
}

/* Refuses a file; if several are refused, the fault names the first. */
static enum err file_refuse(struct multipart *m, struct part *p, enum err e, const struct text *t,
                            const char *most)
{
    p->dropped = true;
    if (m->refused == OK)
        m->refused = ctx_fail(m->c, e, p->head.name, t, most, NULL);
    return OK;
}

static enum err file_begin(struct multipart *m, struct part *p)
{
    char *path;

    if (!room_for_files(m->c->conf))
        return file_refuse(m, p, E_FULL, T_UPLOADS_OFF, NULL);
    if (m->files++ >= FILES_MAX)
        return file_refuse(m, p, E_INVALID, T_FILES_MANY, arena_printf(m->c->a, "%d", FILES_MAX));
    path = arena_printf(m->c->a, "%s/upload.XXXXXX", m->c->conf->spool_dir);
    p->fd = mkostemp(path, O_CLOEXEC);
    if (p->fd < 0)
        return storage_failed(m, path);
    p->upload = arena_alloc(m->c->a, sizeof(*p->upload));
    *p->upload = (struct upload){ .field = p->head.name, .name = p->head.filename,
                                  .type = p->head.type, .path = path };
    *m->tail = p->upload;
    m->tail = &p->upload->next;
    return OK;                   /* mode 0600: nobody but us reads what a stranger sent */
}

static enum err file_write(struct multipart *m, struct part *p, const char *s, size_t n)
{
    int64_t mb = m->c->conf->photo_mb;
    enum err e = p->upload == NULL && !p->dropped ? file_begin(m, p) : OK;

    if (e != OK || p->dropped)
        return e;
    p->upload->size += (int64_t)n;
    if (p->upload->size > mb << 20) {
        return file_refuse(m, p, E_TOO_LARGE, T_FILE_LARGE,
                           arena_printf(m->c->a, "%lld MB", (long long)mb));
    }
    while (n > 0) {
        ssize_t put = write(p->fd, s, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return storage_failed(m, p->upload->path);
        s += put;
        n -= (size_t)put;
    }
    return OK;
}

/* Writes bytes to where the part's bytes go; p NULL: bytes before the first boundary, which are thrown away. */
static enum err part_write(struct multipart *m, struct part *p, const char *s, size_t n)
{
    if (p == NULL || n == 0)
        return OK;
    if (p->head.filename != NULL)
        return file_write(m, p, s, n);
    if (p->value.len + n > FIELD_BYTES)
        return ctx_fail(m->c, E_TOO_LARGE, p->head.name, T_TOO_LARGE, "64 KB", NULL);
    buf_add(&p->value, s, n);
    return OK;
}

/* Ends a part.  Browsers send a file input that was left empty as a file without name and bytes: it is no
 * file. */
static enum err part_end(struct multipart *m, struct part *p)
{
    struct pair pair = { .name = p->head.name, .len = p->value.len };

    if (p->upload != NULL || p->dropped)
        return OK;
    if (p->head.filename != NULL && *p->head.filename != '\0')
        return file_begin(m, p);
    if (m->fields++ == FIELDS_MAX)
        return ctx_fail(m->c, E_TOO_LARGE, NULL, T_TOO_LARGE, "64 datos", NULL);
    if (p->head.filename != NULL)
        return OK;
    pair.value = "";
    if (pair.len > 0)
        pair.value = arena_memdup(m->c->a, p->value.data, pair.len + 1);
    pairs_add(m->c->a, &m->r->post, pair);
    return OK;
}

/* Gives everything before the next delimiter to the part, and skips the delimiter. */
static enum err copy_until_delimiter(struct multipart *m, struct part *p)
{
    enum err e = OK;

    while (e == OK) {
        const char *from = m->window + m->start;
        size_t n = m->end - m->start, keep = m->delimiter_n - 1;
        const char *at = memmem(from, n, m->delimiter, m->delimiter_n);

        if (at != NULL) {
            m->start += (size_t)(at - from) + m->delimiter_n;
            return part_write(m, p, from, (size_t)(at - from));
        }
        /* The last bytes of the window are kept: they may be the beginning of the delimiter. */
        if (n > keep) {
            e = part_write(m, p, from, n - keep);
            m->start += n - keep;
        }
        if (e == OK)
            e = multipart_fill(m);
    }
    return e;
}

/* --- headers ------------------------------------------------------------------ */

/* Reads a header line; *line is a copy without its CR LF. */
static enum err read_line(struct multipart *m, char **line)
{
    for (;;) {
        const char *from = m->window + m->start;
        size_t n = m->end - m->start;
        const char *at = memmem(from, n, "\r\n", 2);
        enum err e;

        if (at != NULL) {
            n = (size_t)(at - from);
            *line = arena_strndup(m->c->a, from, n);
            m->start += n + 2;
            return strlen(*line) == n ? OK : multipart_malformed(m);   /* malformed: a NUL inside */
        }
        if (n > LINE_MAX_BYTES)
            return multipart_malformed(m);
        e = multipart_fill(m);
        if (e != OK)
            return e;
    }
}

static enum err read_headers(struct multipart *m, struct part *p)
{
    char *line = NULL;

    for (int i = 0; i <= LINES_MAX; i++) {
        enum err e = read_line(m, &line);

        if (e != OK)
            return e;
        if (*line == '\0')
            return part_head_good(&p->head) ? OK : multipart_malformed(m);
        if (!part_header(m->c->a, line, &p->head))
            break;
    }
    return multipart_malformed(m);
}

/* --- parts -------------------------------------------------------------------- */

static enum err read_part(struct multipart *m)
{
    struct part p = { .head.type = "", .fd = -1 };
    enum err e;

    if (m->parts++ == PARTS_MAX)
        return ctx_fail(m->c, E_TOO_LARGE, NULL, T_TOO_LARGE, arena_printf(m->c->a, "%d partes", PARTS_MAX), NULL);
    e = read_headers(m, &p);
    if (e == OK)
        e = multipart_need(m, m->delimiter_n - 2);
    if (e == OK) {
        /* The line end of an empty part's headers may also be the one that begins the delimiter. */
        if (memcmp(m->window + m->start, m->delimiter + 2, m->delimiter_n - 2) == 0)
            m->start += m->delimiter_n - 2;
        else
            e = copy_until_delimiter(m, &p);
    }
    if (e == OK)
        e = part_end(m, &p);
    buf_free(&p.value);
    if (p.fd >= 0 && close(p.fd) != 0 && e == OK)
        e = storage_failed(m, p.upload->path);
    return e;
}

/* Reads what follows a delimiter: "--" (then *last is true) or the line end before another part. */
static enum err after_delimiter(struct multipart *m, bool *last)
{
    enum err e = multipart_need(m, 2);

    *last = false;
    if (e == OK && memcmp(m->window + m->start, "--", 2) == 0) {
        m->start += 2;
        *last = true;
        return OK;
    }
    while (e == OK && is_blank_char(m->window[m->start])) {   /* padding that RFC 2046 allows here */
        m->start++;
        e = multipart_need(m, 2);
    }
    if (e == OK && memcmp(m->window + m->start, "\r\n", 2) != 0)
        return multipart_malformed(m);
    m->start += 2;
    return e;
}

/* Reads and ignores the bytes behind the last delimiter; a body shorter than content_length is malformed. */
static enum err epilogue_read(struct multipart *m)
{
    enum err e = OK;

    while (e == OK && m->left > 0) {
        m->start = m->end;
        e = multipart_fill(m);
    }
    return e;
}

enum err multipart_read(struct ctx *c, struct request *r, const char *boundary)
{
    struct multipart *m = arena_alloc(c->a, sizeof(*m));
    bool last = false;
    enum err e;

    m->c = c;
    m->r = r;
    m->delimiter = arena_printf(c->a, "\r\n--%s", boundary);
    m->delimiter_n = strlen(m->delimiter);
    m->left = r->content_length;
    m->tail = &r->uploads;
    /* A line end is put before the body, so that its first boundary, which has none, is found like the
     * others. */
    memcpy(m->window, "\r\n", 2);
    m->end = 2;
    e = copy_until_delimiter(m, NULL);
    if (e == OK)
        e = after_delimiter(m, &last);
    while (e == OK && !last) {
        e = read_part(m);
        if (e == OK)
            e = after_delimiter(m, &last);
    }
    if (e == OK)
        e = epilogue_read(m);
    if (e == OK)
        e = m->refused;
    if (e != OK)
        uploads_discard(r);
    return e;
}

void uploads_discard(struct request *r)
{
    for (const struct upload *u = r->uploads; u != NULL; u = u->next) {
        if (u->path != NULL)
            (void)unlink(u->path);
    }
    r->uploads = NULL;
}
