/* Users: the people who work here, for the tests about them. */
#ifndef UNIT_USERS_H
#define UNIT_USERS_H

#include "fixture.h"

#define GOOD "caballo grapa batería"     /* a password that the rules allow */

/* Adds a user with that password, which is final, and gives the context of that person. */
struct ctx user_made(struct fixture *f, const char *username, const char *role);
/* Disables somebody by the command line; the fault is c's. */
enum err user_disable(struct ctx *c, const char *username);

#endif
