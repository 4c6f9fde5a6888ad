/* Commands about the installation: schema, secrets, configuration, doctor, version. */
#include <stdio.h>

#include "bin/cli.h"
#include "bin/cli_secrets.h"
#include "bin/doctor.h"
#include "store/db.h"

static enum err migrate_run(struct cli *x)
{
    const char *why = NULL;
    int applied;
    enum err e = db_migrate(x->c.conf, &applied, &why);

    if (e != OK)
        fprintf(stderr, "paqueteria: %s\n", why);
    else if (applied > 0)
        cli_say(x, "%d migraciones aplicadas.", applied);
    return e;
}

static enum err config_run(struct cli *x)
{
    conf_print(x->c.conf, stdout);
    return OK;
}

static enum err version_run(struct cli *x)
{
    cli_say(x, "paqueteria %s", PAQUETERIA_VERSION);
    cli_say(x, "SQLite %s", db_version());
    return OK;
}

const struct command system_commands[] = {
    { "migrate", "", "Lleva el esquema de la base de datos al de esta versión.", CLI_CONF, migrate_run },
    { "secrets init", "", "Hace los secretos que falten.", CLI_CONF, secrets_init_run },
    { "secrets list", "", "Cuáles hay y para qué son; no los muestra.", CLI_CONF, secrets_list_run },
    { "secrets export", "", "Todos, para guardarlos fuera de esta máquina.", CLI_CONF, secrets_export_run },
    { "secrets rotate", "NOMBRE", "Cambia uno por otro nuevo.", CLI_CONF, secrets_rotate_run },
    { "secrets set", "NOMBRE", "Guarda el de un proveedor, leído de la entrada estándar.", CLI_CONF,
      secrets_set_run },
    { "config", "", "Las claves de la configuración con su valor.", CLI_CONF, config_run },
    { "doctor", "", "Qué está mal y cómo se arregla.", CLI_CONF, doctor_run },
    { "version", "", "Las versiones.", CLI_NOTHING, version_run },
    { NULL, "", "", CLI_NOTHING, NULL },
};
