/* Writes JSON from field tables straight into a buffer, byte for byte as json-c prints the same values. */
#include "json/json.h"

#include "base/clock.h"
#include "base/util.h"

/* How a byte is written inside a string: 0: as it is; 'u': as \u00xx; else as a backslash and that letter. */
static const char escapes[256] = {
    ['\b'] = 'b', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['\f'] = 'f', ['"'] = '"', ['\\'] = '\\', ['/'] = '/',
#define U(c) [c] = 'u'
    U(0x01), U(0x02), U(0x03), U(0x04), U(0x05), U(0x06), U(0x07), U(0x0b), U(0x0e), U(0x0f), U(0x10), U(0x11),
    U(0x12), U(0x13), U(0x14), U(0x15), U(0x16), U(0x17), U(0x18), U(0x19), U(0x1a), U(0x1b), U(0x1c), U(0x1d),
    U(0x1e), U(0x1f),
#undef U
};

static void escape_write(struct buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char unicode[] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
    const char letter[] = { '\\', escapes[c] };

    if (escapes[c] == 'u')
        buf_add(b, unicode, sizeof unicode);
    else
        buf_add(b, letter, sizeof letter);
}

static void text_write(struct buf *b, const char *s)
{
    const char *from = s;

    buf_char(b, '"');
    for (; *s != '\0'; s++) {
        if (escapes[(unsigned char)*s] == 0)
            continue;
        buf_add(b, from, (size_t)(s - from));
        escape_write(b, (unsigned char)*s);
        from = s + 1;
    }
    buf_add(b, from, (size_t)(s - from));
    buf_char(b, '"');
}

static void null_write(struct buf *b)
{
    buf_add(b, "null", 4);
}

static void int_write(struct buf *b, int64_t n)
{
    char s[DIGITS_SIZE];

    buf_str(b, digits(s, n));
}

static void instant_write(struct buf *b, int64_t t)
{
    char s[RFC3339_SIZE];

    clock_rfc3339_into(s, t);
    text_write(b, s);
}

static void number_write(struct buf *b, const struct field *f, const void *object)
{
    int64_t n = field_int(f, object);

    if (field_is_none(f, object) || (n == 0 && (f->type == F_ID || f->type == F_INSTANT)))
        null_write(b);
    else if (f->type == F_BOOL)
        buf_str(b, n != 0 ? "true" : "false");
    else if (f->type == F_INSTANT)
        instant_write(b, n);
    else
        int_write(b, n);
}

static void value_write(struct buf *b, const struct field *f, const void *object)
{
    const char *v;
    size_t n;

    if (field_is_int(f)) {
        number_write(b, f, object);
    } else if (field_is_text(f)) {
        if ((v = field_text(f, object)) != NULL)
            text_write(b, v);
        else
            null_write(b);
    } else if (field_is_none(f, object)) {
        null_write(b);
    } else if (f->type == F_LIST) {
        v = field_list(f, object, &n);
        json_write_list(b, *f->of, v, n, f->size);
    } else {
        json_write_object(b, *f->of, field_at(f, object));
    }
}

static void members_write(struct buf *b, struct fields f, const void *object)
{
    bool comma;

    for (const struct field *row = f.rows; row < f.rows + f.count; row++) {
        if (!field_is_shown(row, object))
            continue;
        if (row->type == F_PART) {
            members_write(b, *row->of, field_at(row, object));
            continue;
        }
        comma = b->data[b->len - 1] != '{';
        buf_add(b, row->key + !comma, row->key_len - !comma);
        value_write(b, row, object);
    }
}

void json_write_object(struct buf *b, struct fields f, const void *object)
{
    buf_char(b, '{');
    members_write(b, f, object);
    buf_char(b, '}');
}

void json_write_list(struct buf *b, struct fields f, const void *v, size_t n, size_t size)
{
    buf_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(b, ',');
        json_write_object(b, f, (const char *)v + i * size);
    }
    buf_char(b, ']');
}
