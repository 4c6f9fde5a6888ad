#include "print/label.h"

#include <pango/pangocairo.h>

#include "base/util.h"
#include "code/barcode.h"

#define FONT "Liberation Sans, DejaVu Sans, sans-serif"
#define WIDE 50.0                /* mm, as the sizes below */
#define HIGH 25.0
#define MARGIN 1.5
#define QR 22.0                  /* side of the QR code with its quiet zone: HIGH less both margins */
#define BAR 9.0                  /* height of a Code 128 */
#define BLACK 128                /* alpha, of 255, from which a pixel is a dot */

struct face { cairo_t *cr; PangoLayout *layout; double mm, y; struct arena *a; };

/* ---- drawing ---- */

/* Draws the QR code or Code 128 and returns its width in mm.  A module is a whole number of dots, so that
 * all have one width for a reader. */
static double face_symbol(struct face *f, const struct label_face *l)
{
    struct barcode code;
    int unit, high;

    if (barcode_bars(f->a, l->line ? BARCODE_128 : BARCODE_QR, l->code, &code) != OK)
        return 0;
    unit = (int)((l->line ? (WIDE - MARGIN * 2) * f->mm : QR * f->mm) / code.width);
    unit = unit < 1 ? 1 : unit;
    high = l->line ? (int)(BAR * f->mm) : unit;
    for (size_t i = 0; i < code.n; i++) {
        const struct barcode_bar *b = &code.v[i];

        cairo_rectangle(f->cr, (int)(MARGIN * f->mm) + b->x * unit, (int)(MARGIN * f->mm) + (l->line ? 0 : b->y * unit),
                        b->width * unit, high);
    }
    cairo_fill(f->cr);
    return code.width * unit / f->mm;
}

static void set_font(struct face *f, double points, bool bold)
{
    PangoFontDescription *font = pango_font_description_from_string(FONT);

    pango_font_description_set_absolute_size(font, points * 25.4 / 72 * f->mm * PANGO_SCALE);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(f->layout, font);
    pango_font_description_free(font);
}

/* Writes a line at most `points` large.  If it does not fit, it shrinks to half of that, and is then cut
 * with an ellipsis.  Moves f->y below it. */
static void face_line(struct face *f, const char *what, double points, bool bold, double x)
{
    double room = (WIDE - MARGIN - x) * f->mm * PANGO_SCALE;
    int width, height;

    if (is_blank(what))
        return;
    set_font(f, points, bold);
    pango_layout_set_width(f->layout, -1);
    pango_layout_set_text(f->layout, what, -1);
    pango_layout_get_size(f->layout, &width, NULL);
    if (width > room)
        set_font(f, width > room * 2 ? points / 2 : points * room / width, bold);
    pango_layout_set_width(f->layout, (int)room);
    pango_layout_get_size(f->layout, NULL, &height);
    cairo_move_to(f->cr, x * f->mm, f->y * f->mm);
    pango_cairo_show_layout(f->cr, f->layout);
    f->y += (double)height / PANGO_SCALE / f->mm;
}

static void face_draw(struct face *f, const struct label_face *l)
{
    double wide = face_symbol(f, l), x = l->line ? WIDE / 2 : MARGIN + wide;

    f->y = l->line ? MARGIN + BAR + 1 : MARGIN;
    face_line(f, l->position, 28, true, l->line ? MARGIN : x);
    if (l->line)                 /* beside the position, which is short */
        f->y = MARGIN + BAR + 1;
    if (!l->is_position)
        face_line(f, l->code, 14, true, x);
    face_line(f, l->name, 8, false, x);
    face_line(f, l->date, 7, false, x);
}

static void dots_pack(struct dots *d, cairo_surface_t *surface)
{
    const unsigned char *alpha = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);

    for (int y = 0; y < d->height; y++)
        for (int x = 0; x < d->width; x++)
            if (alpha[y * stride + x] >= BLACK)
                d->bits[y * d->stride + x / 8] |= (uint8_t)(0x80 >> x % 8);
}

struct dots label_draw(struct arena *a, const struct label_face *l, int dpi)
{
    struct face f = { .mm = dpi / 25.4, .a = a };
    struct dots d = { .width = ((int)(WIDE * f.mm) + 7) / 8 * 8, .height = (int)(HIGH * f.mm) };
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, d.width, d.height);

    d.stride = d.width / 8;
    d.bits = arena_alloc(a, (size_t)d.stride * (size_t)d.height);
    f.cr = cairo_create(surface);
    f.layout = pango_cairo_create_layout(f.cr);
    pango_layout_set_ellipsize(f.layout, PANGO_ELLIPSIZE_END);
    face_draw(&f, l);
    g_object_unref(f.layout);
    cairo_destroy(f.cr);
    cairo_surface_flush(surface);
    dots_pack(&d, surface);
    cairo_surface_destroy(surface);
    return d;
}

/* ---- the languages ---- */

void label_zpl(struct buf *out, const struct dots *d)
{
    int bytes = d->stride * d->height;

    buf_printf(out, "^XA^PW%d^LL%d^LH0,0^FO0,0^GFA,%d,%d,%d,", d->width, d->height, bytes, bytes, d->stride);
    for (int i = 0; i < bytes; i++)
        buf_printf(out, "%02X", d->bits[i]);
    buf_str(out, "^FS^XZ\n");
}

void label_escpos(struct buf *out, const struct dots *d)
{
    const unsigned char head[] = { 0x1b, '@', 0x1d, 'v', '0', 0, (unsigned char)d->stride, (unsigned char)(d->stride >> 8),
                                   (unsigned char)d->height, (unsigned char)(d->height >> 8) };

    buf_add(out, head, sizeof head);
    buf_add(out, d->bits, (size_t)d->stride * (size_t)d->height);
    buf_char(out, '\f');
}
