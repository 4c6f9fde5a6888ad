#include <stdlib.h>

#include "print/sheet_draw.h"

#define BETWEEN 12.0
#define HIGH 210.0               /* points; a picture's height at most */
#define STROKES_WIDE 180.0

/* The JPEG goes into the document as it is, and a viewer decodes it; the surface's own pixels stay empty. */
static cairo_surface_t *jpeg_surface(const struct sheet_picture *p)
{
    cairo_surface_t *out = cairo_image_surface_create(CAIRO_FORMAT_RGB16_565, p->width, p->height);

    cairo_surface_set_mime_data(out, CAIRO_MIME_TYPE_JPEG, p->jpeg, p->size, NULL, NULL);
    return out;
}

static double scale_of(const struct sheet_picture *p, double width)
{
    double by_width = width / p->width, by_height = HIGH / p->height;

    return by_width < by_height ? by_width : by_height;
}

static void picture_put(struct sheet *s, const struct sheet_picture *p, double x, double width)
{
    double scale = scale_of(p, width), y = s->y;
    cairo_surface_t *image = jpeg_surface(p);

    cairo_save(s->cr);
    cairo_translate(s->cr, x, s->y);
    cairo_scale(s->cr, scale, scale);
    cairo_set_source_surface(s->cr, image, 0, 0);
    cairo_paint(s->cr);
    cairo_restore(s->cr);
    cairo_surface_destroy(image);
    s->y += p->height * scale + 3;
    sheet_put(s, STYLE_SMALL, p->caption, x, width, false, true);
    s->y = y;
}

void sheet_pictures(struct sheet *s, const struct sheet_picture *list, size_t n)
{
    size_t beside = n > 2 ? 3 : 2;
    double width = (s->right - s->left - BETWEEN * (double)(beside - 1)) / (double)beside;

    for (size_t i = 0; i < n; i += beside) {
        double most = 0;

        for (size_t k = i; k < n && k < i + beside; k++) {
            double high = list[k].height * scale_of(&list[k], width)
                + sheet_put(s, STYLE_SMALL, list[k].caption, 0, width, false, false) + 3;

            most = high > most ? high : most;
        }
        sheet_room(s, most);
        for (size_t k = i; k < n && k < i + beside; k++)
            picture_put(s, &list[k], s->left + (double)(k - i) * (width + BETWEEN), width);
        s->y += most + 8;
    }
}

/* Traces a path of M and L, which was checked when it was kept; at anything else it stops. */
static void path_trace(cairo_t *cr, const char *path)
{
    while (*path == 'M' || *path == 'L') {
        bool move = *path == 'M';
        char *end;
        double x = strtod(path + 1, &end), y = strtod(end, &end);

        if (move)
            cairo_move_to(cr, x, y);
        cairo_line_to(cr, x, y);         /* a lone point becomes a dot */
        path = end;
    }
}

void sheet_strokes(struct sheet *s, const char *path, int width, int height, const char *caption)
{
    double scale = STROKES_WIDE / width;

    sheet_room(s, height * scale + 20);
    cairo_save(s->cr);
    cairo_translate(s->cr, s->left, s->y);
    cairo_scale(s->cr, scale, scale);
    cairo_rectangle(s->cr, 0, 0, width, height);     /* keeps strokes inside their field */
    cairo_clip(s->cr);
    cairo_set_source_rgb(s->cr, 0, 0, 0);
    cairo_set_line_width(s->cr, 2.5);
    cairo_set_line_cap(s->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(s->cr, CAIRO_LINE_JOIN_ROUND);
    path_trace(s->cr, path);
    cairo_stroke(s->cr);
    cairo_restore(s->cr);
    s->y += height * scale + 2;
    sheet_line(s, s->y, 0.7);
    s->y += 3;
    sheet_note(s, caption);
}
