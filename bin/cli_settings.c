/* Commands about settings: what an administrator may change without a restart, also on the page /admin/settings. */
#include <stdio.h>
#include <string.h>

#include "base/texts.h"
#include "bin/cli.h"
#include "bin/texts.h"
#include "domain/ground/setting.h"

static enum err settings_list_run(struct cli *x)
{
    struct setting_rows all;
    enum err e = setting_list(&x->c, NULL, &all);

    if (e == OK)
        cli_list(x, setting_fields, "key value dflt unit set label", all.v, all.n, sizeof *all.v);
    return e;
}

/* Prints the table of docs/settings.md. */
static enum err settings_table_run(struct cli *x)
{
    struct setting_rows all;
    enum err e = setting_list(&x->c, NULL, &all);

    if (e != OK)
        return e;
    printf("| key | what | type | default | limits | read by |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < all.n; i++) {
        const struct setting_row *s = &all.v[i];
        const bool plain = s->kind == SETTING_BOOL || s->kind == SETTING_CHOICE;

        printf("| `%s` | %s. %s | %s%s%s | %s |", s->key, s->label, s->doc, s->type, *s->unit ? ", " : "", s->unit,
               *s->dflt ? s->dflt : "–");
        if (plain)
            printf(" ");
        else
            printf(" %lld–%lld", (long long)s->min, (long long)s->max);
        for (const struct word *w = s->choices; w != NULL && w->value != NULL; w++)
            printf("%s%s", w == s->choices ? "" : ", ", w->value);
        printf("%s| %s |\n", plain && s->choices == NULL ? "" : " ", s->reader);
    }
    return OK;
}

/* Sets one; what is not on the command line is read from standard input, as a secret must be. */
static enum err settings_set_run(struct cli *x)
{
    const struct setting_change change = { x->words[0], x->word_count > 1 ? x->words[1] : cli_read_line(x) };
    struct setting_rows all;
    enum err e = setting_list(&x->c, NULL, &all);

    for (size_t i = 0; e == OK && i < all.n; i++)
        if (all.v[i].secret && streq(all.v[i].key, change.key) && x->word_count > 1)
            return ctx_fail(&x->c, E_INVALID, change.key, T_SECRET_ON_STDIN, NULL);
    if (e == OK && change.value == NULL)
        return ctx_fail(&x->c, E_INVALID, change.key, T_REQUIRED, NULL);
    if (e == OK)
        e = setting_change(&x->c, NULL, 0, &change, 1);
    if (e == OK)
        cli_say(x, "%s: guardado", change.key);
    return e;
}

const struct command settings_commands[] = {
    { "settings list", "", "Los ajustes del punto, con su valor.", CLI_DB, settings_list_run },
    { "settings set", "CLAVE [VALOR]", "Cambia uno; sin VALOR lo lee de la entrada, como debe ser un secreto.", CLI_DB,
      settings_set_run },
    { "settings table", "", "Los ajustes como tabla, para docs/settings.md.", CLI_DB, settings_table_run },
    { NULL, NULL, NULL, CLI_NOTHING, NULL },
};
