/* Store: what the two files of the driver share; nobody else includes it. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/db.h"

/* Is the schema the one this program was written for? */
bool schema_known(struct db *db, const char **why);

/* Run the text of a migration, inside a transaction of the caller. */
enum err db_script(struct db *db, const char *sql, const char **why) MUST_CHECK;

#endif
