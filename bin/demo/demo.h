/* Demo: a shop with a month behind it and today's work half done, for ./dev up --demo.  Its rows are made by
 * the same functions of the domain that the counter uses, with the clock of the ctx set back. */
#ifndef BIN_DEMO_DEMO_H
#define BIN_DEMO_DEMO_H

#include "base/ctx.h"

/* Fills a database that has no packages yet, with this many days of work.  *packages: how many were announced;
 * 0: the database had packages already, and nothing was changed.  E_FORBIDDEN unless the configuration says
 * `development`. */
enum err demo_fill(struct ctx *c, int days, int *packages) MUST_CHECK;

/* Gives the demo's staff accounts that still have the password the demo gave them; returns how many, at most
 * DEMO_STAFF, which is the room that out must have.  The texts lie in the arena of c. */
#define DEMO_STAFF 4
struct demo_account { const char *username, *password, *full_name, *role; };
size_t demo_accounts(struct ctx *c, struct demo_account *out);

#endif
