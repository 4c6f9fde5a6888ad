/* Sheet: how many pages a document gets, and what happens without a place to write to. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "print/sheet.h"

#define FILE_NAME "/tmp/print-sheet-test.pdf"
#define ROLL_NAME "/tmp/print-sheet-roll.pdf"

struct content { int rows; const char *text; int drawn; };

static void draw(struct sheet *s, const void *arg)
{
    static const struct sheet_column columns[] = { { "Qué", 3, false }, { "Valor", 1, true } };
    struct content *c = (struct content *)(uintptr_t)arg;

    c->drawn++;
    sheet_heading(s, "Ñandú y «comillas» 📦");
    sheet_text(s, c->text);
    sheet_fact(s, "Nada", NULL);
    sheet_table(s, columns, 2);
    for (int i = 0; i < c->rows; i++)
        sheet_row(s, (const char *const[]){ "Una fila", "$1.500" });
    sheet_table_end(s);
    sheet_strokes(s, "M10 20L30 40M5 5;basura", 400, 160, "Firma");
}

static int64_t pages_of(struct content c, enum sheet_paper paper)
{
    const struct sheet_head head = { .paper = paper, .owner = "Punto", .title = "Prueba", .symbol = "K7M2PX", .foot = "Hecho" };
    struct stat st;
    int64_t pages = 0;

    cr_assert_eq(sheet_write(FILE_NAME, &head, draw, &c, &pages), OK);
    cr_expect_eq(c.drawn, 2, "once to count the pages and once to draw them");
    cr_assert_eq(stat(FILE_NAME, &st), 0);
    cr_expect(st.st_size > 1000);
    unlink(FILE_NAME);
    return pages;
}

Test(sheet, takes_as_many_pages_as_it_needs)
{
    cr_expect_eq(pages_of((struct content){ 1, "Corto", 0 }, SHEET_LETTER), 1);
    cr_expect_eq(pages_of((struct content){ 100, "Corto", 0 }, SHEET_LETTER), 3);
    cr_expect_eq(pages_of((struct content){ 0, NULL, 0 }, SHEET_LETTER), 1, "without rows and texts");
}

/* Writes a document on that paper and gives the width and the height of its page, in points. */
static void size_of(struct content c, enum sheet_paper paper, double *width, double *height)
{
    const struct sheet_head head = { .paper = paper, .owner = "Punto", .title = "Prueba", .symbol = "K7M2PX", .foot = "Hecho" };
    static char text[1 << 20];
    const char *box;
    int64_t pages = 0;
    FILE *in;
    size_t n;

    cr_assert_eq(sheet_write(ROLL_NAME, &head, draw, &c, &pages), OK);
    cr_expect_eq(pages, 1, "a roll is never cut before its end");
    in = fopen(ROLL_NAME, "r");
    cr_assert_not_null(in);
    n = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    unlink(ROLL_NAME);
    for (size_t i = 0; i < n; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    text[n] = '\0';
    box = strstr(text, "/MediaBox");
    cr_assert_not_null(box);
    cr_assert_eq(sscanf(box, "/MediaBox [ 0 0 %lf %lf ]", width, height), 2, "%.60s", box);
}

Test(sheet, of_a_roll_is_as_long_as_its_text)
{
    double width, shorter, longer;

    size_of((struct content){ 1, "Corto", 0 }, SHEET_ROLL_80, &width, &shorter);
    cr_expect_float_eq(width, 226.8, 1, "80 mm");
    cr_expect_lt(shorter, 500);
    size_of((struct content){ 40, "Corto", 0 }, SHEET_ROLL_80, &width, &longer);
    cr_expect_gt(longer, shorter + 400);
    size_of((struct content){ 1, "Corto", 0 }, SHEET_ROLL_58, &width, &shorter);
    cr_expect_float_eq(width, 164.4, 1, "58 mm");
}

Test(sheet, that_cannot_be_written_is_an_error_and_not_half_a_file)
{
    const struct sheet_head head = { .owner = "Punto", .title = "Prueba", .foot = "Hecho" };
    struct content c = { 3, "Corto", 0 };
    int64_t pages;

    cr_expect_eq(sheet_write("/no/such/place/a.pdf", &head, draw, &c, &pages), E_INTERNAL);
}
