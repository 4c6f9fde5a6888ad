/* Commands about messages: test messages, wordings, reminders. */
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "local/money.h"
#include "bin/cli.h"
#include "domain/message/template.h"
#include "domain/outbox/notification_log.h"
#include "domain/outbox/notification_reminders.h"

#define WAIT_S 30
#define BODY_MAX 16384

/* Writes a test message to the database, waits up to WAIT_S until a worker has sent it, and prints its
 * state. */
static enum err message_test(struct cli *x, const char *channel)
{
    double until = clock_mono() + WAIT_S;
    struct notification n;
    int64_t id;
    enum err e = notify_test(&x->c, channel, x->words[0], &id);

    if (e == OK)
        cli_say(x, "Mensaje %lld; se espera al worker…", (long long)id);
    do {
        if (e == OK)
            e = notification_by_id(&x->c, id, &n);
        usleep(200000);
    } while (e == OK && (streq(n.state, "queued") || streq(n.state, "sending")) && clock_mono() < until);
    if (e != OK)
        return e;
    if (x->json)
        cli_object(x, notification_fields, &n);
    cli_say(x, "%s%s%s", words_of(notification_states, n.state), n.error ? ": " : "", n.error ? n.error : "");
    if (!streq(n.state, "sent") && !streq(n.state, "delivered"))
        x->status = EX_UNAVAILABLE;
    return OK;
}

static enum err sms_test_run(struct cli *x)
{
    return message_test(x, "sms");
}

static enum err mail_test_run(struct cli *x)
{
    return message_test(x, "email");
}

static enum err sms_balance_run(struct cli *x)
{
    struct sms_budget b;
    struct arena *a = x->c.a;
    enum err e = notification_budget(&x->c, &b);

    if (e != OK)
        return e;
    printf("Hoy %s de %s; este mes %s de %s.\n", money_text(a, b.day), money_text(a, b.day_budget),
           money_text(a, b.month), money_text(a, b.month_budget));
    if (b.credit < 0)
        puts("El saldo con el proveedor se conoce cuando sale el primer SMS.");
    else
        printf("Saldo con el proveedor: %s.\n", money_text(a, b.credit));
    return OK;
}

static enum err template_list_run(struct cli *x)
{
    struct message_templates all;
    enum err e = message_template_list(&x->c, &all);

    if (e == OK)
        cli_list(x, message_template_fields, "event channel version class created_at created_by", all.v, all.n,
                 sizeof *all.v);
    return e;
}

static enum err template_show_run(struct cli *x)
{
    struct message_template t;
    enum err e = message_template_get(&x->c, x->words[0], x->words[1], &t);

    if (e == OK)
        cli_object(x, message_template_fields, &t);
    return e;
}

static char *read_all(struct arena *a)
{
    char piece[4096];
    struct buf b = { 0 };
    char *text;
    size_t n;

    while (b.len < BODY_MAX && (n = fread(piece, 1, sizeof piece, stdin)) > 0)
        buf_add(&b, piece, n);
    while (b.len > 0 && b.data[b.len - 1] == '\n')
        b.len--;
    text = arena_strndup(a, b.data ? b.data : "", b.len);
    buf_free(&b);
    return text;
}

static enum err template_set_run(struct cli *x)
{
    struct message_template_in in = { .event = x->words[0], .channel = x->words[1],
                              .subject = cli_option(x, "--subject"), .class = cli_option(x, "--class") };
    struct message_template_preview p;
    struct message_template t;
    enum err e;

    in.body = read_all(x->c.a);
    e = message_template_preview(&x->c, &in, &p);
    if (e == OK)
        e = message_template_set(&x->c, &in, &t);
    if (e != OK)
        return e;
    cli_say(x, "Versión %lld.\n%s", (long long)t.version, p.text);
    if (p.encoding != NULL)
        cli_say(x, "%s, %lld partes; con los valores más largos, %lld.", p.encoding, (long long)p.parts,
                (long long)p.longest_parts);
    return OK;
}

static enum err reminders_run(struct cli *x)
{
    int64_t due = 0;
    int written;
    enum err e;

    if (cli_flag(x, "--dry-run")) {
        e = notify_reminders_due(&x->c, &due);
        if (e == OK)
            cli_say(x, "Hay %lld paquetes de los que se escribiría.", (long long)due);
        return e;
    }
    e = notify_reminders(&x->c, clock_day(x->c.now), &written);
    if (e == OK)
        cli_say(x, "%d mensajes escritos.", written);
    return e;
}

const struct command message_commands[] = {
    { "sms test", "CELULAR", "Manda un SMS de prueba y dice qué fue de él.", CLI_DB, sms_test_run },
    { "sms balance", "", "Lo gastado, los presupuestos y el saldo con el proveedor.", CLI_DB, sms_balance_run },
    { "mail test", "CORREO", "Manda un correo de prueba y dice qué fue de él.", CLI_DB, mail_test_run },
    { "template list", "", "Lo que dicen los mensajes, por suceso y medio.", CLI_DB, template_list_run },
    { "template show", "SUCESO MEDIO", "Una plantilla.", CLI_DB, template_show_run },
    { "template set", "[--subject S] [--class C] SUCESO MEDIO",
      "Otra versión, con el texto de la entrada estándar.", CLI_DB, template_set_run },
    { "reminders", "[--dry-run]", "Escribe los recordatorios de hoy que falten.", CLI_DB, reminders_run },
    { NULL, "", "", CLI_NOTHING, NULL },
};
