/* Customer list: all people that the point has written down, to be leafed through and searched. */
#ifndef DOMAIN_CUSTOMER_LIST_H
#define DOMAIN_CUSTOMER_LIST_H

#include "base/buf.h"
#include "base/words.h"
#include "domain/people/customer.h"

struct customer_row {
    struct customer who;
    int64_t waiting;             /* how many of their parcels are on the shelf */
    const char *phone_of;        /* name of the person whose phone it is, if another's; else NULL */
    const char *home;            /* customer_home of them */
};
FIELD_TABLE(struct customer_row, customer_row_fields)
struct customer_rows { struct customer_row *v; size_t n; };

/* Kinds of people: known to a clerk, only named by an announcement, or VIP. */
extern const struct word customer_kinds[];

/* A member that is NULL, blank or 0 takes any. */
struct customer_filter {
    const char *q;               /* words as of person_find.h, of the document too */
    const char *kind;            /* a word of customer_kinds */
    int64_t before, limit;       /* before: what *next said; limit: 1 to 200, else 50 */
};
/* The newest first; with q first those who have a parcel on the shelf, then others who are known.  *next is the `before`
 * of the next page, 0 after the last. */
enum err customer_list(struct ctx *c, const struct customer_filter *f, struct customer_rows *out, int64_t *next) MUST_CHECK;
/* Reads one person as a row; E_NOT_FOUND. */
enum err customer_row_by_id(struct ctx *c, int64_t id, struct customer_row *out) MUST_CHECK;

/* The columns of a spreadsheet of people; an import knows their titles (people/customer_column.def). */
FIELD_TABLE(struct customer_row, customer_sheet_fields)
#define CUSTOMER_SHEET_MAX 10000
/* Appends all people of the filter as a spreadsheet (csv.h), CUSTOMER_SHEET_MAX at most; when there are more, its
 * last line says so. */
enum err customer_sheet(struct ctx *c, const struct customer_filter *f, struct buf *out) MUST_CHECK;

#endif
