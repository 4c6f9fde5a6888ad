#include "base/room.h"

#include <errno.h>
#include <libgen.h>
#include <sys/statvfs.h>

#include "base/arena.h"

bool room_is_out(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

int room_free(const char *path)
{
    struct statvfs st;

    return statvfs(path, &st) != 0 || st.f_blocks == 0 ? 100 : (int)(st.f_bavail * 100 / st.f_blocks);
}

/* The folder is asked, not the file: it is there also while the database is being restored. */
static int room_free_database(const struct conf *c)
{
    struct arena *a = arena_new();
    int left = room_free(dirname(arena_strdup(a, c->database)));

    arena_free(a);
    return left;
}

int room_free_least(const struct conf *c)
{
    const int all[] = { room_free_database(c), room_free(c->files_dir), room_free(c->spool_dir) };
    int least = 100;

    for (size_t i = 0; i < COUNT(all); i++)
        least = all[i] < least ? all[i] : least;
    return least;
}

bool room_for_files(const struct conf *c)
{
    return room_free_least(c) >= c->disk_low_percent;
}

bool room_for_writes(const struct conf *c)
{
    return room_free_database(c) >= c->disk_least_percent;
}
