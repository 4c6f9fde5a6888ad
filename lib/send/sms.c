/* SMS: the drivers `none` and `file`, and the table of all drivers. */
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "json/json.h"
#include "base/random.h"
#include "send/liwa.h"
#include "send/sms.h"

static struct send_result none_send(struct arena *a UNUSED, const struct conf *c UNUSED,
                                    const struct sms_account *k UNUSED, const char *token UNUSED,
                                    const char *to UNUSED, const char *text UNUSED, bool *bad_token UNUSED)
{
    return (struct send_result){ .sent = SENT_WITHHELD, .error = "no hay proveedor de SMS configurado" };
}

/* Appends the message as a line, in one write, to a file that development and tests read. */
static struct send_result file_send(struct arena *a, const struct conf *c, const struct sms_account *k UNUSED,
                                    const char *token UNUSED, const char *to, const char *text,
                                    bool *bad_token UNUSED)
{
    struct send_result r = { .sent = SENT_NO, .error = "no se pudo escribir sms_file" };
    struct json_object *o = json_object_new_object();
    int fd = open(c->sms_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    const char *line;

    r.id = random_text(a, ALPHABET_BASE62, 16);
    json_add_text(o, "id", r.id);
    json_add_instant(o, "at", clock_now());
    json_add_text(o, "number", to);
    json_add_text(o, "message", text);
    line = arena_printf(a, "%s\n", json_text(a, o));
    json_object_put(o);
    if (fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line) && fsync(fd) == 0) {
        r.sent = SENT_YES;
        r.error = NULL;
    }
    if (fd >= 0)
        close(fd);
    return r;
}

static const struct sms_driver drivers[] = {
    { "none", false, NULL, none_send },
    { "file", false, NULL, file_send },
    { "liwa", true, liwa_login, liwa_send },
};

const struct sms_driver *sms_driver_of(const char *name)
{
    for (size_t i = 0; i < COUNT(drivers); i++)
        if (streq(drivers[i].name, name))
            return &drivers[i];
    return &drivers[0];
}
