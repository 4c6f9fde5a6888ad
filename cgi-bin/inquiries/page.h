/* Inquiries: what their pages show. */
#ifndef CGI_INQUIRIES_PAGE_H
#define CGI_INQUIRIES_PAGE_H

#include "app/route.h"
#include "domain/public/canned_answer.h"
#include "domain/public/inquiry_answer.h"
#include "domain/public/inquiry_tell.h"
#include "domain/public/missing.h"

/* The inbox, with the chips of its filter. */
enum err inquiries_page(struct req *r, const struct inquiry_filter *f, const struct inquiries *all);
/* Shows one question, what can be done with it, and the package beside it.  canned: the answer that is written into
 * the form already; 0: none. */
enum err inquiry_page(struct req *r, const struct inquiry *i, int64_t canned);

#endif
