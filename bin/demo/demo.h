/* Demo: a shop with a month behind it and today's work half done, for ./dev up --demo.  It is made by
 * the functions of the domain that the counter uses, with the clock set back. */
#ifndef BIN_DEMO_DEMO_H
#define BIN_DEMO_DEMO_H

#include "base/ctx.h"

/* Fill a database without packages; *packages counts the announced ones, 0 when there were some
 * already.  E_FORBIDDEN unless the configuration says `development`. */
enum err demo_fill(struct ctx *c, int days, int *packages) MUST_CHECK;

/* The people of the shop that can sign in with a password known here, at most DEMO_STAFF of them. */
#define DEMO_STAFF 4
struct demo_account { const char *username, *password, *full_name, *role; };
size_t demo_accounts(struct ctx *c, struct demo_account *out);

#endif
