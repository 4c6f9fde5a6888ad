/* Areas: whether the web programs that are installed take requests, each by the socket that their master holds. */
#ifndef DOMAIN_AREAS_H
#define DOMAIN_AREAS_H

#include "base/arena.h"
#include "base/conf.h"

struct area_look { const char *name; bool answers; };
struct area_looks { struct area_look *v; size_t n; };

/* Looks at the socket of each <area>.fcgi of conf->programs_dir, without waiting for an answer.  n is 0 when there
 * are none or the folder cannot be read. */
void areas_look(struct arena *a, const struct conf *conf, struct area_looks *out);
/* The name of the first area that does not answer; NULL: all do. */
const char *area_silent(struct arena *a, const struct conf *conf);

#endif
