#include "send/printer.h"

#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include <linux/sockios.h>

#include "base/clock.h"
#include "send/libcurl.h"

#define CONNECT_MS 3000L
#define LOOK_MS 100              /* between two looks at the socket */

/* A transfer to the printer: `until` moves with each byte it takes.  A printer prints while it takes, so
 * 200 labels may need minutes, and only standing still for `patience` seconds is a fault. */
struct taking { CURL *h; curl_socket_t fd; int patience; double until; };

static bool moves_on(struct taking *t, bool moved)
{
    if (moved)
        t->until = clock_mono() + t->patience;
    return clock_mono() < t->until;
}

static bool write_all(struct taking *t, const char *p, size_t n)
{
    while (n > 0) {
        struct pollfd ready = { .fd = t->fd, .events = POLLOUT };
        size_t sent = 0;
        CURLcode e = libcurl()->easy_send(t->h, p, n, &sent);

        if ((e != CURLE_OK && e != CURLE_AGAIN) || !moves_on(t, sent > 0))
            return false;
        p += sent;
        n -= sent;
        if (n > 0 && poll(&ready, 1, LOOK_MS) < 0)
            return false;
    }
    return true;
}

/* Waits until the printer's side has all bytes: bytes still in this machine's buffers would be lost if the
 * printer were switched off now. */
static bool bytes_arrived(struct taking *t)
{
    int left = -1, before = 0;          /* bytes; -1: not known */

    while (ioctl(t->fd, SIOCOUTQ, &left) == 0 && left > 0) {
        struct pollfd broken = { .fd = t->fd };

        if (!moves_on(t, left < before) || poll(&broken, 1, LOOK_MS) != 0)
            return false;
        before = left;
    }
    return left == 0;
}

static bool printer_deliver(CURL *h, const void *data, size_t n, int patience)
{
    struct taking t = { .h = h, .fd = CURL_SOCKET_BAD, .patience = patience, .until = clock_mono() + patience };

    return libcurl()->easy_getinfo(h, CURLINFO_ACTIVESOCKET, &t.fd) == CURLE_OK
        && write_all(&t, data, n) && bytes_arrived(&t);
}

struct send_result printer_send(const char *address, const void *data, size_t n, int patience)
{
    struct send_result r = { .sent = SENT_NO, .error = "la impresora de etiquetas no responde", .provider_failed = true };
    CURL *h = libcurl()->easy_init();
    char url[300];

    if (h == NULL || snprintf(url, sizeof url, "http://%s", address) >= (int)sizeof url) {
        libcurl()->easy_cleanup(h);
        return r;
    }
    libcurl()->easy_setopt(h, CURLOPT_URL, url);
    libcurl()->easy_setopt(h, CURLOPT_CONNECT_ONLY, 1L);       /* the socket alone, no HTTP */
    libcurl()->easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    libcurl()->easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    libcurl()->easy_setopt(h, CURLOPT_NOPROXY, "*");
    if (libcurl()->easy_perform(h) == CURLE_OK && printer_deliver(h, data, n, patience))
        r = (struct send_result){ .sent = SENT_YES };
    libcurl()->easy_cleanup(h);
    return r;
}
