/* App: a web program around its area: configuration, database, and the function that answers a request.
 * serve.c calls it for requests of FastCGI, tests call app_handle in their own process. */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/route.h"
#include "store/db.h"

#define SITE_VALUES 8
#define SITE_SIZE 512            /* bytes; more than a setting may have */

struct app {
    const struct area *area;
    const struct conf *conf;
    struct db *db;               /* NULL before the first request, in a rest, and while it cannot be opened */
    double db_seen;              /* when it was last looked for, by clock_mono */
    bool db_missed;              /* the failure to open db has been logged */
    struct hint *hint;           /* wakes the worker; NULL without Redis */
    struct arena *a;             /* arena of the request, reset after each */
    const char *asset;           /* version of the static files, in their links */
    char asset_text[17];
    char site[SITE_VALUES][SITE_SIZE];   /* struct site, for each page */
    struct buf busy;             /* the page of who is refused, once it has been rendered */
    struct buf body;             /* room for the next answer's body, empty */
    struct buf head;             /* room for the next answer's header lines */
    struct buf standing;         /* the header lines of most answers, once they have been put together */
    double site_at;              /* when they were read, by clock_mono */
    char form_token[128];        /* token of the public forms, the same for everybody */
    int64_t form_token_at;       /* when it was signed */
};

/* Takes an answer as CGI text: header lines, an empty line, the body.  `end` (may be NULL) is called when all
 * is written: then the client has its answer. */
struct sink {
    void (*write)(void *self, const char *p, size_t n);
    void (*end)(void *self);
    void *self;
};

/* The database is opened by the first request, since what SQLite then knows of the tables is the most of what an
 * idle process would hold.  While it cannot be opened, requests are answered with 503, unless area->without_db: it may
 * be missing, or have a schema that this program does not know (yet). */
void app_open(struct app *app, const struct area *ar, const struct conf *conf);
/* Closes the database and forgets the templates until the next request: for a process that nobody asks. */
void app_rest(struct app *app);
void app_close(struct app *app);

/* Whether a request is one that lets others go first, by its area. */
bool app_lets_others_first(struct app *app, struct source from);

/* Answer one request, in the fixed order of route.h. */
void app_handle(struct app *app, struct source from, struct sink to);

/* Tells who has waited too long to come back: 503 with Retry-After, as a page or as problem+json. */
void app_refuse(struct app *app, struct source from, struct sink to);

/* The first row that declares no role, or NULL: deny by default. */
const struct route *area_undeclared(const struct area *ar);

/* A sentence about the first row that cannot be right (a schema or an answer whose rows belong
 * to another struct, a JSON route that does not say what it gives, files of anybody), or NULL. */
const char *area_wrong(struct arena *a, const struct area *ar);

/* The area's table as JSON (`<area>.fcgi --routes`). */
void area_print(const struct area *ar, struct buf *out);

/* Serve the listening socket on fd 0 until SIGTERM or a limit; the exit code. */
int app_serve(struct app *app);

#endif
