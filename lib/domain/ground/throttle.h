/* Throttle: tries counted in the database, by what they are against: "login:user:ana",
 * "login:net:10.0.0.0".  Some are free within an hour, then each try costs a wait
 * that doubles to 15 minutes; nobody is locked out for good. */
#ifndef DOMAIN_THROTTLE_H
#define DOMAIN_THROTTLE_H

#include "base/ctx.h"

#define THROTTLE_FREE 5

/* Inside a db_write: count a try.  E_THROTTLED with retry_after while it must wait. */
enum err throttle_take_tx(struct ctx *c, const char *key, int free) MUST_CHECK;
/* The last try was a good one: take it back. */
enum err throttle_forgive_tx(struct ctx *c, const char *key) MUST_CHECK;
enum err throttle_clear_tx(struct ctx *c, const char *key) MUST_CHECK;
/* A fixed number a window: "lookup:net:…", 60 in 60 s, counted inside a db_write; the
 * shop's own address (conf->exempt_address) is never counted. */
enum err throttle_window_tx(struct ctx *c, const char *what, int64_t most, int seconds) MUST_CHECK;
/* The same in a db_write of its own. */
enum err throttle_window(struct ctx *c, const char *what, int64_t most, int seconds) MUST_CHECK;
/* The same question without counting: E_THROTTLED while the window is full. */
enum err throttle_window_check(struct ctx *c, const char *what, int64_t most, int seconds) MUST_CHECK;

/* Wrong tries only (throttle_wrong.c): E_THROTTLED while `key` is paused, and
 * inside a db_write, count one; the `most`th within `seconds` pauses for `pause`. */
enum err throttle_paused(struct ctx *c, const char *key) MUST_CHECK;
struct throttle_wrong { const char *key; int64_t most, seconds, pause; };
enum err throttle_wrong_tx(struct ctx *c, const struct throttle_wrong *w) MUST_CHECK;

/* The client's network: /24, or /56 of IPv6. */
char *throttle_network(struct ctx *c);
bool throttle_exempt(const struct ctx *c);
enum err throttle_sweep_tx(struct ctx *c) MUST_CHECK;

#endif
