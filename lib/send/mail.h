/* Mail: one message by SMTP (libcurl): STARTTLS or implicit TLS, verified; a
 * text part always, html beside it when given. */
#ifndef SEND_MAIL_H
#define SEND_MAIL_H

#include "send/send.h"

struct mail {
    const char *to, *subject, *text;
    const char *html;            /* or NULL */
    const char *message_id;      /* without <>: the same at every try */
    const char *from_name;       /* or NULL */
    const char *opt_out;         /* address of one-click unsubscription, or NULL */
    const char *attachment, *attachment_name;    /* a file, PDF; its name in ASCII; or NULL */
    int64_t at;                  /* Date */
};

/* A mail may be sent again (same Message-ID), so it knows no UNKNOWN.  Connects within
 * 5 s, takes 30 s at most; the password is the secret smtp_password. */
struct send_result mail_send(struct arena *a, const struct conf *c, const struct mail *m);

/* RFC 2047 where needed; NULL when it holds CR, LF or NUL. */
char *mail_header_text(struct arena *a, const char *s);
bool mail_address_ok(const char *s);         /* no CR, LF, <, >, space */

#endif
