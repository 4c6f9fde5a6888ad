/* Commands about secrets.  A secret is a file of mode 0400 in secrets_dir; the product makes some itself, the
 * operator gets the others from providers (of SMS, mail, S3) and sets them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/texts.h"
#include "bin/cli.h"
#include "bin/cli_secrets.h"
#include "bin/texts.h"
#include "crypto/crypto.h"

/* Flags of a secret: MADE by the product; ROTATES: it may be changed, since nothing is lost by that; PAIR:
 * half of the backups' key pair. */
enum { MADE = 1, ROTATES = 2, PAIR = 4 };

static const struct secret { const char *name; unsigned flags; const char *doc; } secrets[] = {
    { "pepper", MADE, "contraseñas: si cambia, ninguna sirve" },
    { "pickup_key", MADE, "códigos de entrega: si cambia, los ya enviados no sirven" },
    { "csrf_key", MADE | ROTATES, "formularios abiertos: si cambia, se envían de nuevo" },
    { "token_key", MADE | ROTATES, "enlaces para cambiar la contraseña: si cambia, se piden de nuevo" },
    { "sms_hook_key", MADE | ROTATES, "dirección de los recibos de SMS: si cambia, désela de nuevo al proveedor" },
    { "settings_key", MADE, "cifra las contraseñas que se escriben en /admin/settings: si cambia, se escriben de nuevo" },
    { "redis_password", MADE | ROTATES, "Redis: si cambia, se reinician Redis y los programas" },
    { "backup_public_key", MADE | PAIR, "cifra las copias de seguridad" },
    { "backup_secret_key", MADE | PAIR, "las descifra: guárdela también fuera de esta máquina" },
    { "smtp_password", 0, "correo: la da el proveedor" },
    { "liwa_password", 0, "SMS: la cuenta de Liwa" },
    { "liwa_api_key", 0, "SMS: la llave de Liwa" },
    { "s3_secret_key", 0, "fotos: la otra mitad de s3_access_key" },
};

static const struct secret *secret_named(const char *name)
{
    for (size_t i = 0; i < COUNT(secrets); i++)
        if (streq(secrets[i].name, name))
            return &secrets[i];
    return NULL;
}

static enum err secret_failed(struct cli *x, const char *what)
{
    fprintf(stderr, "paqueteria: %s/%s: %s\n", x->c.conf->secrets_dir, what, strerror(errno));
    return E_INTERNAL;
}

/* Writes a secret so that its file, even after a crash, is there whole and on the disk, or as it was before. */
static enum err secret_write(struct cli *x, int dir, const char *name, const char *value)
{
    const char *fresh = arena_printf(x->c.a, ".%s.new", name);
    size_t n = strlen(value);
    bool ok;
    int fd;

    unlinkat(dir, fresh, 0);
    fd = openat(dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
    if (fd < 0)
        return secret_failed(x, name);
    ok = write(fd, value, n) == (ssize_t)n && write(fd, "\n", 1) == 1 && fsync(fd) == 0;
    close(fd);
    if (!ok || renameat(dir, fresh, dir, name) != 0 || fsync(dir) != 0)
        return secret_failed(x, name);
    return OK;
}

static enum err folder_open(struct cli *x, int *dir)
{
    if (mkdir(x->c.conf->secrets_dir, 0700) != 0 && errno != EEXIST)
        return secret_failed(x, "");
    *dir = open(x->c.conf->secrets_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *dir < 0 ? secret_failed(x, "") : OK;
}

static bool is_there(const struct cli *x, const char *name)
{
    return secret_read(x->c.a, x->c.conf, name) != NULL;
}

static enum err init_one(struct cli *x, int dir, const struct secret *s)
{
    if (!(s->flags & MADE) || is_there(x, s->name))
        return OK;
    cli_say(x, "Secreto %s", s->name);
    return secret_write(x, dir, s->name, token_new(x->c.a));
}

/* Makes both halves of the key pair or neither: a public key alone seals backups that nobody can open. */
static enum err init_pair(struct cli *x, int dir)
{
    char *public_hex, *secret_hex;
    enum err e;

    if (is_there(x, "backup_public_key") || is_there(x, "backup_secret_key"))
        return OK;
    cli_say(x, "Secreto backup_public_key, backup_secret_key");
    keypair_new(x->c.a, &public_hex, &secret_hex);
    e = secret_write(x, dir, "backup_secret_key", secret_hex);
    return e != OK ? e : secret_write(x, dir, "backup_public_key", public_hex);
}

enum err secrets_init_run(struct cli *x)
{
    int dir;
    enum err e = folder_open(x, &dir);

    if (e != OK)
        return e;
    e = init_pair(x, dir);
    for (size_t i = 0; i < COUNT(secrets) && e == OK; i++)
        if (!(secrets[i].flags & PAIR))
            e = init_one(x, dir, &secrets[i]);
    close(dir);
    return e;
}

enum err secrets_list_run(struct cli *x)
{
    for (size_t i = 0; i < COUNT(secrets); i++)
        printf("%-18s %-6s %s\n", secrets[i].name, is_there(x, secrets[i].name) ? "está" : "falta",
               secrets[i].doc);
    return OK;
}

/* Prints every secret for a safe elsewhere, in the lines that `secrets set` reads back. */
enum err secrets_export_run(struct cli *x)
{
    for (size_t i = 0; i < COUNT(secrets); i++) {
        const char *value = secret_read(x->c.a, x->c.conf, secrets[i].name);

        if (value != NULL)
            printf("%s=%s\n", secrets[i].name, value);
    }
    return OK;
}

static enum err secret_put(struct cli *x, const char *name, const char *value)
{
    int dir;
    enum err e = folder_open(x, &dir);

    if (e != OK)
        return e;
    e = secret_write(x, dir, name, value);
    close(dir);
    return e;
}

enum err secrets_rotate_run(struct cli *x)
{
    const struct secret *s = secret_named(x->words[0]);
    enum err e;

    if (s == NULL || !(s->flags & ROTATES))
        return ctx_fail(&x->c, E_INVALID, "NOMBRE", T_NOT_CHOICE, "csrf_key, token_key, sms_hook_key, redis_password", NULL);
    e = secret_put(x, s->name, token_new(x->c.a));
    if (e == OK)
        cli_say(x, "%s es otro (%s).", s->name, s->doc);
    return e;
}

enum err secrets_set_run(struct cli *x)
{
    const struct secret *s = secret_named(x->words[0]);
    const char *value = cli_read_line(x);

    if (s == NULL)
        return ctx_fail(&x->c, E_INVALID, "NOMBRE", T_NOT_CHOICE, "los de «paqueteria secrets list»", NULL);
    if (is_blank(value))
        return ctx_fail(&x->c, E_INVALID, "entrada estándar", T_REQUIRED, NULL);
    if ((s->flags & MADE) && is_there(x, s->name))
        return ctx_fail(&x->c, E_CONFLICT, "NOMBRE", T_SECRET_KEPT, s->name, NULL);
    return secret_put(x, s->name, value);
}

bool secrets_complete(const struct ctx *c, const char **missing)
{
    for (size_t i = 0; i < COUNT(secrets); i++)
        if ((secrets[i].flags & MADE) && secret_read(c->a, c->conf, secrets[i].name) == NULL) {
            *missing = secrets[i].name;
            return false;
        }
    return true;
}

bool secrets_closed(const struct ctx *c, const char **open)
{
    struct stat st;

    for (size_t i = 0; i < COUNT(secrets); i++) {
        const char *path = arena_printf(c->a, "%s/%s", c->conf->secrets_dir, secrets[i].name);

        if (stat(path, &st) == 0 && (st.st_mode & 077) != 0) {
            *open = secrets[i].name;
            return false;
        }
    }
    return true;
}
