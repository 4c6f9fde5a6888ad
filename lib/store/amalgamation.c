/* SQLite as one object, so that the build has no source file outside its tree. */
#include <sqlite3.c>
