/* Photo: the pictures of a package, from the counter's camera to their removal. */
#ifndef DOMAIN_PHOTO_H
#define DOMAIN_PHOTO_H

#include "base/words.h"
#include "domain/parcel/package.h"
#include "domain/parcel/photo_in.h"

struct package_file {
    int64_t id, package_id;
    const char *key, *kind, *state, *storage_key, *thumbnail_key, *content_type;
    int64_t size, width, height, created_at, archived_at;    /* archived_at 0: on the disk only */
};
FIELD_TABLE(struct package_file, package_file_fields)
struct package_files { struct package_file *v; size_t n; };
/* The kinds of files.  The first is the signature, which comes with a hand-over; a person may add every other one. */
extern const struct word package_file_kinds[];
#define PACKAGE_PHOTO_KINDS (&package_file_kinds[1])

/* Photos that were taken out are not read: E_NOT_FOUND. */
enum err package_files(struct ctx *c, int64_t id, struct package_files *out) MUST_CHECK;
enum err package_file_by_id(struct ctx *c, int64_t id, struct package_file *out) MUST_CHECK;
enum err package_file_by_key(struct ctx *c, const char *key, struct package_file *out) MUST_CHECK;

/* Adds photos to a package that is RECIBIDO or ENTREGADO, with an event; else E_CONFLICT. */
enum err package_add_photos(struct ctx *c, int64_t id, const struct photo_in *photos, size_t n) MUST_CHECK;
/* Adds a row and a job for each photo, without an event.  E_INVALID when one that a phone sent does not wait any more. */
enum err photos_add_tx(struct ctx *c, int64_t id, const struct photo_in *photos, size_t n) MUST_CHECK;

/* Takes a photo out: nobody sees it any more, and a job deletes the file.  E_FORBIDDEN unless it is
 * younger than conf.undo_s seconds or an ADMIN asks; E_CONFLICT, but for an ADMIN, when no other photo
 * shows a damage.  *package_id (or NULL): the package that it was of. */
enum err package_file_remove(struct ctx *c, int64_t id, int64_t *package_id) MUST_CHECK;
/* Takes a photo out, and voids the documents that show it; its row says why. */
enum err file_take_out_tx(struct ctx *c, int64_t package_id, int64_t id, const char *why) MUST_CHECK;
/* Takes out the package's photos made since that instant: all of them, or only those of a hand-over. */
enum err photos_withdraw_tx(struct ctx *c, int64_t id, int64_t since, bool all) MUST_CHECK;
/* Gives the package's photos of a hand-over, made since that instant, to another parcel of the hand-over. */
enum err photos_pass_tx(struct ctx *c, int64_t id, int64_t other, int64_t since) MUST_CHECK;

/* Queues a job for each photo on the disk that is not in the archive; *made is how many.  In
 * photo_archive.c. */
enum err package_files_archive(struct ctx *c, int64_t *made) MUST_CHECK;

#endif
