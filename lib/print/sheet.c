#include "print/sheet_draw.h"

#include <cairo-pdf.h>

#include "base/log.h"
#include "base/util.h"
#include "code/barcode.h"

#define FONT "Liberation Sans, DejaVu Sans, sans-serif"
#define MONO "Liberation Mono, DejaVu Sans Mono, monospace"
#define SYMBOL 62.0              /* points; the QR code's side */
#define LABEL 0.34               /* share of the width that a fact's label takes */
#define ENDLESS 14400.0          /* points; a roll, of which a page of PDF can have no more */
#define FRAME 8.0                /* points that a row of a table is higher than its text */

/* The colours of the pages (tokens.css). */
static const double ink[] = { 0.14, 0.13, 0.11 }, grey[] = { 0.37, 0.35, 0.31 }, hair[] = { 0.89, 0.86, 0.83 },
    accent[] = { 0.05, 0.36, 0.35 };

static const struct { const char *font; double size; bool bold; const double *colour; } styles[STYLES] = {
    [STYLE_TITLE] = { FONT, 17, true, accent },
    [STYLE_HEADING] = { FONT, 11.5, true, ink },
    [STYLE_BODY] = { FONT, 9.5, false, ink },
    [STYLE_STRONG] = { FONT, 9.5, true, ink },
    [STYLE_LABEL] = { FONT, 9.5, false, grey },
    [STYLE_SMALL] = { FONT, 8, false, grey },
    [STYLE_MONO] = { MONO, 8, false, ink },
};

static const struct { double width, height, margin; } papers[] = {
    [SHEET_LETTER] = { 612, 792, 50 },
    [SHEET_ROLL_80] = { 226.8, ENDLESS, 11.4 },
    [SHEET_ROLL_58] = { 164.4, ENDLESS, 8.5 },
};

static bool is_roll(const struct sheet_head *h)
{
    return papers[h->paper].height >= ENDLESS;
}

/* ---- writing ---- */

static void colour_set(struct sheet *s, const double *rgb)
{
    cairo_set_source_rgb(s->cr, rgb[0], rgb[1], rgb[2]);
}

/* Points for text on a page that has nothing but its header. */
static double page_room(const struct sheet *s)
{
    return s->bottom - 2 * papers[s->head->paper].margin - FRAME;
}

/* Replaces line breaks of any kind, also U+2028 and U+2029, by spaces.  The caller frees the text
 * (g_free). */
static char *run_together(const char *text)
{
    char *line = g_strdelimit(g_strdup(text), "\n\r\t", ' ');

    for (char *p = line; (p = strstr(p, "\xe2\x80")) != NULL; p += 3)
        if (p[2] == '\xa8' || p[2] == '\xa9')
            memset(p, ' ', 3);
    return line;
}

/* Lays out the text of a block and returns its height in Pango units.  A block is never cut in two: if it
 * is higher than a page, its lines are run together, and what is still too much ends in "…". */
static int text_set(struct sheet *s, const char *text)
{
    char *line;
    int height;

    pango_layout_set_height(s->layout, -1);
    pango_layout_set_ellipsize(s->layout, PANGO_ELLIPSIZE_NONE);
    pango_layout_set_text(s->layout, text, -1);
    pango_layout_get_size(s->layout, NULL, &height);
    if (height <= page_room(s) * PANGO_SCALE)
        return height;
    line = run_together(text);
    pango_layout_set_height(s->layout, (int)(page_room(s) * PANGO_SCALE));
    pango_layout_set_ellipsize(s->layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_text(s->layout, line, -1);
    pango_layout_get_size(s->layout, NULL, &height);
    g_free(line);
    return height;
}

double sheet_put(struct sheet *s, enum style style, const char *text, double x, double width, bool end, bool draw)
{
    PangoFontDescription *font = pango_font_description_from_string(styles[style].font);
    int height;

    pango_font_description_set_absolute_size(font, styles[style].size * PANGO_SCALE);
    pango_font_description_set_weight(font, styles[style].bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(s->layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(s->layout, (int)(width * PANGO_SCALE));
    pango_layout_set_alignment(s->layout, end ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    height = text_set(s, text ? text : "");
    if (draw) {
        colour_set(s, styles[style].colour);
        cairo_move_to(s->cr, x, s->y);
        pango_cairo_show_layout(s->cr, s->layout);
    }
    return (double)height / PANGO_SCALE;
}

void sheet_line(struct sheet *s, double y, double weight)
{
    colour_set(s, hair);
    cairo_set_line_width(s->cr, weight);
    cairo_move_to(s->cr, s->left, y);
    cairo_line_to(s->cr, s->right, y);
    cairo_stroke(s->cr);
}

/* ---- pages ---- */

static void page_foot(struct sheet *s, struct arena *a)
{
    double y = s->y, width = s->right - s->left;

    sheet_line(s, s->bottom + 10, 0.7);
    s->y = s->bottom + 15;
    sheet_put(s, STYLE_SMALL, s->head->foot, s->left, width - 80, false, true);
    sheet_put(s, STYLE_SMALL, arena_printf(a, "%lld de %lld", (long long)s->page, (long long)s->pages),
              s->right - 80, 80, true, true);
    s->y = y;
}

/* Draws the QR code with its right side at `right`. */
static void head_symbol(struct sheet *s, struct arena *a, const char *text, double right)
{
    struct barcode code;
    double unit;

    if (text == NULL || barcode_bars(a, BARCODE_QR, text, &code) != OK)
        return;
    unit = SYMBOL / code.width;
    cairo_set_source_rgb(s->cr, 0, 0, 0);
    for (size_t i = 0; i < code.n; i++)
        cairo_rectangle(s->cr, right - SYMBOL + code.v[i].x * unit + 4 * unit, s->y - 4 * unit + code.v[i].y * unit,
                        code.v[i].width * unit, code.v[i].height * unit);
    cairo_fill(s->cr);
}

/* The end of a roll: the QR code in the middle, and the foot below it. */
static void roll_end(struct sheet *s, struct arena *a)
{
    const double width = s->right - s->left;

    s->y += GAP;
    if (s->head->symbol != NULL) {
        head_symbol(s, a, s->head->symbol, s->left + (width + SYMBOL) / 2);
        s->y += SYMBOL + GAP;
    }
    sheet_line(s, s->y, 0.7);
    s->y += 5;
    s->y += sheet_put(s, STYLE_SMALL, s->head->foot, s->left, width, false, true);
}

static void page_end(struct sheet *s)
{
    struct arena *a = arena_new();

    if (is_roll(s->head))
        roll_end(s, a);
    else
        page_foot(s, a);
    arena_free(a);
    cairo_show_page(s->cr);
}

/* Begins a page after the first, with the title as a small line. */
void sheet_page(struct sheet *s)
{
    struct arena *a = arena_new();

    page_end(s);
    s->page++;
    s->y = papers[s->head->paper].margin * 0.7;
    s->y += sheet_put(s, STYLE_SMALL, arena_printf(a, "%s · %s", s->head->title, s->head->subtitle ? s->head->subtitle
                      : s->head->owner), s->left, s->right - s->left, false, true) + 4;
    sheet_line(s, s->y, 0.7);
    s->y += 12;
    arena_free(a);
}

void sheet_room(struct sheet *s, double points)
{
    if (s->y + points > s->bottom && s->y > papers[s->head->paper].margin * 2)
        sheet_page(s);
}

void sheet_skip(struct sheet *s, double points)
{
    s->y += points;
}

static void first_page(struct sheet *s, struct arena *a)
{
    const struct sheet_head *h = s->head;
    const char *symbol = is_roll(h) ? NULL : h->symbol;
    double width = s->right - s->left - (symbol ? SYMBOL + 12 : 0), top = s->y;

    head_symbol(s, a, symbol, s->right);
    s->y += sheet_put(s, STYLE_STRONG, h->owner, s->left, width, false, true);
    if (!is_blank(h->address))
        s->y += sheet_put(s, STYLE_SMALL, h->address, s->left, width, false, true);
    s->y += 12;
    s->y += sheet_put(s, STYLE_TITLE, h->title, s->left, width, false, true);
    if (!is_blank(h->subtitle))
        s->y += sheet_put(s, STYLE_LABEL, h->subtitle, s->left, width, false, true);
    if (symbol && s->y < top + SYMBOL)
        s->y = top + SYMBOL;
    s->y += 10;
}

/* ---- the document ---- */

static cairo_status_t count_only(void *arg UNUSED, const unsigned char *data UNUSED, unsigned n UNUSED)
{
    return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *surface_of(const char *path, const struct sheet_head *h, double height)
{
    double width = papers[h->paper].width;
    cairo_surface_t *out = path == NULL ? cairo_pdf_surface_create_for_stream(count_only, NULL, width, height)
        : cairo_pdf_surface_create(path, width, height);

    cairo_pdf_surface_set_metadata(out, CAIRO_PDF_METADATA_TITLE, h->title);
    cairo_pdf_surface_set_metadata(out, CAIRO_PDF_METADATA_AUTHOR, h->owner ? h->owner : "");
    return out;
}

/* How many pages there are, and how high each is: of a roll, as high as its text once it was measured. */
struct sheet_size { int64_t pages; double height; };

/* Draws the whole document; with path NULL it is only measured. */
static cairo_status_t sheet_run(const char *path, const struct sheet_head *h, sheet_draw *draw, const void *arg,
                                struct sheet_size *size)
{
    double margin = papers[h->paper].margin;
    struct sheet s = { .head = h, .surface = surface_of(path, h, size->height), .width = papers[h->paper].width,
                       .height = size->height, .left = margin, .y = margin, .page = 1, .pages = size->pages };
    struct arena *a = arena_new();
    cairo_status_t status;

    s.right = s.width - margin;
    s.bottom = papers[h->paper].height - margin - 14;
    s.cr = cairo_create(s.surface);
    s.layout = pango_cairo_create_layout(s.cr);
    pango_layout_set_wrap(s.layout, PANGO_WRAP_WORD_CHAR);
    first_page(&s, a);
    draw(&s, arg);
    page_end(&s);
    size->pages = s.page;
    if (is_roll(h))
        size->height = s.y + margin;
    g_object_unref(s.layout);
    status = cairo_status(s.cr);
    cairo_destroy(s.cr);
    cairo_surface_finish(s.surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(s.surface);
    cairo_surface_destroy(s.surface);
    arena_free(a);
    return status;
}

enum err sheet_write(const char *path, const struct sheet_head *head, sheet_draw *draw, const void *arg,
                     int64_t *pages)
{
    struct sheet_size size = { 0, papers[head->paper].height };
    cairo_status_t status = sheet_run(NULL, head, draw, arg, &size);

    if (status == CAIRO_STATUS_SUCCESS)
        status = sheet_run(path, head, draw, arg, &size);
    *pages = size.pages;
    if (status == CAIRO_STATUS_SUCCESS)
        return OK;
    log_error("sheet.write", "why", cairo_status_to_string(status));
    return E_INTERNAL;
}

/* ---- blocks ---- */

static void text_block(struct sheet *s, enum style style, const char *text, double after)
{
    double width = s->right - s->left;

    if (is_blank(text))
        return;
    sheet_room(s, sheet_put(s, style, text, s->left, width, false, false));
    s->y += sheet_put(s, style, text, s->left, width, false, true) + after;
}

/* Starts a page unless something fits under the heading: a heading is never the last thing on a page. */
void sheet_heading(struct sheet *s, const char *text)
{
    s->y += 12;
    sheet_room(s, 52);
    s->y += sheet_put(s, STYLE_HEADING, text, s->left, s->right - s->left, false, true) + 5;
}

void sheet_text(struct sheet *s, const char *text)
{
    text_block(s, STYLE_BODY, text, GAP);
}

void sheet_note(struct sheet *s, const char *text)
{
    text_block(s, STYLE_SMALL, text, 4);
}

void sheet_mono(struct sheet *s, const char *text)
{
    text_block(s, STYLE_MONO, text, GAP);
}

/* Writes a label and a value beside each other; the higher one decides how much room they take. */
static void pair_put(struct sheet *s, enum style style, const char *label, const char *value, bool end)
{
    double width = s->right - s->left, split = end ? width * 0.7 : width * LABEL;
    double left, right;

    if (is_blank(value))
        return;
    left = sheet_put(s, end ? style : STYLE_LABEL, label, s->left, split - 8, false, false);
    right = sheet_put(s, style, value, s->left + split, width - split, end, false);
    sheet_room(s, left > right ? left : right);
    sheet_put(s, end ? style : STYLE_LABEL, label, s->left, split - 8, false, true);
    sheet_put(s, style, value, s->left + split, width - split, end, true);
    s->y += (left > right ? left : right) + 4;
}

void sheet_fact(struct sheet *s, const char *label, const char *value)
{
    pair_put(s, STYLE_BODY, label, value, false);
}

void sheet_amount(struct sheet *s, const char *label, const char *money)
{
    pair_put(s, STYLE_BODY, label, money, true);
}

void sheet_total(struct sheet *s, const char *label, const char *money)
{
    sheet_room(s, 24);
    s->y += 2;
    sheet_line(s, s->y, 1);
    s->y += 5;
    pair_put(s, STYLE_STRONG, label, money, true);
}
