/* Barcodes: the drawing is read back into modules and compared with what the standards say. */
#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#include "base/util.h"
#include "code/barcode.h"

#define MODULES 200

struct drawing { int width, height; char dark[MODULES][MODULES]; };

/* Draws the document's second path, "M4 4h7v1h-7z…", on a grid. */
static struct drawing drawing_read(const char *svg)
{
    struct drawing d = { 0 };
    const char *s = strstr(svg, "<path d=\"");
    int x, y, w, h, n;

    cr_assert_eq(sscanf(strstr(svg, "viewBox"), "viewBox=\"0 0 %d %d\"", &d.width, &d.height), 2);
    cr_assert(s != NULL && d.width < MODULES && d.height < MODULES);
    s += strlen("<path d=\"");
    for (; sscanf(s, "M%d %dh%dv%d%*[^z]z%n", &x, &y, &w, &h, &n) == 4; s += n)
        for (int row = y; row < y + h; row++)
            for (int col = x; col < x + w; col++)
                d.dark[row][col] = 1;
    cr_assert(has_prefix(s, "\"/></svg>"), "the whole path was read: %s", s);
    return d;
}

/* True if the modules from row, col on read as expected, a character "0" or "1" each. */
static bool reads(const struct drawing *d, int row, int col, const char *expected)
{
    for (; *expected != '\0'; col++, expected++)
        if (d->dark[row][col] != *expected - '0')
            return false;
    return true;
}

static bool is_white(const struct drawing *d, int row)
{
    for (int col = 0; col < d->width; col++)
        if (d->dark[row][col])
            return false;
    return true;
}

Test(barcode, code_128_is_the_pattern_of_the_standard)
{
    /* Start B, A, B, C, check digit (104 + 33 + 2 × 34 + 3 × 35) mod 103 = 1, stop. */
    static const char expected[] = "11010010000" "10100011000" "10001011000" "10001000110"
                                   "11001101100" "1100011101011";
    struct buf b = { 0 };
    struct drawing d;

    cr_assert_eq(barcode_svg(&b, BARCODE_128, "ABC"), OK);
    d = drawing_read(b.data);
    cr_expect_eq(d.width, (int)sizeof expected - 1 + 20);
    cr_expect(reads(&d, 10, 10, expected));
    cr_expect(reads(&d, d.height - 11, 10, expected), "bars have one height");
    cr_expect(is_white(&d, 9), "quiet above");
    buf_free(&b);
}

Test(barcode, qr_has_its_finders_timing_and_quiet_zone)
{
    static const char *const finder[] = { "1111111", "1000001", "1011101", "1011101", "1011101",
                                          "1000001", "1111111" };
    struct buf b = { 0 };
    struct drawing d;

    cr_assert_eq(barcode_svg(&b, BARCODE_QR, "482913"), OK);
    d = drawing_read(b.data);
    cr_expect_eq(d.width, 21 + 8, "six digits fit the smallest one");
    cr_expect_eq(d.height, 21 + 8);
    for (int row = 0; row < 7; row++) {
        cr_expect(reads(&d, row + 4, 4, finder[row]), "%d", row);
        cr_expect(reads(&d, row + 4, 18, finder[row]), "%d", row);
        cr_expect(reads(&d, row + 18, 4, finder[row]), "%d", row);
    }
    cr_expect(reads(&d, 10, 10, "101010101"), "timing");
    cr_expect_eq(d.dark[4 + 13][4 + 8], 1, "the module that is always dark");
    for (int i = 0; i < 4; i++)
        cr_expect(is_white(&d, i), "quiet");
    buf_free(&b);
}

Test(barcode, what_cannot_be_written_is_refused_and_leaves_the_buffer)
{
    struct buf b = { 0 };
    char *much = malloc(5001);

    memset(much, 'x', 5000);
    much[5000] = '\0';
    buf_str(&b, "before");
    cr_expect_eq(barcode_svg(&b, BARCODE_QR, ""), E_INVALID);
    cr_expect_eq(barcode_svg(&b, BARCODE_128, ""), E_INVALID);
    cr_expect_eq(barcode_svg(&b, BARCODE_128, "📦"), E_INVALID, "Latin-1 only");
    cr_expect_eq(barcode_svg(&b, BARCODE_QR, much), E_INVALID);
    cr_expect_eq(barcode_svg(&b, BARCODE_QR, "\xff\xfe"), E_INVALID, "not UTF-8");
    cr_expect_str_eq(b.data, "before");
    cr_expect_eq(barcode_svg(&b, BARCODE_QR, "caja «ñ» 📦 <svg>"), OK);
    cr_expect_eq(strstr(b.data, "caja"), NULL, "the text itself is nowhere in the document");
    free(much);
    buf_free(&b);
}
