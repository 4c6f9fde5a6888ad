#include "send/printer.h"

#include <poll.h>
#include <stdio.h>

#include <curl/curl.h>

#include "base/clock.h"

#define CONNECT_MS 3000L
#define WRITE_S 20

static bool write_all(CURL *h, const char *p, size_t n)
{
    double until = clock_mono() + WRITE_S;
    curl_socket_t fd = CURL_SOCKET_BAD;

    curl_easy_getinfo(h, CURLINFO_ACTIVESOCKET, &fd);
    while (n > 0) {
        struct pollfd ready = { .fd = fd, .events = POLLOUT };
        size_t sent = 0;
        CURLcode e = curl_easy_send(h, p, n, &sent);

        if (e != CURLE_OK && e != CURLE_AGAIN)
            return false;
        p += sent;
        n -= sent;
        if (n > 0 && (clock_mono() > until || poll(&ready, 1, 1000) < 0))
            return false;
    }
    return true;
}

struct send_result printer_send(const char *address, const void *data, size_t n)
{
    struct send_result r = { .sent = SENT_NO, .error = "la impresora de etiquetas no responde", .provider_failed = true };
    CURL *h = curl_easy_init();
    char url[300];

    if (h == NULL || snprintf(url, sizeof url, "http://%s", address) >= (int)sizeof url) {
        curl_easy_cleanup(h);
        return r;
    }
    curl_easy_setopt(h, CURLOPT_URL, url);
    curl_easy_setopt(h, CURLOPT_CONNECT_ONLY, 1L);       /* no HTTP: the socket is ours */
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
    if (curl_easy_perform(h) == CURLE_OK && write_all(h, data, n))
        r = (struct send_result){ .sent = SENT_YES };
    curl_easy_cleanup(h);
    return r;
}
