/* Commands about tariffs: list them, add one, say what a parcel would cost. */
#include <stdio.h>

#include "base/clock.h"
#include "base/texts.h"
#include "json/json.h"
#include "bin/cli.h"
#include "domain/price/quote.h"

static enum err list_run(struct cli *x)
{
    struct rate_periods all;
    enum err e = rate_list(&x->c, &all);

    if (e == OK)
        cli_list(x, rate_period_fields, "id package_type state base_fee storage_per_day free_hours valid_from valid_until",
                 all.v, all.n, sizeof *all.v);
    return e;
}

/* Options that are not given keep the value of the tariff in force: mostly only a price changes. */
static enum err in_force(struct cli *x, struct rate_in *in)
{
    struct rates now;
    enum err e = rates_at(&x->c, x->c.now, &now);

    for (size_t i = 0; e == OK && i < now.n; i++)
        if (streq(now.v[i].package_type, in->package_type)) {
            in->storage_per_day = now.v[i].storage_per_day;
            in->free_hours = now.v[i].free_hours;
        }
    return e;
}

static enum err add_run(struct cli *x)
{
    struct rate_in in = { .package_type = cli_option(x, "--type"), .known = cli_flag(x, "--reason"),
                          .reason = cli_option(x, "--reason") };
    struct rate out;
    enum err e = in_force(x, &in);

    if (e == OK && !clock_read_day(cli_option(x, "--from"), &in.valid_from))
        e = ctx_fail(&x->c, E_INVALID, "--from", T_NOT_DAY, NULL);
    if (e == OK)
        e = cli_number(x, "--base", 0, &in.base_fee);
    if (e == OK)
        e = cli_number(x, "--storage", in.storage_per_day, &in.storage_per_day);
    if (e == OK)
        e = cli_number(x, "--free-hours", in.free_hours, &in.free_hours);
    if (e == OK)
        e = rate_add(&x->c, &in, &out);
    if (e == OK)
        cli_object(x, rate_fields, &out);
    return e;
}

/* Splits an option like "2026-11-25 14:30" into day and time; quote_make checks both. */
static void moment_split(struct cli *x, const char *option, const char **day, const char **time)
{
    const char *s = cli_option(x, option);
    size_t n = strcspn(s, " T");

    *day = arena_strndup(x->c.a, s, n);
    *time = s[n] == '\0' ? "" : s + n + 1;
}

static enum err simulate_run(struct cli *x)
{
    struct quote_in in = { .package_type = cli_option(x, "--type") };
    struct quote q;
    enum err e;

    moment_split(x, "--received", &in.received_day, &in.received_time);
    moment_split(x, "--picked", &in.picked_day, &in.picked_time);
    e = quote_make(&x->c, &in, &q);
    if (e == OK && x->json)
        cli_json(json_of(quote_fields, &q));
    if (e != OK || x->json)
        return e;
    cli_object(x, fee_fields, &q.fee);
    putchar('\n');
    cli_list(x, quote_day_fields, "date added total closed", q.v, q.n, sizeof *q.v);
    return OK;
}

const struct command rate_commands[] = {
    { "rates list", "", "Las tarifas: por venir, vigentes y pasadas.", CLI_DB, list_run },
    { "rates add", "--type T --from DÍA --base N [--storage N] [--free-hours N] [--reason TEXTO]",
      "Una tarifa nueva (NORMAL o EXTRA_DIMENSIONADO) desde ese día; lo que no se diga, como la vigente. Si no hay"
      " tiempo de avisarla, por qué.", CLI_DB, add_run },
    { "rates simulate", "--received FECHA --picked FECHA [--type T]",
      "Cuánto costaría un paquete que llega y se recoge entonces («2026-11-25 14:30»), día por día.", CLI_DB,
      simulate_run },
    { NULL, "", "", CLI_NOTHING, NULL },
};
