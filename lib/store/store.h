/* Store: private to migrate.c and sqlite.c. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/db.h"

/* Whether the schema is the one that this program was written for; false: a sentence in *why. */
bool schema_known(struct db *db, const char **why);

/* Runs the text of a migration inside the caller's transaction; an error is logged, with a sentence in *why. */
enum err db_script(struct db *db, const char *sql, const char **why) MUST_CHECK;

#endif
