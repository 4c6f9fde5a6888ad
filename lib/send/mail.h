/* Mail: one message by SMTP (libcurl), with STARTTLS or implicit TLS, verified; a text part always, HTML
 * beside it if given. */
#ifndef SEND_MAIL_H
#define SEND_MAIL_H

#include "base/account.h"
#include "send/send.h"

struct mail {
    const char *to, *subject, *text;
    const char *html;            /* or NULL */
    const char *message_id;      /* without <>; the same in every attempt */
    const char *from_name;       /* or NULL */
    const char *opt_out;         /* address of one-click unsubscription, or NULL */
    const char *attachment, *attachment_name;    /* path of a PDF and its name in ASCII; or NULL */
    int64_t at;                  /* Date, Unix seconds */
};

/* Sends a mail.  An attempt may be repeated, as the Message-ID stays the same, so the result is never
 * SENT_UNKNOWN.  Connects within 5 s, takes 30 s at most; the configuration
 * says which authorities are believed, and whether TLS may be missing. */
struct send_result mail_send(struct arena *a, const struct conf *c, const struct mail_account *k, const struct mail *m);

/* The text as a header's value, encoded (RFC 2047) if needed, from the arena; NULL if it holds CR or LF. */
char *mail_header_text(struct arena *a, const char *s);
bool mail_address_ok(const char *s);         /* no CR, LF, <, > or space */

#endif
