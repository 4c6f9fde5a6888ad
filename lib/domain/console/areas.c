#include "domain/console/areas.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/util.h"

/* A socket answers unless nobody listens: the master could not make it, or has closed it since the area's processes
 * die.  One at which too many wait answers, too. */
static bool socket_answers(const char *path)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    int fd;
    bool ok;

    if (strlen(path) >= sizeof to.sun_path)
        return false;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return true;             /* nothing is known of the area */
    memcpy(to.sun_path, path, strlen(path) + 1);
    ok = connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 || errno == EAGAIN;
    close(fd);
    return ok;
}

void areas_look(struct arena *a, const struct conf *conf, struct area_looks *out)
{
    DIR *dir = opendir(conf->programs_dir);
    struct dirent *d;

    *out = (struct area_looks){ 0 };
    while (dir != NULL && (d = readdir(dir)) != NULL) {
        const char *dot = strrchr(d->d_name, '.'), *name;

        if (dot == NULL || !streq(dot, ".fcgi"))
            continue;
        name = arena_strndup(a, d->d_name, (size_t)(dot - d->d_name));
        out->v = arena_more(a, out->v, out->n, sizeof *out->v);
        out->v[out->n++] = (struct area_look){ name, socket_answers(arena_printf(a, "%s/%s.sock", conf->run_dir, name)) };
    }
    if (dir != NULL)
        closedir(dir);
}

const char *area_silent(struct arena *a, const struct conf *conf)
{
    struct area_looks all;

    areas_look(a, conf, &all);
    for (size_t i = 0; i < all.n; i++)
        if (!all.v[i].answers)
            return all.v[i].name;
    return NULL;
}
