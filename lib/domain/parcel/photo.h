/* Photo: the pictures of a package, from the counter's camera to their removal. */
#ifndef DOMAIN_PHOTO_H
#define DOMAIN_PHOTO_H

#include "domain/parcel/package.h"

struct package_file {
    int64_t id, package_id;
    const char *key, *kind, *state, *storage_key, *thumbnail_key, *content_type;
    int64_t size, width, height, created_at, archived_at;    /* archived_at 0: it is on the disk */
};
FIELD_TABLE(struct package_file, package_file_fields)
struct package_files { struct package_file *v; size_t n; };
/* The kinds that a person may add: all but FIRMA. */
extern const char *const package_photo_kinds[];
const char *package_file_words(const char *kind);            /* "Foto del daño" */

/* Read without those that were taken out. */
enum err package_files(struct ctx *c, int64_t id, struct package_files *out) MUST_CHECK;
enum err package_file_by_id(struct ctx *c, int64_t id, struct package_file *out) MUST_CHECK;
enum err package_file_by_key(struct ctx *c, const char *key, struct package_file *out) MUST_CHECK;

struct photo_in { const char *path, *name, *kind; int64_t size; };
/* Photos of a package that is at the point or was handed over, with an event. */
enum err package_add_photos(struct ctx *c, int64_t id, const struct photo_in *photos, size_t n) MUST_CHECK;
/* A row and a job for each photo, without an event. */
enum err photos_add_tx(struct ctx *c, int64_t id, const struct photo_in *photos, size_t n) MUST_CHECK;

/* ADMIN, or within undo_s, else E_FORBIDDEN: gone for everybody, and from the disk by a job.  The
 * last photo of a damage is E_CONFLICT but for an ADMIN. */
enum err package_file_remove(struct ctx *c, int64_t id) MUST_CHECK;
/* A photo goes, and with it the documents that show it; its row says why. */
enum err file_take_out_tx(struct ctx *c, int64_t package_id, int64_t id, const char *why) MUST_CHECK;
/* Photos made since that instant go, as if taken out: all of them, or those of a hand-over. */
enum err photos_withdraw_tx(struct ctx *c, int64_t id, int64_t since, bool all) MUST_CHECK;
/* Photos of a hand-over made since that instant go on with another parcel of it. */
enum err photos_pass_tx(struct ctx *c, int64_t id, int64_t other, int64_t since) MUST_CHECK;

/* photo_archive.c: a job for each photo that is on the disk, to the archive; *made: how many. */
enum err package_files_archive(struct ctx *c, int64_t *made) MUST_CHECK;

#endif
