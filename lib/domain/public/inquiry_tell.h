/* Inquiry tell: whom an answer to a question reaches, and the message that brings it there. */
#ifndef DOMAIN_INQUIRY_TELL_H
#define DOMAIN_INQUIRY_TELL_H

#include "domain/public/inquiry.h"

#define ANSWER_SMS 300           /* characters of an answer that an SMS holds; of a longer one it says that the link has the rest */

/* How an answer reaches who asked. */
struct inquiry_reach {
    const char *sms, *email;     /* the number and the address where it goes; NULL: it does not go there */
    bool page;                   /* it stands on the page of their link */
    const char *why;             /* why no message goes out, a sentence for the clerk; NULL: one goes */
};
FIELD_TABLE(struct inquiry_reach, inquiry_reach_fields)
enum err inquiry_reach(struct ctx *c, const struct inquiry *i, struct inquiry_reach *out) MUST_CHECK;
/* Inside a db_write: queues the message of an answer, whose text has that id. */
enum err inquiry_tell_tx(struct ctx *c, const struct inquiry *i, int64_t text, const char *content) MUST_CHECK;

#endif
