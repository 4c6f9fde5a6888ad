/* Libcurl: loaded when something is sent for the first time.  It brings 30 other libraries, 1.8 MB in each
 * process, and the worker's processes and programs of cron mostly wait or send nothing.  A call is
 * libcurl()->easy_init(). */
#ifndef SEND_LIBCURL_H
#define SEND_LIBCURL_H

#define CURL_DISABLE_TYPECHECK           /* its checks know only the functions' own names */
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

/* The functions, for the life of the process.  If the library, which the package depends on, is missing,
 * it logs so and aborts. */
const struct libcurl *libcurl(void);

#endif
