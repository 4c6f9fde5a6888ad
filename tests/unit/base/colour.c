/* Colour: whatever accent an owner chooses, what is read on it and in it keeps its contrast. */
#include <criterion/criterion.h>

#include "base/colour.h"
#include "base/util.h"

/* x to the power 2.4, as WCAG computes light: x² times the root of y⁵ = x². */
static double power(double x)
{
    double y = 1;

    for (int i = 0; i < 60; i++)
        y -= (y * y * y * y * y - x * x) / (5 * y * y * y * y);
    return x * x * y;
}

static double light(int v)
{
    const double c = v / 255.0;

    return c <= 0.04045 ? c / 12.92 : power((c + 0.055) / 1.055);
}

static double ratio(struct colour x, struct colour y)
{
    const double a = 0.2126 * light(x.r) + 0.7152 * light(x.g) + 0.0722 * light(x.b) + 0.05;
    const double b = 0.2126 * light(y.r) + 0.7152 * light(y.g) + 0.0722 * light(y.b) + 0.05;

    return a > b ? a / b : b / a;
}

static struct colour hex(const char *s)
{
    struct colour c = { 0 };

    cr_assert(colour_read(s, &c), "%s", s);
    return c;
}

/* The pairs are those that tests/lint/tokens.mjs checks of tokens.css. */
static void check(struct colour own, const struct accent *k, const char *const grounds[3], const char *ink, const char *muted)
{
    struct arena *a = arena_new();
    const char *name = colour_text(a, own);

    cr_expect_geq(ratio(k->on, k->accent), 4.5, "%s: on accent", name);
    cr_expect_geq(ratio(k->on, k->strong), 4.5, "%s: on strong", name);
    cr_expect_geq(ratio(k->text, k->soft), 4.5, "%s: text on soft", name);
    cr_expect_geq(ratio(hex(ink), k->soft), 4.5, "%s: ink on soft", name);
    cr_expect_geq(ratio(hex(muted), k->soft), 4.5, "%s: muted on soft", name);
    for (int i = 0; i < 3; i++)
        cr_expect_geq(ratio(k->text, hex(grounds[i])), 4.5, "%s: text on %s", name, grounds[i]);
    arena_free(a);
}

Test(accent, of_any_colour_keeps_its_contrast_in_light_and_dark)
{
    static const char *const light_grounds[3] = { "#f8f6f3", "#ffffff", "#f1eee9" };
    static const char *const dark_grounds[3] = { "#171513", "#201d1a", "#2a2622" };
    static const int levels[] = { 0, 51, 102, 128, 153, 204, 255 };
    const size_t n = COUNT(levels);

    for (size_t i = 0; i < n * n * n; i++) {
        const struct colour own = { levels[i % n], levels[i / n % n], levels[i / n / n] };
        const struct accent in_light = accent_light(own), in_dark = accent_dark(own);

        check(own, &in_light, light_grounds, "#24211d", "#5f584f");
        check(own, &in_dark, dark_grounds, "#ede9e3", "#b5ada2");
    }
}

Test(accent, that_is_dark_enough_stays_as_it_was_chosen)
{
    const struct accent k = accent_light(hex("0D5C59"));
    struct arena *a = arena_new();

    cr_expect_str_eq(colour_text(a, k.accent), "#0d5c59");
    arena_free(a);
}

Test(colour, is_six_hexadecimal_digits_and_nothing_else)
{
    static const char *const wrong[] = { "", "#", "rojo", "#12345", "#1234567", "12345g", "#0d5c5;", "##0d5c5" };
    struct colour c;

    for (size_t i = 0; i < COUNT(wrong); i++)
        cr_expect_not(colour_read(wrong[i], &c), "%s", wrong[i]);
    cr_expect(colour_read("#0d5c59", &c));
    cr_expect_eq(c.g, 0x5c);
}
