#include "base/colour.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"

#define TEXT_CONTRAST 4.7        /* 4.5 is asked for; the rest is for what rounding and channel_light lose */
#define STEPS 25                 /* from a colour to black or white */

/* Grounds and inks of tokens.css on which an accent stands. */
static const struct colour white = { 255, 255, 255 }, black = { 0, 0, 0 };
static const struct colour light_sunken = { 0xf1, 0xee, 0xe9 }, dark_surface = { 0x20, 0x1d, 0x1a },
    dark_sunken = { 0x2a, 0x26, 0x22 }, dark_ink = { 0xb5, 0xad, 0xa2 };

bool colour_read(const char *s, struct colour *out)
{
    unsigned v = 0;

    s += *s == '#';
    if (strlen(s) != 6)
        return false;
    for (; *s != '\0'; s++) {
        const char *hex = "0123456789abcdef", *at = strchr(hex, *s >= 'A' && *s <= 'F' ? *s + ('a' - 'A') : *s);

        if (at == NULL)
            return false;
        v = v << 4 | (unsigned)(at - hex);
    }
    *out = (struct colour){ (int)(v >> 16), (int)(v >> 8 & 255), (int)(v & 255) };
    return true;
}

char *colour_text(struct arena *a, struct colour c)
{
    return arena_printf(a, "#%02x%02x%02x", (unsigned)c.r & 255, (unsigned)c.g & 255, (unsigned)c.b & 255);
}

/* The light of a channel of sRGB, by a polynomial that is right to a hundredth. */
static double channel_light(int v)
{
    const double c = v / 255.0;

    return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
}

static double luminance(struct colour c)
{
    return 0.2126 * channel_light(c.r) + 0.7152 * channel_light(c.g) + 0.0722 * channel_light(c.b);
}

static double contrast(struct colour x, struct colour y)
{
    const double a = luminance(x) + 0.05, b = luminance(y) + 0.05;

    return a > b ? a / b : b / a;
}

static int channel_mixed(int from, int to, double part)
{
    return (int)(from + (to - from) * part + 0.5);
}

/* `part` of the way from one colour to another. */
static struct colour colour_mix(struct colour from, struct colour to, double part)
{
    return (struct colour){ channel_mixed(from.r, to.r, part), channel_mixed(from.g, to.g, part),
                            channel_mixed(from.b, to.b, part) };
}

/* The colour, nearer to another as far as its contrast with both grounds needs. */
static struct colour colour_towards(struct colour c, struct colour to, struct colour ground, struct colour other)
{
    const struct colour from = c;

    for (int n = 1; n <= STEPS && (contrast(c, ground) < TEXT_CONTRAST || contrast(c, other) < TEXT_CONTRAST); n++)
        c = colour_mix(from, to, (double)n / STEPS);
    return c;
}

struct accent accent_light(struct colour own)
{
    struct accent out;

    out.on = white;
    out.accent = colour_towards(own, black, white, light_sunken);
    out.strong = colour_mix(out.accent, black, 0.28);
    out.soft = colour_mix(own, white, 0.88);
    out.text = colour_towards(out.accent, black, light_sunken, out.soft);
    return out;
}

struct accent accent_dark(struct colour own)
{
    struct accent out;
    double part = 0.8;

    do {                         /* muted text is read on it, too */
        out.soft = colour_mix(own, dark_surface, part);
        part += 1.0 / STEPS;
    } while (part < 1 && contrast(out.soft, dark_ink) < TEXT_CONTRAST);
    out.accent = colour_towards(own, white, dark_sunken, out.soft);
    out.on = colour_towards(colour_mix(own, black, 0.85), black, out.accent, out.accent);
    out.strong = colour_mix(out.accent, white, 0.3);
    out.text = out.accent;
    return out;
}

static void accent_block(struct buf *out, const char *selector, const struct accent *k)
{
    const struct { const char *name; struct colour c; } rows[] = {
        { "accent", k->accent }, { "accent-strong", k->strong }, { "accent-soft", k->soft }, { "accent-text", k->text },
        { "on-accent", k->on }, { "focus", k->text },
    };

    buf_printf(out, "%s {", selector);
    for (size_t i = 0; i < COUNT(rows); i++)
        buf_printf(out, " --%s: #%02x%02x%02x;", rows[i].name, (unsigned)rows[i].c.r & 255, (unsigned)rows[i].c.g & 255,
                   (unsigned)rows[i].c.b & 255);
    buf_str(out, " }\n");
}

/* The selectors are those of tokens.css, so that the sheet that comes later wins, and paper stays black. */
void accent_css(struct buf *out, struct colour own)
{
    const struct accent light = accent_light(own), dark = accent_dark(own);

    accent_block(out, ":root", &light);
    buf_str(out, "@media (prefers-color-scheme: dark) {\n");
    accent_block(out, ":root:not([data-theme=\"light\"])", &dark);
    buf_str(out, "}\n");
    accent_block(out, "[data-theme=\"dark\"]", &dark);
}
