#include <curl/curl.h>

#include "send/post.h"

#define ANSWER_MAX 65536

static size_t keep(char *p, size_t size, size_t n, void *arg)
{
    struct buf *b = arg;

    if (b->len + size * n > ANSWER_MAX)
        return 0;
    buf_add(b, p, size * n);
    return size * n;
}

static struct curl_slist *header_list(const struct post *p)
{
    struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json");

    list = curl_slist_append(list, "Expect:");
    for (size_t i = 0; i < COUNT(p->headers) && p->headers[i] != NULL; i++)
        list = curl_slist_append(list, p->headers[i]);
    return list;
}

void post_run(const struct conf *c, struct post *p)
{
    CURL *h = curl_easy_init();
    struct curl_slist *headers = header_list(p);
    long request = 0;
    curl_off_t uploaded = 0;

    p->curl = CURLE_FAILED_INIT;
    if (h != NULL) {
        curl_easy_setopt(h, CURLOPT_URL, p->url);
        curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, p->body);
        curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, keep);
        curl_easy_setopt(h, CURLOPT_WRITEDATA, &p->answer);
        curl_easy_setopt(h, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(h, CURLOPT_FORBID_REUSE, 1L);
        /* HTTP/2 would let libcurl send a refused stream again. */
        curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, 3000L);
        curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, 10000L);
        curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(h, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
        curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
        if (!is_blank(c->ca_file))
            curl_easy_setopt(h, CURLOPT_CAINFO, c->ca_file);
        p->curl = curl_easy_perform(h);
        curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &p->status);
        curl_easy_getinfo(h, CURLINFO_REQUEST_SIZE, &request);
        curl_easy_getinfo(h, CURLINFO_SIZE_UPLOAD_T, &uploaded);
        p->sent = request + uploaded;
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(h);
}
