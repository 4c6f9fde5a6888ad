/* News: what happens at the point, as programs of others are told of it.  Whoever writes a change tells of it in
 * the same transaction: for each program that wants to hear that kind (outbox/webhook.h) a delivery is written with
 * the body that it will get, and the job webhook.deliver.  While no program wants it, one small statement is all
 * that it costs. */
#ifndef DOMAIN_NEWS_H
#define DOMAIN_NEWS_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"

enum news_id {
#define NEWS(id, kind, words) NEWS_##id,
#include "domain/ground/news.def"
#undef NEWS
    NEWS_COUNT
};
extern const struct word news_kinds[NEWS_COUNT + 1];     /* news.def, in its order */
#define NEWS_TRIAL "webhook.test"            /* the kind of a trial, which nobody chooses */

/* A member of a body's `data`: an object by its field table, the one by which the API gives it. */
struct news_part { const char *name; const struct fields *fields; const void *object; };
#define NEWS_PART(name, table, object)                                                          \
    { name, &table, _Generic((object), table##_row *: (object), const table##_row *: (object)) }
/* A piece of news, which is told as {"type": kind, "timestamp": now, "data": {part: object, …}}. */
struct news {
    const char *kind;            /* has a row in news.def, or is NEWS_TRIAL */
    int64_t package_id;          /* the package that it is about; 0: none */
    struct news_part parts[3];   /* ended by one without a name */
};

/* Whether any program wants that kind; NULL: none does. */
bool news_is_heard(struct ctx *c, const char *kind);
/* Inside a db_write: writes a delivery for each program that wants the kind. */
enum err news_tx(struct ctx *c, const struct news *n) MUST_CHECK;
/* Inside a db_write: writes a delivery for this program, whatever it wants.  *id: the delivery's. */
enum err news_to_tx(struct ctx *c, int64_t endpoint_id, const struct news *n, int64_t *id) MUST_CHECK;

#endif
