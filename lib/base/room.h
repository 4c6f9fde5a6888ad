/* Room: how much of the disks is free, and what is refused while little is, so that the last room is left for
 * what cannot wait: handing parcels over. */
#ifndef BASE_ROOM_H
#define BASE_ROOM_H

#include "base/conf.h"

/* Whether this errno says that a disk, somebody's share of it, or what a process may write of a file is full. */
bool room_is_out(int error);

/* Per cent free of the disk on which the file or folder lies, for who is not root; 100 when it cannot be told, as
 * when the folder is missing: then something else is wrong, and says so itself. */
int room_free(const char *path);
/* Per cent free of the fullest of the disks that hold the database, the photos and the uploads. */
int room_free_least(const struct conf *c);

/* Whether uploads are taken: each of these disks has conf->disk_low_percent free. */
bool room_for_files(const struct conf *c);
/* Whether more is written than what cannot wait: the database's disk has conf->disk_least_percent free. */
bool room_for_writes(const struct conf *c);

#endif
