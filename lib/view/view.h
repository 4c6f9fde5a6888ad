/* View: collects the values for a template and renders it with every value escaped.  view.c is the only file
 * that knows ClearSilver.
 *
 * Keys are literals, with dots between levels ("package.state").  A text that a user typed is never a key.  Keys and
 * values are borrowed until the view is rendered: both are literals or lie in the view's arena. */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/field.h"
#include "base/words.h"

struct view;
struct view_node;                /* a place in the tree: a row of a list */

/* Makes a view, which lies in the arena with all its values.  now: the instant that "hoy 09:12" is told
 * from. */
struct view *view_new(struct arena *a, const struct conf *c, int64_t now);

struct view_node *view_root(struct view *v);
struct view_node *view_child(struct view_node *n, const char *key);
/* Appends a row to the list `key` of n, for <?cs each:row = key ?>. */
struct view_node *view_row(struct view_node *n, const char *key);

/* Appends an option of a choice to a list: the value that a form sends, and the label that people read. */
void view_option(struct view_node *n, const char *list, const char *value, const char *label);
void view_options(struct view_node *n, const char *list, const struct word *table);   /* a row each */

void view_text(struct view_node *n, const char *key, const char *value);  /* NULL: unset */
void view_int(struct view_node *n, const char *key, int64_t value);       /* plain digits */
void view_bool(struct view_node *n, const char *key, bool value);         /* "1" or unset */
void view_money(struct view_node *n, const char *key, int64_t pesos);     /* "$1.500" */
void view_phone(struct view_node *n, const char *key, const char *e164);   /* "300 555 0014" */
void view_instant(struct view_node *n, const char *key, int64_t t);       /* key = "hoy 09:12", key_exact, key_iso */
/* Sets all fields of a struct, each by the function above for its kind; for F_MONEY also in digits,
 * "due_raw" beside "due". */
void view_fields(struct view_node *n, struct fields f, const void *object);

/* Renders templates_dir/name ("receive/receive.cst") and appends it to out.  E_INTERNAL: logged with
 * ClearSilver's words; what was appended then must not be sent. */
enum err view_render(struct view *v, const char *name, struct buf *out) MUST_CHECK;

/* Sets on n further values that follow from the fields of a piece's object. */
typedef void view_fill(struct view_node *n, struct arena *a, const void *object);

/* Renders a piece that is shown again and again, such as a row of a list.  Its template sees only the fields
 * of the object and the values that `fill` (may be NULL) makes of them, so the result is kept and used again
 * for the same fields.  A field's name may have dots ("page.asset"). */
enum err view_piece(struct view *v, const char *name, struct fields f, const void *object,
                    view_fill *fill, struct buf *out) MUST_CHECK;

/* Sets a value that is the same for all pages of this process: templates are read with it in its place, so rendering
 * does not look it up.  One that changes makes them be read again.  Both are copied. */
void view_fix(const char *key, const char *value);

/* Frees the parsed templates and pieces, which are else kept as long as the process (in development a
 * template is read again when its file changes); for leak checks, at the end. */
void view_forget(void);

#endif
