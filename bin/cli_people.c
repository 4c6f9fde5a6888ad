/* Commands about users, tokens, and customers whose data are taken out or erased. */
#include <stdio.h>

#include "base/texts.h"
#include "bin/cli.h"
#include "domain/custody/erase.h"
#include "domain/law/personal_data.h"
#include "domain/paper/document.h"
#include "domain/people/token.h"
#include "domain/people/user.h"
#include "domain/people/user_change.h"
#include "json/json.h"

/* Reads the password from standard input if --password-stdin was given; else it is NULL and the domain
 * makes one. */
static enum err password_of(struct cli *x, const char **password)
{
    *password = NULL;
    if (!cli_flag(x, "--password-stdin"))
        return OK;
    *password = cli_read_line(x);
    return *password != NULL ? OK : ctx_fail(&x->c, E_INVALID, "--password-stdin", T_REQUIRED, NULL);
}

static void say_made(const struct cli *x, const char *username, const char *made)
{
    if (made != NULL)
        printf(x->json ? "{ \"username\": \"%s\", \"password\": \"%s\" }\n"
                       : "Usuario %s, contraseña %s\n(se muestra solo esta vez; se cambia al ingresar)\n",
               username, made);
}

static enum err user_add_run(struct cli *x)
{
    struct user_in in = { .username = cli_option(x, "--username"), .email = cli_option(x, "--email"),
                          .full_name = cli_option(x, "--name"), .role = cli_option(x, "--role") };
    int64_t id;
    char *made;
    enum err e = password_of(x, &in.password);

    in.final = cli_flag(x, "--final");
    if (e == OK)
        e = user_add(&x->c, &in, &id, &made);
    if (e != OK)
        return e;
    say_made(x, in.username, made);
    return OK;
}

static enum err user_list_run(struct cli *x)
{
    struct users all;
    enum err e = user_list(&x->c, &all);

    if (e == OK)
        cli_list(x, user_fields, "id username email full_name role is_active last_login_at", all.v, all.n,
                 sizeof *all.v);
    return e;
}

static enum err user_passwd_run(struct cli *x)
{
    const char *password;
    char *made;
    enum err e = password_of(x, &password);

    if (e == OK)
        e = user_set_password(&x->c, x->words[0], password, &made);
    if (e != OK)
        return e;
    say_made(x, x->words[0], made);
    cli_say(x, "Contraseña cambiada; sus sesiones se cerraron.");
    return OK;
}

static enum err user_toggle(struct cli *x, bool active)
{
    struct user u;
    enum err e = user_by_name(&x->c, x->words[0], &u);

    if (e == OK)
        e = user_set_active(&x->c, u.id, active);
    if (e == OK)
        cli_say(x, active ? "%s puede ingresar otra vez." : "%s ya no puede ingresar.", x->words[0]);
    return e;
}

static enum err user_disable_run(struct cli *x)
{
    return user_toggle(x, false);
}

static enum err user_enable_run(struct cli *x)
{
    return user_toggle(x, true);
}

static enum err token_add_run(struct cli *x)
{
    struct token_in in = { .name = cli_option(x, "--name"), .username = cli_option(x, "--username"),
                           .role = cli_option(x, "--role"), .scopes = cli_option(x, "--scopes") };
    int64_t id;
    char *token;
    enum err e = cli_number(x, "--days", 0, &in.days);

    if (in.scopes == NULL)
        in.scopes = "*";
    if (e == OK)
        e = token_add(&x->c, &in, &id, &token);
    if (e == OK)
        printf(x->json ? "{ \"id\": %lld, \"token\": \"%s\" }\n" : "Token %lld, se muestra solo esta vez:\n%s\n",
               (long long)id, token);
    return e;
}

static enum err token_list_run(struct cli *x)
{
    struct api_tokens all;
    enum err e = token_list(&x->c, &all);

    if (e == OK)
        cli_list(x, token_fields, "id name prefix username role scopes last_used_at expires_at revoked_at",
                 all.v, all.n, sizeof *all.v);
    return e;
}

static enum err token_revoke_run(struct cli *x)
{
    int64_t id;
    enum err e;

    if (!parse_int(x->words[0], &id))
        return ctx_fail(&x->c, E_INVALID, "ID", T_NOT_ID, NULL);
    e = token_revoke(&x->c, id);
    if (e == OK)
        cli_say(x, "Token %lld revocado.", (long long)id);
    return e;
}

static enum err customer_erase_run(struct cli *x)
{
    int64_t id;
    enum err e;

    if (!parse_int(x->words[0], &id))
        return ctx_fail(&x->c, E_INVALID, "ID", T_NOT_ID, NULL);
    e = customer_erase(&x->c, id);
    if (e == OK)
        cli_say(x, "Los datos del cliente %lld se borraron.", (long long)id);
    return e;
}

/* Writes all that is known of somebody to standard output; with --pdf the worker makes the same as a PDF. */
static enum err customer_export_run(struct cli *x)
{
    struct personal_data d;
    struct document paper;
    struct buf b = { 0 };
    int64_t id;
    enum err e = personal_data_whose(&x->c, x->words[0], &id);

    if (e == OK && cli_flag(x, "--pdf")) {
        e = document_ask(&x->c, &(struct document_in){ "datos", id }, &paper);
        if (e == OK)
            cli_say(x, "El PDF queda en %s/documents/%lld.", x->c.conf->public_url, (long long)paper.id);
        return e;
    }
    if (e == OK)
        e = personal_data_take(&x->c, id, &d);
    if (e != OK)
        return e;
    json_write_object(&b, personal_data_fields, &d);
    printf("%.*s\n", (int)b.len, b.data);
    buf_free(&b);
    return OK;
}

static enum err customer_erased_run(struct cli *x)
{
    struct erasures all;
    enum err e = erasure_list(&x->c, &all);

    for (size_t i = 0; e == OK && i < all.n; i++)
        printf("%lld %lld\n", (long long)all.v[i].customer_id, (long long)all.v[i].customer_since);
    return e;
}

/* A line that cannot be read, or somebody who cannot be erased yet, is said and the others go on. */
static enum err customer_replay_run(struct cli *x)
{
    const char *line;
    int64_t erased = 0;

    while ((line = cli_read_line(x)) != NULL) {
        char *rest = arena_strdup(x->c.a, line), *first = strsep(&rest, " ");
        struct erasure one = { 0 };
        bool done = false;
        enum err e = OK;

        if (*line == '\0')
            continue;
        if (!parse_int(first, &one.customer_id) || rest == NULL || !parse_int(rest, &one.customer_since))
            e = E_INVALID;
        else
            e = erasure_replay(&x->c, &one, &done);
        if (e != OK)
            fprintf(stderr, "%s: no se pudo borrar\n", line);
        x->status = e != OK ? 1 : x->status;
        erased += done;
    }
    cli_say(x, "Se borraron otra vez los datos de %lld clientes.", (long long)erased);
    return OK;
}

const struct command people_commands[] = {
    { "customer erase", "ID", "Borra los datos de un cliente que lo pidió; quedan los paquetes y el dinero.", CLI_DB, customer_erase_run },
    { "customer export", "[--pdf] ID", "Todo lo que se sabe de un cliente, por su número, celular o documento: JSON en la salida, o un PDF.", CLI_DB, customer_export_run },
    { "customer erased", "", "A quiénes se les borraron los datos: guárdelo fuera de la base, con cada copia.", CLI_DB, customer_erased_run },
    { "customer replay", "", "Tras restaurar una copia: borra otra vez los de la lista que lee de la entrada.", CLI_DB, customer_replay_run },
    { "user add", "--username U --email E --name N --role R [--password-stdin] [--final]",
      "Crea un usuario (ADMIN, OPERADOR o USUARIO). Sin --password-stdin se le hace una contraseña; la cambia al"
      " ingresar, salvo que la dada sea definitiva (--final).",
      CLI_DB, user_add_run },
    { "user list", "", "Los usuarios.", CLI_DB, user_list_run },
    { "user passwd", "[--password-stdin] USUARIO", "Otra contraseña; cierra sus sesiones.", CLI_DB,
      user_passwd_run },
    { "user disable", "USUARIO", "No puede ingresar más; cierra sus sesiones y revoca sus tokens.", CLI_DB, user_disable_run },
    { "user enable", "USUARIO", "Puede ingresar otra vez, con su contraseña.", CLI_DB, user_enable_run },
    { "token add", "--name N --username U --role R [--scopes S] [--days N]",
      "Un token de la API que actúa por ese usuario. Permisos separados por espacios; todos si no se dice.",
      CLI_DB, token_add_run },
    { "token list", "", "Los tokens, sin su secreto.", CLI_DB, token_list_run },
    { "token revoke", "ID", "El token deja de servir.", CLI_DB, token_revoke_run },
    { NULL, "", "", CLI_NOTHING, NULL },
};
