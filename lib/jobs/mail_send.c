/* Sends one e-mail.  If it is not known whether a try went out, it is sent again: the Message-ID stays the
 * same, so that mail programs can drop the double. */
#include "domain/paper/document.h"
#include "domain/ground/setting.h"
#include "domain/message/account.h"
#include "jobs/message.h"
#include "send/mail.h"

/* Attaches the message's document.  For a document that has been removed a missing file is named, so that
 * sending fails. */
static void document_attach(struct ctx *c, const struct message *m, struct mail *mail)
{
    struct document d;

    if (m->document_id == 0)
        return;
    if (document_by_id(c, m->document_id, &d) != OK || !streq(d.state, "ready"))
        d = (struct document){ .kind = "documento", .storage_key = "gone" };
    mail->attachment = arena_printf(c->a, "%s/%s", c->conf->files_dir, d.storage_key);
    mail->attachment_name = arena_printf(c->a, "%s-%lld.pdf", d.kind, (long long)d.subject_id);
}

struct job_outcome mail_send_job(struct ctx *c, const struct job *j)
{
    struct job_outcome o;
    struct message m = { 0 };
    struct send_result r;
    struct mail mail;
    struct mail_account account;

    if (message_depart(c, j, true, &m, &o) != DEPART_GO)
        return o;
    mail = (struct mail){ .to = m.recipient, .subject = m.subject, .text = m.text, .html = mail_html(c, &m),
                          .opt_out = m.opt_out, .message_id = m.message_id, .from_name = setting_text(c, S_SITE_NAME),
                          .at = c->now };
    document_attach(c, &m, &mail);
    account = mail_account(c);
    r = mail_send(c->a, c->conf, &account, &mail);
    return message_landed(c, j, &m, &r, 0, 0);
}
