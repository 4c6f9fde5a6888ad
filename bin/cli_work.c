/* Commands about packages, the two hash chains (events of packages, audit log), and the demo. */
#include <stdio.h>
#include <sysexits.h>

#include "bin/cli.h"
#include "bin/demo/demo.h"
#include "local/normal.h"
#include "domain/custody/history.h"
#include "domain/ground/audit.h"
#include "domain/parcel/package_list.h"

#define DEMO_DAYS 30
#define PAGE_ROWS 200

/* Finds a package by its tracking code, guide or number. */
static enum err package_named(struct cli *x, const char *word, struct package *p)
{
    int64_t id;
    enum err e = package_by_code(&x->c, word, p);

    if (e == E_NOT_FOUND)
        e = package_by_guide(&x->c, word, p);
    if (e == E_NOT_FOUND && parse_int(word, &id))
        e = package_by_id(&x->c, id, p);
    return e;
}

/* Columns of a package's history.  `text` is no column of the database: it says in words what the event was. */
#define E struct package_event
static const struct field history_rows[] = {
    FIELD(E, at, F_INSTANT, "Cuándo"), FIELD(E, kind, F_TEXT, "Clase de evento"),
    FIELD(E, user_name, F_TEXT, "Nombre del usuario"), FIELD(E, text, F_TEXT, "Qué pasó"),
};
static const struct fields history_fields = FIELDS(history_rows);

static enum err package_show_run(struct cli *x)
{
    struct package p;
    struct package_events events;
    enum err e = package_named(x, x->words[0], &p);

    if (e == OK)
        e = package_events(&x->c, p.id, &events);
    if (e != OK)
        return e;
    cli_object(x, package_fields, &p);
    if (!x->json) {
        putchar('\n');
        cli_list(x, history_fields, "at kind user_name text", events.v, events.n, sizeof *events.v);
    }
    return OK;
}

/* Verifies the chain of one package.  A broken chain is reported and sets x->status, but is no error: the other
 * packages are verified too. */
static enum err chain_verify(struct cli *x, const struct package *p)
{
    int64_t at = 0;
    enum err e = package_chain_check(&x->c, p->id, &at);

    if (e != E_CONFLICT)
        return e;
    x->status = EX_DATAERR;
    fprintf(stderr, "paqueteria: la cadena del paquete %s (%lld) no cuadra desde el suceso %lld\n",
            p->tracking_code, (long long)p->id, (long long)at);
    return OK;
}

static enum err verify_all(struct cli *x, int64_t *count)
{
    struct package_filter f = { .limit = PAGE_ROWS };
    struct arena *own = x->c.a;
    enum err e = OK;

    do {
        struct packages page;
        int64_t next = 0;

        x->c.a = arena_new();
        e = package_list(&x->c, &f, &page, &next);
        for (size_t i = 0; e == OK && i < page.n; i++, ++*count)
            e = chain_verify(x, &page.v[i]);
        f.before = next;
        arena_free(x->c.a);
        x->c.a = own;
    } while (e == OK && f.before != 0);
    return e;
}

/* Prints the seal (the last hash of the chain) that the printed proof bundle of this parcel ends with. */
static enum err seal_say(struct cli *x, const struct package *p)
{
    struct package_events events;
    enum err e = package_events(&x->c, p->id, &events);

    if (e == OK && events.n > 0)
        cli_say(x, "%s: %zu sucesos, último sello %s.", p->tracking_code, events.n, events.v[events.n - 1].hash);
    return e;
}

static enum err package_verify_run(struct cli *x)
{
    int64_t count = 0;
    struct package p;
    enum err e = OK;

    if (x->word_count == 0)
        e = verify_all(x, &count);
    for (size_t i = 0; i < x->word_count && e == OK; i++, count++) {
        e = package_named(x, x->words[i], &p);
        if (e == OK)
            e = chain_verify(x, &p);
        if (e == OK && x->status == EX_OK)
            e = seal_say(x, &p);
    }
    if (e == OK && x->status == EX_OK)
        cli_say(x, "%lld cadenas de custodia completas.", (long long)count);
    return e;
}

static enum err audit_verify_run(struct cli *x)
{
    int64_t at = 0;
    enum err e = audit_check(&x->c, &at);

    if (e == E_CONFLICT) {
        x->status = EX_DATAERR;
        fprintf(stderr, "paqueteria: el registro de auditoría no cuadra desde la fila %lld\n", (long long)at);
        return OK;
    }
    if (e == OK)
        cli_say(x, "El registro de auditoría está completo.");
    return e;
}

/* Prints the demo's accounts with their passwords: the demo is for development only, on pages that nobody else
 * reaches. */
static void demo_accounts_say(struct cli *x)
{
    struct demo_account accounts[DEMO_STAFF];
    const size_t n = demo_accounts(&x->c, accounts);

    if (n > 0)
        cli_say(x, "Cuentas de la muestra, solo para desarrollo:");
    for (size_t i = 0; i < n; i++)
        cli_say(x, "  %-9s %-10s %-16s %s", accounts[i].role, accounts[i].username, accounts[i].password,
                accounts[i].full_name);
}

static enum err demo_run(struct cli *x)
{
    int packages;
    enum err e = demo_fill(&x->c, DEMO_DAYS, &packages);

    if (e != OK)
        return e;
    cli_say(x, packages ? "%d paquetes de muestra en %d días." : "Ya hay paquetes: no se agrega ninguno.",
            packages, DEMO_DAYS);
    demo_accounts_say(x);
    return OK;
}

const struct command work_commands[] = {
    { "package show", "CUAL", "Un paquete por código, guía o número, con su historia.", CLI_DB,
      package_show_run },
    { "package verify", "[CUAL…]", "Revisa la cadena de custodia; sin decir cuál, la de todos.", CLI_DB,
      package_verify_run },
    { "audit verify", "", "Revisa la cadena del registro de auditoría.", CLI_DB, audit_verify_run },
    { "demo", "", "Una tienda de muestra en una base sin paquetes, y quién puede entrar. Solo para desarrollo.", CLI_DB, demo_run },
    { NULL, "", "", CLI_NOTHING, NULL },
};
