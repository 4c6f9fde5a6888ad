/* Pictures are areas of one colour, filled line by line; lighter and darker fibres make an area look like
 * cardboard. */
#include "bin/demo/picture.h"

#include <assert.h>
#include <png.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/util.h"

#define WIDTH 800
#define HEIGHT 600
#define SHADES 16                /* how many shades a colour has; shade PLAIN is the colour itself */
#define PLAIN 11
#define CORNERS_MAX 16

enum colour { WALL, TABLE, SHADOW, CARD, TAPE, PAPER, INK, HOLE, PLASTIC, DOOR, RED, COLOURS };
static const uint8_t colours[COLOURS][3] = {
    [WALL] = { 226, 222, 213 }, [TABLE] = { 148, 156, 158 }, [SHADOW] = { 104, 110, 112 }, [CARD] = { 190, 146, 98 },
    [TAPE] = { 222, 188, 138 }, [PAPER] = { 246, 245, 240 }, [INK] = { 38, 38, 42 }, [HOLE] = { 62, 44, 30 },
    [PLASTIC] = { 92, 104, 124 }, [DOOR] = { 122, 142, 128 }, [RED] = { 196, 62, 52 },
};

struct point { double x, y; };
/* A flat side of a box or bag as the camera sees it: the side's point (u, v), both 0 … 1, lies at
 * origin + u·across + v·down. */
struct side { struct point origin, across, down; };

struct picture { uint8_t pixels[WIDTH * HEIGHT]; uint32_t chance; };

static uint32_t picture_chance(struct picture *p, uint32_t n)
{
    p->chance ^= p->chance << 13;
    p->chance ^= p->chance >> 17;
    p->chance ^= p->chance << 5;
    return p->chance % n;
}

static double picture_between(struct picture *p, double least, double most)
{
    return least + (most - least) * picture_chance(p, 1000) / 1000;
}

static uint8_t shade_of(enum colour colour, int shade)
{
    return (uint8_t)((int)colour * SHADES + (shade < 0 ? 0 : shade >= SHADES ? SHADES - 1 : shade));
}

/* grain: by how many shades at most a fibre differs from `shade`; 0: no fibres. */
static void line_fill(struct picture *p, int y, int from, int to, enum colour colour, int shade, int grain)
{
    const int even = shade;
    int end = from;

    from = from < 0 ? 0 : from;
    to = to > WIDTH ? WIDTH : to;
    for (int x = from; x < to; x++) {
        if (grain != 0 && x >= end) {
            end = x + 20 + (int)picture_chance(p, 120);
            shade = even + (int)picture_chance(p, 2 * (uint32_t)grain + 1) - grain;
        }
        p->pixels[y * WIDTH + x] = shade_of(colour, shade);
    }
}

static int compare_x(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void area_fill(struct picture *p, const struct point *corners, size_t n, enum colour colour, int shade, int grain)
{
    for (int y = 0; y < HEIGHT; y++) {
        double cuts[CORNERS_MAX];
        size_t count = 0;

        for (size_t i = 0; i < n; i++) {
            const struct point *a = &corners[i], *b = &corners[(i + 1) % n];

            if ((a->y <= y) != (b->y <= y))
                cuts[count++] = a->x + (y - a->y) * (b->x - a->x) / (b->y - a->y);
        }
        qsort(cuts, count, sizeof *cuts, compare_x);
        for (size_t i = 0; i + 1 < count; i += 2)
            line_fill(p, y, (int)cuts[i], (int)cuts[i + 1], colour, shade, grain);
    }
}

static struct point side_at(const struct side *s, double u, double v)
{
    return (struct point){ s->origin.x + u * s->across.x + v * s->down.x, s->origin.y + u * s->across.y + v * s->down.y };
}

static void side_fill(struct picture *p, const struct side *s, double u0, double v0, double u1, double v1,
                      enum colour colour, int shade, int grain)
{
    const struct point corners[] = { side_at(s, u0, v0), side_at(s, u1, v0), side_at(s, u1, v1), side_at(s, u0, v1) };

    area_fill(p, corners, COUNT(corners), colour, shade, grain);
}

/* A carrier's label: lines of text, a bar code, a sender's mark. */
static void label_draw(struct picture *p, const struct side *s, double u, double v, double width, double height)
{
    const enum colour mark = picture_chance(p, 2) ? RED : INK;

    side_fill(p, s, u, v, u + width, v + height, PAPER, PLAIN, 0);
    side_fill(p, s, u + width * 0.06, v + height * 0.08, u + width * 0.4, v + height * 0.2, mark, PLAIN, 0);
    for (int i = 0; i < 4; i++)
        side_fill(p, s, u + width * 0.06, v + height * (0.28 + i * 0.08), u + width * picture_between(p, 0.5, 0.92),
                  v + height * (0.31 + i * 0.08), INK, PLAIN + 3, 0);
    for (double at = 0.08; at < 0.9;) {
        double wide = 0.01 * (1 + picture_chance(p, 3));

        side_fill(p, s, u + width * at, v + height * 0.64, u + width * (at + wide), v + height * 0.92, INK, PLAIN, 0);
        at += wide + 0.01 * (1 + picture_chance(p, 3));
    }
}

/* Draws what is behind the parcel: a table before a wall; for a bag, which is seen from above, the table alone;
 * for a hand-over a door too. */
static void room_draw(struct picture *p, enum subject subject)
{
    const bool at_door = subject == SUBJECT_HANDED;
    const double edge = at_door ? 440 : subject == SUBJECT_BAG ? 0 : 330;
    const struct point wall[] = { { 0, 0 }, { WIDTH, 0 }, { WIDTH, edge }, { 0, edge } };
    const struct point table[] = { { 0, edge }, { WIDTH, edge }, { WIDTH, HEIGHT }, { 0, HEIGHT } };
    const struct point door[] = { { 470, 0 }, { 740, 0 }, { 740, edge }, { 470, edge } };

    area_fill(p, wall, COUNT(wall), WALL, PLAIN - (int)picture_chance(p, 2), 0);
    area_fill(p, table, COUNT(table), TABLE, PLAIN - (int)picture_chance(p, 3), 0);
    if (at_door)
        area_fill(p, door, COUNT(door), DOOR, PLAIN, 0);
}

/* Draws a hole torn into a side: dark inside, with a rim of torn cardboard. */
static void hole_draw(struct picture *p, const struct side *s)
{
    static const double around[][2] = { { 0.04, 0.3 }, { 0.2, 0.22 }, { 0.26, 0.02 }, { 0.42, 0.12 }, { 0.7, 0.06 }, { 0.76, 0.2 },
                                        { 1, 0.28 }, { 0.86, 0.46 }, { 0.9, 0.74 }, { 0.66, 0.68 }, { 0.48, 0.98 }, { 0.4, 0.72 },
                                        { 0.12, 0.8 }, { 0.18, 0.52 } };
    struct point edge[COUNT(around)], inside[COUNT(around)];

    for (size_t i = 0; i < COUNT(around); i++) {
        double u = around[i][0], v = around[i][1];

        edge[i] = side_at(s, 0.52 + u * 0.44, 0.02 + v * 0.5);
        inside[i] = side_at(s, 0.55 + u * 0.38, 0.05 + v * 0.43);
    }
    area_fill(p, edge, COUNT(edge), TAPE, PLAIN + 2, 0);
    area_fill(p, inside, COUNT(inside), HOLE, PLAIN, 0);
}

static void box_draw(struct picture *p, bool damaged)
{
    const double wide = picture_between(p, 270, 360), deep = picture_between(p, 120, 190), tall = picture_between(p, 170, 260);
    const double x = 400 - (wide + deep) / 2, floor = picture_between(p, 480, 520);
    const struct side front = { { x, floor - tall }, { wide, 0 }, { 0, tall } };
    const struct side right = { { x + wide, floor - tall }, { deep, -deep * 0.45 }, { 0, tall } };
    const struct side top = { { x + deep, floor - tall - deep * 0.45 }, { wide, 0 }, { -deep, deep * 0.45 } };
    const struct point shadow[] = { { x - 20, floor + 16 }, { x + wide, floor + 20 }, { x + wide + deep + 46, floor - deep * 0.4 },
                                    { x + wide + deep, floor - deep * 0.5 } };
    const struct point dent[] = { side_at(&front, 0, 0), side_at(&front, 0.16, 0), side_at(&front, 0.07, 0.13), side_at(&front, 0, 0.2) };

    area_fill(p, shadow, COUNT(shadow), SHADOW, PLAIN, 0);
    side_fill(p, &front, 0, 0, 1, 1, CARD, PLAIN, 1);
    side_fill(p, &right, 0, 0, 1, 1, CARD, PLAIN - 4, 1);
    side_fill(p, &top, 0, 0, 1, 1, CARD, PLAIN + 2, 1);
    side_fill(p, &top, 0, 0.42, 1, 0.58, TAPE, PLAIN, 0);
    side_fill(p, &right, 0.42, 0, 0.58, 0.3, TAPE, PLAIN - 3, 0);
    label_draw(p, &front, 0.08, damaged ? 0.34 : 0.22, 0.42, damaged ? 0.54 : 0.6);
    if (!damaged)
        return;
    area_fill(p, dent, COUNT(dent), CARD, PLAIN - 7, 0);
    hole_draw(p, &front);
}

static void bag_draw(struct picture *p)
{
    const double wide = picture_between(p, 300, 380), tall = picture_between(p, 200, 250), lean = picture_between(p, -60, 60);
    const struct side bag = { { 400 - wide / 2 + lean, 310 - tall / 2 }, { wide, -lean * 0.3 }, { -lean, tall } };
    const struct point shadow[] = { side_at(&bag, 0.02, 0.9), side_at(&bag, 1.05, 0.4), side_at(&bag, 1.06, 1.06), side_at(&bag, 0.05, 1.07) };

    area_fill(p, shadow, COUNT(shadow), SHADOW, PLAIN, 0);
    side_fill(p, &bag, 0, 0, 1, 1, PLASTIC, PLAIN, 0);
    side_fill(p, &bag, 0, 0, 1, 0.1, PLASTIC, PLAIN + 3, 0);
    side_fill(p, &bag, 0, 0.11, 1, 0.125, PLASTIC, PLAIN - 4, 0);
    label_draw(p, &bag, 0.12, 0.24, 0.5, 0.6);
}

static void palette_fill(uint8_t palette[COLOURS * SHADES][3])
{
    for (int i = 0; i < COLOURS * SHADES; i++)
        for (int part = 0; part < 3; part++) {
            int v = colours[i / SHADES][part] * (100 + (i % SHADES - PLAIN) * 5) / 100;

            palette[i][part] = (uint8_t)(v > 255 ? 255 : v);
        }
}

/* Appends the picture as a PNG file; its pixels are indexes into the palette. */
static void png_write(struct buf *out, const struct picture *p, const void *palette)
{
    png_image image = { .version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT,
        .format = PNG_FORMAT_RGB_COLORMAP, .colormap_entries = COLOURS * SHADES };
    png_alloc_size_t n = PNG_IMAGE_PNG_SIZE_MAX(image);
    struct arena *a = arena_new();
    char *file = arena_alloc(a, n);
    const int written = png_image_write_to_memory(&image, file, &n, 0, p->pixels, 0, palette);

    assert(written && "a drawing of fixed size can be written");
    buf_add(out, file, n);
    arena_free(a);
}

void picture_draw(struct buf *out, enum subject subject, uint32_t number)
{
    struct arena *a = arena_new();
    struct picture *p = arena_alloc(a, sizeof *p);
    uint8_t palette[COLOURS * SHADES][3];

    p->chance = number * 2654435761u | 1;
    palette_fill(palette);
    room_draw(p, subject);
    if (subject == SUBJECT_BAG)
        bag_draw(p);
    else
        box_draw(p, subject == SUBJECT_DAMAGED);
    png_write(out, p, palette);
    arena_free(a);
}
