/* Libcurl: loaded when the first thing is sent.  It brings 30 libraries of others, 1.8 MB
 * that every process of the worker and every program of cron would have for itself while
 * it waits, or never sends.  A call is libcurl()->easy_init(). */
#ifndef SEND_LIBCURL_H
#define SEND_LIBCURL_H

#define CURL_DISABLE_TYPECHECK           /* it knows only the functions' own names */
#include <curl/curl.h>

#define LIBCURL_FUNCTIONS(X)                                                             \
    X(easy_init) X(easy_setopt) X(easy_perform) X(easy_getinfo) X(easy_send)             \
    X(easy_cleanup) X(mime_init) X(mime_addpart) X(mime_data) X(mime_filedata)           \
    X(mime_filename) X(mime_type) X(mime_encoder) X(mime_subparts) X(mime_free)          \
    X(slist_append) X(slist_free_all)

struct libcurl {
#define X(name) __typeof__(curl_##name) *name;
    LIBCURL_FUNCTIONS(X)
#undef X
};

/* The functions, for the life of the process.  Aborts with a line in the log when the
 * library, which the package depends on, is not there. */
const struct libcurl *libcurl(void);

#endif
