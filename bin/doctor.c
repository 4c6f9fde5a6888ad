#include "bin/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/room.h"
#include "crypto/crypto.h"
#include "domain/message/account.h"
#include "domain/parcel/label_job.h"
#include "json/json.h"
#include "bin/cli_secrets.h"
#include "domain/console/areas.h"
#include "domain/console/clock_jump.h"
#include "domain/console/dashboard.h"
#include "domain/console/health.h"
#include "domain/shelf/position.h"
#include "domain/people/user.h"
#include "queue/hint.h"
#include "storage/s3.h"
#include "store/db.h"


enum state { GOOD, ODD, BAD };

/* Result of a check: its state, a sentence, and how to mend what is wrong. */
struct finding { enum state state; const char *what, *remedy; };

static struct finding finding(struct cli *x, enum state state, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
static struct finding finding(struct cli *x, enum state state, const char *remedy, const char *fmt, ...)
{
    struct finding f = { state, NULL, remedy };
    va_list ap;

    va_start(ap, fmt);
    f.what = arena_vprintf(x->c.a, fmt, ap);
    va_end(ap);
    return f;
}

static struct finding check_conf(struct cli *x)
{
    return finding(x, GOOD, NULL, "leída de %s", x->c.conf->file ? x->c.conf->file : "los valores de fábrica");
}

static struct finding check_secrets(struct cli *x)
{
    const char *name = "";

    if (!secrets_complete(&x->c, &name))
        return finding(x, BAD, "paqueteria secrets init", "falta %s", name);
    if (!secrets_closed(&x->c, &name))
        return finding(x, BAD, "chmod 0400 en ese archivo", "otros pueden leer %s", name);
    return finding(x, GOOD, NULL, "están, y solo los lee su dueño");
}

static struct finding check_folders(struct cli *x)
{
    const struct conf *k = x->c.conf;
    const struct { const char *key, *path; int mode; } folders[] = {
        { "run_dir", k->run_dir, W_OK | X_OK }, { "files_dir", k->files_dir, W_OK | X_OK },
        { "spool_dir", k->spool_dir, W_OK | X_OK }, { "templates_dir", k->templates_dir, R_OK | X_OK },
        { "htdocs_dir", k->htdocs_dir, R_OK | X_OK }, { "programs_dir", k->programs_dir, R_OK | X_OK },
        { "migrations_dir", k->migrations_dir, R_OK | X_OK },
    };

    for (size_t i = 0; i < COUNT(folders); i++)
        if (access(folders[i].path, folders[i].mode) != 0)
            return finding(x, BAD, "cree la carpeta o corrija la clave y sus permisos", "%s: %s no se puede usar",
                           folders[i].key, folders[i].path);
    return finding(x, GOOD, NULL, "todas se pueden usar");
}

static struct finding check_disk(struct cli *x)
{
    int left = room_free_least(x->c.conf);

    if (!room_for_writes(x->c.conf))
        return finding(x, BAD, "libere espacio: hasta que haya más solo se puede consultar y entregar",
                       "queda %d %%", left);
    if (!room_for_files(x->c.conf))
        return finding(x, ODD, "libere espacio: hasta que haya más no se reciben fotos", "queda %d %%", left);
    return finding(x, GOOD, NULL, "queda %d %%", left);
}

static struct finding check_database(struct cli *x)
{
    const char *why = NULL;

    x->c.db = db_open(x->c.conf, true, &why);
    if (x->c.db == NULL)
        return finding(x, BAD, "paqueteria migrate; si sigue, restaure una copia", "%s", why);
    if (db_check(x->c.db, x->c.a, &why) != OK)
        return finding(x, BAD, "pare el servicio y restaure la última copia", "dañada: %s", why);
    return finding(x, GOOD, NULL, "abre, conoce su esquema y está sana");
}

static struct finding check_admin(struct cli *x)
{
    struct users all;

    if (user_list(&x->c, &all) == OK)
        for (size_t i = 0; i < all.n; i++)
            if (streq(all.v[i].role, "ADMIN") && all.v[i].is_active)
                return finding(x, GOOD, NULL, "%s", all.v[i].username);
    return finding(x, BAD, "paqueteria user add --role ADMIN …", "no hay ninguno activo");
}

static struct finding check_redis(struct cli *x)
{
    if (is_blank(x->c.conf->redis))
        return finding(x, ODD, "ponga la clave redis", "no se usa: los mensajes salen hasta un segundo después");
    if (!hint_ping(x->c.hint))
        return finding(x, ODD, "arránquelo; revise la clave redis y el secreto redis_password",
                       "no contesta en %s: todo sigue, un segundo más lento", x->c.conf->redis);
    return finding(x, GOOD, NULL, "contesta");
}

static struct finding check_worker(struct cli *x)
{
    return health_worker_up(&x->c) ? finding(x, GOOD, NULL, "trabaja")
        : finding(x, BAD, "arranque paqueteria-worker y lea su registro", "sin señal de vida: no salen mensajes");
}

static struct finding check_cron(struct cli *x)
{
    int64_t last = health_cron_last(&x->c);

    if (health_cron_up(&x->c))
        return finding(x, GOOD, NULL, "la última vez hace %s", clock_ago(x->c.a, x->c.now - last));
    return finding(x, BAD, "instale cron/crontab o arranque paqueteria-tick --loop",
                   last ? "la última vez fue el %s" : "nunca ha corrido", last ? clock_exact(x->c.a, last) : "");
}

static struct finding check_clock(struct cli *x)
{
    struct clock_jump j;

    if (clock_jump_read(&x->c, &j) != OK)
        return finding(x, BAD, "lea el registro", "no se puede leer");
    if (j.to != 0)
        return finding(x, ODD, "si la hora está bien, que un administrador lo diga en Inicio; si no, corríjala",
                       "saltó de %s a %s: nada se cancela, se borra ni se recuerda", clock_exact(x->c.a, j.from),
                       clock_exact(x->c.a, j.to));
    return finding(x, GOOD, NULL, "no ha saltado");
}

static struct finding check_queue(struct cli *x)
{
    struct dashboard d;

    if (dashboard_read(&x->c, 1, &d) != OK)
        return finding(x, BAD, "lea el registro", "no se puede leer");
    if (d.figures.jobs_dead > 0 || d.figures.messages_unknown > 0 || d.figures.messages_failed > 0)
        return finding(x, ODD, "paqueteria jobs list --state dead; luego jobs retry",
                       "%lld trabajos muertos, %lld mensajes fallidos, %lld sin confirmar",
                       (long long)d.figures.jobs_dead, (long long)d.figures.messages_failed,
                       (long long)d.figures.messages_unknown);
    return finding(x, GOOD, NULL, "nada pide ayuda");
}

static struct finding check_sms(struct cli *x)
{
    const struct sms_account k = sms_account(&x->c);

    if (streq(k.driver, "none"))
        return finding(x, ODD, "ponga la cuenta en /admin/settings/sms", "no se envían");
    if (streq(k.driver, "liwa") && (is_blank(k.account) || is_blank(k.password) || is_blank(k.api_key)))
        return finding(x, BAD, "complete la cuenta en /admin/settings/sms, o liwa_account en la configuración y"
                       " paqueteria secrets set liwa_password y liwa_api_key", "faltan datos de la cuenta");
    return finding(x, streq(k.driver, "file") && !x->c.conf->development ? ODD : GOOD,
                   "ponga la cuenta en /admin/settings/sms", "por %s", k.driver);
}

static struct finding check_mail(struct cli *x)
{
    const struct mail_account k = mail_account(&x->c);

    if (is_blank(k.url))
        return finding(x, ODD, "ponga el servidor en /admin/settings/mail", "no se envía");
    if (!is_blank(k.user) && is_blank(k.password))
        return finding(x, BAD, "escríbala en /admin/settings/mail, o paqueteria secrets set smtp_password",
                       "falta la contraseña de %s", k.user);
    return finding(x, GOOD, NULL, "por %s", k.url);
}

static struct finding check_storage(struct cli *x)
{
    const char *fault = s3_fault(x->c.a, x->c.conf);

    if (fault != NULL)
        return finding(x, BAD, "corrija la configuración; luego paqueteria storage check", "%s", fault);
    return finding(x, GOOD, NULL, s3_in_use(x->c.conf) ? "las fotos pasan al almacén" : "las fotos quedan en el disco");
}

static struct finding check_labels(struct cli *x)
{
    const struct label_printer k = label_printer_now(&x->c);

    if (is_blank(k.address))
        return finding(x, GOOD, NULL, "se imprimen desde el navegador");
    if (strrchr(k.address, ':') == NULL || !(streq(k.language, "zpl") || streq(k.language, "escpos")))
        return finding(x, BAD, "en Ajustes, Mostrador, o label_printer = host:puerto; label_language = zpl o escpos", "%s, %s", k.address,
                       k.language);
    return finding(x, GOOD, NULL, "por %s, %s", k.address, k.language);
}

static struct finding check_address(struct cli *x)
{
    const char *url = x->c.conf->public_url;

    if (!x->c.conf->development && !has_prefix(url, "https://"))
        return finding(x, BAD, "public_url = https://…", "los enlaces de los mensajes dirían %s", url);
    return finding(x, GOOD, NULL, "%s", url);
}

/* The socket of each installed web program must answer. */
static struct finding check_pages(struct cli *x)
{
    struct area_looks all;

    areas_look(x->c.a, x->c.conf, &all);
    for (size_t i = 0; i < all.n; i++)
        if (!all.v[i].answers)
            return finding(x, BAD, "arranque paqueteria-serve y lea su registro", "%s.fcgi no contesta", all.v[i].name);
    return all.n == 0 ? finding(x, BAD, "arranque paqueteria-serve y lea su registro", "no hay programas")
        : finding(x, GOOD, NULL, "los %zu programas contestan", all.n);
}

static struct finding check_shelf(struct cli *x)
{
    int64_t left = position_free(&x->c);

    return left > 0 ? finding(x, GOOD, NULL, "%lld posiciones libres", (long long)left)
        : finding(x, ODD, "libere posiciones: lo nuevo va a la zona de desborde", "llena");
}

/* Checks stand in the order in which their findings are best mended. */
static const struct check { const char *name; bool needs_db; struct finding (*look)(struct cli *x); } checks[] = {
    { "configuración", false, check_conf },
    { "secretos", false, check_secrets },
    { "carpetas", false, check_folders },
    { "disco", false, check_disk },
    { "base de datos", false, check_database },
    { "administrador", true, check_admin },
    { "páginas", false, check_pages },
    { "worker", true, check_worker },
    { "cron", true, check_cron },
    { "reloj", true, check_clock },
    { "cola", true, check_queue },
    { "Redis", false, check_redis },
    { "SMS", false, check_sms },
    { "correo", false, check_mail },
    { "fotos", false, check_storage },
    { "etiquetas", false, check_labels },
    { "dirección", false, check_address },
    { "estantería", true, check_shelf },
};

enum err doctor_run(struct cli *x)
{
    static const char *const words[] = { [GOOD] = "bien", [ODD] = "ojo", [BAD] = "MAL" };
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < COUNT(checks); i++) {
        const struct check *k = &checks[i];
        struct finding f = k->needs_db && x->c.db == NULL ? finding(x, BAD, NULL, "no se puede ver sin la base")
                                                           : k->look(x);
        struct json_object *o = json_object_new_object();

        json_add_text(o, "check", k->name);
        json_add_text(o, "state", words[f.state]);
        json_add_text(o, "finding", f.what);
        json_add_text(o, "remedy", f.state == GOOD ? NULL : f.remedy);
        json_object_array_add(list, o);
        cli_say(x, "%-5s %s: %s", words[f.state], k->name, f.what);
        if (f.state != GOOD && f.remedy != NULL)
            cli_say(x, "      → %s", f.remedy);
        if (f.state == BAD)
            x->status = EX_CONFIG;
    }
    if (x->json)
        puts(json_object_to_json_string_ext(list, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(list);
    return OK;
}
