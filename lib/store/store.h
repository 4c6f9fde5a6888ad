/* Store: what the files of the driver share; nobody else includes it. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/db.h"

/* Is the schema the one this program was written for? */
bool schema_known(struct db *db, const char **why);

/* Run the text of a migration, inside a transaction of the caller. */
enum err db_script(struct db *db, const char *sql, const char **why) MUST_CHECK;

/* Whose turn it is to flush the log (turn.c); fd is the writers' lock file. */
struct turn { int fd; struct numbers *numbers; };
bool turn_open(struct turn *t, int fd) MUST_CHECK;
void turn_close(struct turn *t);
/* The number of what was just committed: under the writers' lock. */
uint64_t turn_number(struct turn *t);
/* False: it is on the disk.  True: flush the log, then turn_give *upto, or 0 if that
 * failed.  Never while the writers' lock is held. */
bool turn_take(struct turn *t, uint64_t number, uint64_t *upto) MUST_CHECK;
void turn_give(struct turn *t, uint64_t upto);

#endif
