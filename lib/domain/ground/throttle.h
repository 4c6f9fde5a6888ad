/* Throttle: tries are counted in the database by a key that says whom they are against:
 * "login:user:ana", "login:net:10.0.0.0".  The first few are free; then each makes the key wait, twice
 * as long each time up to 15 minutes.  After an hour without a try the count begins again; nobody is
 * locked out for good. */
#ifndef DOMAIN_THROTTLE_H
#define DOMAIN_THROTTLE_H

#include "base/ctx.h"

#define THROTTLE_FREE 5

/* Inside a db_write: counts a try; from the `free`th on, each one makes `key` wait.  E_THROTTLED, with
 * fault.retry_after in seconds, while it must wait. */
enum err throttle_take_tx(struct ctx *c, const char *key, int free) MUST_CHECK;
/* E_THROTTLED while `key` must wait; nothing is counted. */
enum err throttle_wait_check(struct ctx *c, const char *key) MUST_CHECK;
/* The last try was right: it is not counted, and the wait ends. */
enum err throttle_forgive_tx(struct ctx *c, const char *key) MUST_CHECK;
enum err throttle_clear_tx(struct ctx *c, const char *key) MUST_CHECK;
/* Inside a db_write: counts n uses of `what` ("lookup") by the client's network; E_THROTTLED, and nothing is counted,
 * when that would make more than `most` within `seconds`.  The shop's own address (conf->exempt_address) is never
 * counted.  c->counted then says how many are left, and for how long. */
enum err throttle_window_spend_tx(struct ctx *c, const char *what, int64_t n, int64_t most, int seconds) MUST_CHECK;
/* throttle_window_spend_tx of one. */
enum err throttle_window_tx(struct ctx *c, const char *what, int64_t most, int seconds) MUST_CHECK;
/* Inside a db_write: counts n things under a key; E_THROTTLED, and nothing is counted, when that would make more
 * than `most` within `seconds`. */
enum err throttle_spend_tx(struct ctx *c, const char *key, int64_t n, int64_t most, int seconds) MUST_CHECK;
/* throttle_window_tx in a db_write of its own. */
enum err throttle_window(struct ctx *c, const char *what, int64_t most, int seconds) MUST_CHECK;
/* Turns the error of a count that could not be written, since the disk is full or the database locked, into OK and
 * logs it: nobody is stopped because they could not be counted.  Any other error stays. */
enum err throttle_uncounted(struct ctx *c, enum err e) MUST_CHECK;
/* E_THROTTLED while the window is full; nothing is counted. */
enum err throttle_window_check(struct ctx *c, const char *what, int64_t most, int seconds) MUST_CHECK;

/* Wrong tries (throttle_wrong.c).  throttle_paused: E_THROTTLED while `key` is paused.
 * throttle_wrong_tx counts a wrong try inside a db_write; the `most`th within `seconds` pauses the key
 * for `pause` seconds. */
enum err throttle_paused(struct ctx *c, const char *key) MUST_CHECK;
struct throttle_wrong { const char *key; int64_t most, seconds, pause; };
enum err throttle_wrong_tx(struct ctx *c, const struct throttle_wrong *w) MUST_CHECK;

/* The network of the client's address: its /24, or its /56 of IPv6; "local" without an address. */
char *throttle_network(struct ctx *c);
bool throttle_exempt(const struct ctx *c);
enum err throttle_sweep_tx(struct ctx *c) MUST_CHECK;

#endif
