/* Customer column: what the columns of a list of people are, by their titles (customer_column.def). */
#ifndef DOMAIN_CUSTOMER_COLUMN_H
#define DOMAIN_CUSTOMER_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define CELL_BREAK '\x1f'        /* between the cells of a row, and the titles, as they are stored */
#define COLUMN_UNUSED '-'        /* the letter of a column that is not understood */

enum customer_column {
#define COLUMN(letter, member, words, most, titles) COLUMN_##member,
#include "domain/people/customer_column.def"
#undef COLUMN
    CUSTOMER_COLUMNS
};

struct customer_column_row { char letter; const char *words; size_t most; const char *titles; };
extern const struct customer_column_row customer_columns[CUSTOMER_COLUMNS];

/* The letters of n titles, from the arena: of two columns that say the same the second is unused, but for phones, of which
 * the second is another phone. */
char *customer_columns_find(struct arena *a, const char *const *titles, size_t n);
/* Whether a row with these letters can be the titles: there is a name, and something else. */
bool customer_columns_are_titles(const char *letters);

/* Texts of one row by what they are; NULL: there is no such column or nothing in it.  The texts of several columns of other
 * phones have a line each.  Spaces at the ends are cut. */
struct customer_cells { const char *v[CUSTOMER_COLUMNS]; };
void customer_cells_read(struct arena *a, const char *letters, const char *const *cells, size_t n, struct customer_cells *out);

/* The n texts as one, with CELL_BREAK between; and back, *n of them. */
char *cells_join(struct arena *a, const char *const *cells, size_t n);
const char **cells_split(struct arena *a, const char *text, size_t *n);

#endif
