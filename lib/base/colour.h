/* Colour: a point's own accent, made into the colours of htdocs/css/tokens.css that depend on it.  What is read on
 * them keeps a contrast of 4.5 (WCAG 2.2 AA) in light and dark, whatever colour was chosen. */
#ifndef BASE_COLOUR_H
#define BASE_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

struct colour { int r, g, b; };      /* 0 … 255 each */

/* Reads "#0d5c59", its hash left out or not; false when it is none. */
bool colour_read(const char *s, struct colour *out);
char *colour_text(struct arena *a, struct colour c);     /* "#0d5c59" */

/* The colours that follow from an accent, in one theme. */
struct accent { struct colour accent, strong, soft, text, on; };
struct accent accent_light(struct colour own);
struct accent accent_dark(struct colour own);
/* Appends the style sheet that puts them in the place of those of tokens.css. */
void accent_css(struct buf *out, struct colour own);

#endif
