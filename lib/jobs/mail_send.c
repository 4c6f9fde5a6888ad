/* One e-mail.  It may go out again after a doubt: its Message-ID stays the same. */
#include "domain/setting.h"
#include "jobs/message.h"
#include "send/mail.h"

struct job_outcome mail_send_job(struct ctx *c, const struct job *j)
{
    struct job_outcome o;
    struct message m = { 0 };
    struct send_result r;

    if (message_depart(c, j, true, &m, &o) != DEPART_GO)
        return o;
    r = mail_send(c->a, c->conf, &(struct mail){ .to = m.recipient, .subject = m.subject, .text = m.text,
        .html = mail_html(c, &m), .opt_out = m.opt_out, .message_id = m.message_id, .from_name = setting_text(c, S_SITE_NAME),
        .at = c->now });
    return message_landed(c, j, &m, &r, 0, 0);
}
