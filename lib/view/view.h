/* View: values for a template, and the template rendered with every value
 * escaped.  view.c is the only file that knows ClearSilver.
 *
 * Keys are literals, dotted ("package.state").  User text is never a key. */
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

/* A view and all its values live in the arena. now: for "hoy 09:12". */
struct view *view_new(struct arena *a, const struct conf *c, int64_t now);

struct view_node *view_root(struct view *v);
struct view_node *view_child(struct view_node *n, const char *key);
/* Append a row to the list `key` of n: <?cs each:row = key ?>. */
struct view_node *view_row(struct view_node *n, const char *key);

/* A row of a choice: what is sent and what people read. */
void view_option(struct view_node *n, const char *list, const char *value, const char *label);
void view_options(struct view_node *n, const char *list, const struct word *table);   /* a row each */

void view_text(struct view_node *n, const char *key, const char *value);  /* NULL: unset */
void view_int(struct view_node *n, const char *key, int64_t value);       /* plain digits */
void view_bool(struct view_node *n, const char *key, bool value);         /* "1" or unset */
void view_money(struct view_node *n, const char *key, int64_t pesos);     /* "$1.500" */
void view_phone(struct view_node *n, const char *key, const char *e164);   /* "300 555 0014" */
void view_instant(struct view_node *n, const char *key, int64_t t);       /* key = "hoy 09:12", key_exact, key_iso */
/* All fields of a struct, each in its fitting form (F_MONEY also key_raw). */
void view_fields(struct view_node *n, struct fields f, const void *object);

/* Append templates_dir/name ("receive/receive.cst"), rendered, to out.  A page is sent
 * only when this returned OK: E_INTERNAL is logged with ClearSilver's words. */
enum err view_render(struct view *v, const char *name, struct buf *out) MUST_CHECK;

/* What follows from an object's fields: set on n when a piece is rendered. */
typedef void view_fill(struct view_node *n, struct arena *a, const void *object);

/* The same for a piece that many pages show, a row of a list: its template sees the
 * fields of the object and what `fill` (may be NULL) makes of them and nothing else, so
 * that what it gave for the same values is kept and given again.  A dotted name in the
 * table makes "page.asset" one of them. */
enum err view_piece(struct view *v, const char *name, struct fields f, const void *object,
                    view_fill *fill, struct buf *out) MUST_CHECK;

/* Parsed templates and pieces are kept for the life of the process (in development they are
 * read again when a file changes).  This drops them: for leak checks, at the end. */
void view_forget(void);

#endif
