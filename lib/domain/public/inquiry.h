/* Inquiry: a question that a resident asks the point by the link of a package.  Staff see it until somebody has
 * attended to it, by telephone or message: the page of the link says no more than that. */
#ifndef DOMAIN_INQUIRY_H
#define DOMAIN_INQUIRY_H

#include "base/field.h"
#include "domain/parcel/package.h"

#define INQUIRY_LEAST 10         /* characters that are seen */
#define INQUIRY_MOST 2000
#define INQUIRIES_A_DAY 5        /* about one package */

struct inquiry {
    int64_t id, package_id, at;
    const char *content, *state;
    int64_t closed_at;           /* 0: nobody has attended to it */
    const char *closed_by_name;
    const char *guide_number;
    const char *customer_name, *customer_phone;      /* of who asked, whoever's the package is now */
    const char *guide_key;
};
FIELD_TABLE(struct inquiry, inquiry_fields)
FIELD_TABLE(struct inquiry, inquiry_public_fields)       /* without what only staff may know */
/* next: `after` of the next page; 0 after the last */
struct inquiries { struct inquiry *v; size_t n; int64_t next; };

struct inquiry_in { const char *token, *content; };
/* E_INVALID names "content"; E_CONFLICT after INQUIRIES_A_DAY; E_THROTTLED for a network that asks too much, and when all ask too much;
 * E_NOT_FOUND for an unknown token. */
enum err inquiry_ask(struct ctx *c, const struct inquiry_in *in, struct inquiry *out) MUST_CHECK;
/* What the package's person asked about it, the newest first: another person's questions about it are left out. */
enum err inquiries_of(struct ctx *c, const struct package *p, struct inquiries *out) MUST_CHECK;
/* The same for that person: only the members of inquiry_public_fields are read. */
enum err inquiries_public_of(struct ctx *c, const struct package *p, struct inquiries *out) MUST_CHECK;

/* Those that nobody has attended to, the oldest first.  after: the last one seen, 0 at first; limit: 1 to 200, else 50. */
struct inquiry_filter { int64_t after, limit; };
enum err inquiry_list(struct ctx *c, const struct inquiry_filter *f, struct inquiries *out) MUST_CHECK;
/* Somebody has attended to it; E_CONFLICT when that was so already. */
enum err inquiry_close(struct ctx *c, int64_t id, struct inquiry *out) MUST_CHECK;
/* Somebody has attended to all of these; *closed is how many were open.  E_INVALID names "ids" when there are none. */
enum err inquiries_close(struct ctx *c, const int64_t *ids, size_t n, int64_t *closed) MUST_CHECK;

#endif
