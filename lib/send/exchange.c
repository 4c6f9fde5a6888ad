#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/address.h"
#include "send/exchange.h"
#include "send/libcurl.h"

#define ANSWER_MAX 65536

static size_t answer_keep(char *p, size_t size, size_t n, void *arg)
{
    struct exchange *x = arg;

    const size_t most = x->answer_max ? x->answer_max : ANSWER_MAX, room = most - x->answer.len;

    if (size * n <= room) {
        buf_add(&x->answer, p, size * n);
        return size * n;
    }
    if (x->answer_cut)
        buf_add(&x->answer, p, room);
    return 0;                    /* libcurl ends the transfer with CURLE_WRITE_ERROR */
}

static bool peer_is_allowed(const struct exchange *x, const struct sockaddr *to)
{
    const bool plain = strncasecmp(x->url, "https:", 6) != 0;

    if (x->peer == PEER_ANY || (x->peer == PEER_PUBLIC_OR_LOOPBACK && address_is_loopback(to)))
        return true;
    return !plain && address_is_public(to);
}

/* libcurl calls this for each address that a name stands for, with the very address to which it will connect. */
static curl_socket_t peer_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct exchange *x = arg;

    if (purpose != CURLSOCKTYPE_IPCXN || !peer_is_allowed(x, &to->addr))
        x->refused = true;
    return x->refused ? CURL_SOCKET_BAD : socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static struct curl_slist *header_list(const struct exchange *x)
{
    struct curl_slist *list = libcurl()->slist_append(NULL, "Expect:");

    if (x->body != NULL)
        list = libcurl()->slist_append(list, "Content-Type: application/json");
    for (size_t i = 0; i < COUNT(x->headers) && x->headers[i] != NULL; i++)
        list = libcurl()->slist_append(list, x->headers[i]);
    return list;
}

/* Sets the request's body or method.  False if the file to send is not there. */
static bool content_set(CURL *h, const struct exchange *x, FILE **file)
{
    struct stat st;

    if (x->body != NULL)
        libcurl()->easy_setopt(h, CURLOPT_POSTFIELDS, x->body);
    if (x->method != NULL)
        libcurl()->easy_setopt(h, CURLOPT_CUSTOMREQUEST, x->method);
    if (x->file == NULL)
        return true;
    *file = fopen(x->file, "re");
    if (*file == NULL || fstat(fileno(*file), &st) != 0)
        return false;
    libcurl()->easy_setopt(h, CURLOPT_UPLOAD, 1L);
    libcurl()->easy_setopt(h, CURLOPT_READDATA, *file);
    libcurl()->easy_setopt(h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)st.st_size);
    return true;
}

static void request_run(CURL *h, const struct conf *c, struct exchange *x, struct curl_slist *headers)
{
    long request = 0;
    curl_off_t uploaded = 0;

    libcurl()->easy_setopt(h, CURLOPT_URL, x->url);
    libcurl()->easy_setopt(h, CURLOPT_PROTOCOLS_STR, x->peer == PEER_PUBLIC ? "https" : "http,https");
    if (x->peer != PEER_ANY) {
        libcurl()->easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, peer_socket);
        libcurl()->easy_setopt(h, CURLOPT_OPENSOCKETDATA, x);
    }
    libcurl()->easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);         /* the signature covers the path as it is */
    libcurl()->easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    libcurl()->easy_setopt(h, CURLOPT_WRITEFUNCTION, answer_keep);
    libcurl()->easy_setopt(h, CURLOPT_WRITEDATA, x);
    libcurl()->easy_setopt(h, CURLOPT_FRESH_CONNECT, 1L);
    libcurl()->easy_setopt(h, CURLOPT_FORBID_REUSE, 1L);
    /* HTTP/1.1, since over HTTP/2 libcurl could send a refused stream again. */
    libcurl()->easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    libcurl()->easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    libcurl()->easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, 3000L);
    libcurl()->easy_setopt(h, CURLOPT_TIMEOUT_MS, x->file != NULL ? 30000L : 10000L);
    libcurl()->easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    libcurl()->easy_setopt(h, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    libcurl()->easy_setopt(h, CURLOPT_NOPROXY, "*");
    if (!is_blank(c->ca_file))
        libcurl()->easy_setopt(h, CURLOPT_CAINFO, c->ca_file);
    x->curl = libcurl()->easy_perform(h);
    libcurl()->easy_getinfo(h, CURLINFO_RESPONSE_CODE, &x->status);
    libcurl()->easy_getinfo(h, CURLINFO_REQUEST_SIZE, &request);
    libcurl()->easy_getinfo(h, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    x->sent = request + uploaded;
    if (x->curl == CURLE_WRITE_ERROR && x->answer_cut)
        x->curl = CURLE_OK;
}

void exchange_run(const struct conf *c, struct exchange *x)
{
    CURL *h = libcurl()->easy_init();
    struct curl_slist *headers = header_list(x);
    FILE *file = NULL;

    x->curl = CURLE_FAILED_INIT;
    if (h != NULL && !content_set(h, x, &file))
        x->curl = CURLE_READ_ERROR;
    else if (h != NULL)
        request_run(h, c, x, headers);
    if (file != NULL)
        fclose(file);
    libcurl()->slist_free_all(headers);
    libcurl()->easy_cleanup(h);
}

bool exchange_unsent(int curl, long long sent)
{
    return sent == 0
        && (curl == CURLE_COULDNT_RESOLVE_HOST || curl == CURLE_COULDNT_CONNECT
            || curl == CURLE_SSL_CONNECT_ERROR || curl == CURLE_PEER_FAILED_VERIFICATION
            || curl == CURLE_SSL_CACERT_BADFILE || curl == CURLE_FAILED_INIT
            || curl == CURLE_URL_MALFORMAT || curl == CURLE_UNSUPPORTED_PROTOCOL
            || curl == CURLE_OPERATION_TIMEDOUT);
}
