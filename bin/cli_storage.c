/* Commands about the storage of photos: the disk or the S3 archive. */
#include <stdio.h>
#include <unistd.h>

#include "base/random.h"
#include "bin/cli.h"
#include "domain/parcel/photo.h"
#include "jobs/archive.h"
#include "jobs/file_orphans.h"
#include "storage/s3.h"

#define TRIAL_TEXT "paqueteria storage check\n"

static enum err storage_unusable(const char *what, const char *why)
{
    fprintf(stderr, "paqueteria: %s: %s.\n", what, why);
    return E_CONFLICT;
}

/* Stores, fetches and removes a small object: then the S3 key has all the permissions that photos need. */
static enum err object_try(struct cli *x, const char *key, const char *path)
{
    struct send_result r = archive_put(&x->c, key, path);
    struct buf got = { 0 };
    bool same;

    if (r.sent != SENT_YES)
        return storage_unusable("guardar", r.error);
    r = archive_get(&x->c, key, &got);
    same = got.len == strlen(TRIAL_TEXT) && memcmp(got.data, TRIAL_TEXT, got.len) == 0;
    buf_free(&got);
    if (r.sent != SENT_YES || !same)
        return storage_unusable("leer", r.sent != SENT_YES ? r.error : "no es lo que se guardó");
    r = archive_drop(&x->c, key);
    return r.sent == SENT_YES ? OK : storage_unusable("borrar", r.error);
}

static bool trial_write(const char *path)
{
    FILE *f = fopen(path, "we");
    bool ok = f != NULL && fputs(TRIAL_TEXT, f) >= 0;

    return f != NULL && fclose(f) == 0 && ok;
}

static enum err check_run(struct cli *x)
{
    const char *fault = s3_fault(x->c.a, x->c.conf);
    const char *key = arena_printf(x->c.a, "prueba/%s.txt", random_text(x->c.a, ALPHABET_BASE62, 22));
    const char *path = arena_printf(x->c.a, "%s/%s", x->c.conf->spool_dir, key + strlen("prueba/"));
    enum err e;

    if (fault != NULL)
        return storage_unusable("configuración", fault);
    if (!s3_in_use(x->c.conf)) {
        cli_say(x, "Las fotos quedan en el disco, en %s.", x->c.conf->files_dir);
        return OK;
    }
    e = trial_write(path) ? object_try(x, key, path) : storage_unusable(path, "no se puede escribir");
    unlink(path);
    if (e == OK)
        cli_say(x, "El almacén guarda, da y borra: %s, depósito %s.", x->c.conf->s3_endpoint, x->c.conf->s3_bucket);
    return e;
}

static enum err archive_run(struct cli *x)
{
    const char *fault = s3_fault(x->c.a, x->c.conf);
    int64_t made;
    enum err e;

    if (fault != NULL || !s3_in_use(x->c.conf))
        return storage_unusable("storage", fault ? fault : "las fotos quedan en el disco");
    e = package_files_archive(&x->c, &made);
    if (e == OK)
        cli_say(x, "%lld fotos en camino al almacén.", (long long)made);
    return e;
}

static enum err orphans_run(struct cli *x)
{
    struct orphans all;
    int64_t removed = 0;
    enum err e = file_orphans(&x->c, &all);

    if (e != OK)
        return storage_unusable(x->c.conf->files_dir, "no se pudo leer");
    if (all.n > 0 || x->json)
        cli_list(x, orphan_fields, "key size changed_at", all.v, all.n, sizeof *all.v);
    cli_say(x, "%zu archivos de los que ninguna foto ni documento sabe.", all.n);
    if (!cli_flag(x, "--remove"))
        return OK;
    e = file_orphans_remove(&x->c, &all, &removed);
    if (e == E_CONFLICT)
        return storage_unusable("--remove", "el reloj del servidor saltó; diga en Inicio si está bien");
    if (e != OK)
        return storage_unusable(x->c.conf->files_dir, "no se pudo borrar todo");
    cli_say(x, "%lld de hace más de un día, borrados.", (long long)removed);
    return OK;
}

const struct command storage_commands[] = {
    { "storage check", "", "Prueba el sitio donde quedan las fotos.", CLI_CONF, check_run },
    { "storage archive", "", "Lleva al almacén las fotos que estén en el disco.", CLI_DB, archive_run },
    { "storage orphans", "[--remove]",
      "Archivos del disco de los que ninguna fila sabe; --remove: borra los de hace más de un día.", CLI_DB, orphans_run },
    { NULL, "", "", CLI_NOTHING, NULL },
};
