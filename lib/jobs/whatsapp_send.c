/* Sends one WhatsApp message, in two phases as an SMS (sms_send.c).  What becomes of it is told later, by Meta's webhook
 * (outbox/whatsapp_heard.c). */
#include "domain/message/account.h"
#include "domain/message/budget.h"
#include "jobs/message.h"
#include "metric/metric.h"
#include "send/whatsapp.h"

struct job_outcome whatsapp_send_job(struct ctx *c, const struct job *j)
{
    struct job_outcome o;
    struct message m = { 0 };
    struct send_result r = { 0 };
    struct whatsapp_account account;
    int64_t cost;
    enum err e;

    if (message_depart(c, j, false, &m, &o) != DEPART_GO)
        return o;
    account = whatsapp_account(c);
    e = whatsapp_price(c, m.category, &cost);
    if (e == OK)
        e = sms_over_budget(c, &(struct sms_price){ m.event, m.reserve, cost }, &r.error, NULL);
    if (e != OK)
        r = (struct send_result){ .sent = SENT_NO, .error = "la base de datos no respondió" };
    else if (r.error != NULL)
        r = (struct send_result){ .sent = SENT_WITHHELD, .error = r.error, .tell = TELL_BUDGET };
    else if (is_blank(account.number_id) || is_blank(account.token))
        r = (struct send_result){ .sent = SENT_WITHHELD, .error = "falta la cuenta de WhatsApp" };
    else
        r = whatsapp_send(c->a, c->conf, &account, &(struct whatsapp_message){ m.recipient, m.provider_name,
                          m.provider_language, m.values, m.values_n, m.message_id });
    if (r.sent == SENT_YES)
        metric_add(M_WHATSAPP_COST, (uint64_t)cost, NULL);
    return message_landed(c, j, &m, &r, 1, cost);
}
