/* Demo: a month of plausible days, made by the same functions that the counter
 * uses, with the clock set back.  For ./dev up --demo; refuses a database that
 * has packages. */
#ifndef BIN_DEMO_H
#define BIN_DEMO_H

#include "base/ctx.h"

enum err demo_fill(struct ctx *c, int days, int *packages) MUST_CHECK;

#endif
