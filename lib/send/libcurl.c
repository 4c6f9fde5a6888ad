#include "send/libcurl.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static struct libcurl functions;          /* all NULL until they are loaded */

static void libcurl_missing(void)
{
    log_error("libcurl.load", "why", dlerror());
    abort();
}

static void libcurl_function(void *library, const char *name, void *function)
{
    void *address = dlsym(library, name);

    if (address == NULL)
        libcurl_missing();
    memcpy(function, &address, sizeof address);     /* C has no cast from an object to a function */
}

const struct libcurl *libcurl(void)
{
    void *library;

    if (functions.easy_init != NULL)
        return &functions;
    library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        libcurl_missing();
#define X(name) libcurl_function(library, "curl_" #name, &functions.name);
    LIBCURL_FUNCTIONS(X)
#undef X
    return &functions;
}
