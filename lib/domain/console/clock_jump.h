/* Clock jump: what people are told of a wall clock that may be wrong (queue/doubt.h), and their word that it
 * is right. */
#ifndef DOMAIN_CLOCK_JUMP_H
#define DOMAIN_CLOCK_JUMP_H

#include "base/ctx.h"
#include "base/field.h"

struct clock_jump {
    int64_t from, to;            /* the clock before and after the jump; to = 0: it is not doubted */
    int64_t now;                 /* the clock as it is now */
};
FIELD_TABLE(struct clock_jump, clock_jump_fields)

enum err clock_jump_read(struct ctx *c, struct clock_jump *out) MUST_CHECK;
/* The clock is right, says an administrator who was told of the jump to `to`: what happens by age goes on.
 * Audited.  E_CONFLICT: nobody doubts it any more, or it has jumped again since. */
enum err clock_jump_accept(struct ctx *c, int64_t to) MUST_CHECK;

#endif
