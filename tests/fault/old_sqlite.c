/* old_sqlite DATABASE VERSION: opens a database with lib/store as a program does, while the SQLite library
 * says that it is of that version (3040001: Debian 12's).  Prints "opened", or why not and fails.  The
 * linker puts the function below in the library's place. */
#include <stdio.h>
#include <stdlib.h>

#include "base/conf.h"
#include "store/db.h"

int __wrap_sqlite3_libversion_number(void);
static int version;

int __wrap_sqlite3_libversion_number(void)
{
    return version;
}

int main(int argc, char **argv)
{
    struct conf conf = { 0 };
    const char *why = "";
    struct db *db;

    if (argc != 3)
        return EXIT_FAILURE;
    conf.database = argv[1];
    version = atoi(argv[2]);
    db = db_open(&conf, false, &why);
    puts(db != NULL ? "opened" : why);
    db_close(db);
    return db != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}
