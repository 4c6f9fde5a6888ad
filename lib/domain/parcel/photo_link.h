/* Photo link: a phone sends photos into a form that is open at the counter.  The link is a one-time secret address that
 * whoever films it may use without signing in, for PHOTO_LINK_S seconds, for that user, that session and that form alone.
 * What it brings waits until its form is sent, which takes each photo along exactly once, in its own transaction. */
#ifndef DOMAIN_PHOTO_LINK_H
#define DOMAIN_PHOTO_LINK_H

#include "base/buf.h"
#include "base/ctx.h"
#include "base/field.h"
#include "domain/parcel/photo_in.h"

#define PHOTO_LINK_S 600         /* seconds for which a link takes photos */
#define LINKED_PHOTO_S 3600      /* seconds after which a photo whose form was never sent is removed */

struct photo_link {
    int64_t id, user_id, session_id;
    const char *form;            /* the open form's own id */
    int64_t until;               /* when the link stops taking photos */
    int64_t photos;              /* how many wait for its form */
    const char *token;           /* the secret, which only photo_link_new knows */
};

/* Makes a link for a form of the session in c, instead of the form's former one.  form: NULL, or no id of ours, for
 * a form that gets its id now. */
enum err photo_link_new(struct ctx *c, const char *form, struct photo_link *out) MUST_CHECK;
/* Ends the links of a form that was sent. */
enum err photo_link_end(struct ctx *c, const char *form) MUST_CHECK;

/* Finds the link of a secret.  E_NOT_FOUND, always with the same sentence, for one that never was, was replaced, is too
 * old, whose form was sent, or whose clerk signed out. */
enum err photo_link_open(struct ctx *c, const char *token, struct photo_link *out) MUST_CHECK;
/* Whether a body with photos may come by this link, before any of it is read: photo_link_open, and E_THROTTLED when
 * too many came. */
enum err photo_link_admit(struct ctx *c, const char *token) MUST_CHECK;
/* Keeps photos that came by a link, as checked files in spool_dir, for its form, which has PHOTOS_MAX places. */
enum err photo_link_send(struct ctx *c, const char *token, const struct photo_in *photos, size_t n) MUST_CHECK;

/* The photos that wait for a form of the session in c, in the order in which they came. */
struct linked_photo { int64_t id; const char *state; };  /* state: pending, ready or failed is the preview */
FIELD_TABLE(struct linked_photo, linked_photo_fields)
struct linked_photos { struct linked_photo *v; size_t n; };
enum err linked_photos(struct ctx *c, const char *form, struct linked_photos *out) MUST_CHECK;
/* Appends the preview, a WebP, to out; E_NOT_FOUND for one of another session, another form, or not ready. */
enum err linked_photo_preview(struct ctx *c, const char *form, int64_t id, struct buf *out) MUST_CHECK;
/* Removes a photo that the clerk does not want; E_NOT_FOUND as above. */
enum err linked_photo_remove(struct ctx *c, const char *form, int64_t id) MUST_CHECK;

/* Inside the write of a form: takes a photo that waits for it; its file is the caller's then.  E_INVALID names the field
 * "photos" when it does not wait any more. */
enum err linked_photo_take_tx(struct ctx *c, const struct photo_in *wanted, struct photo_in *out) MUST_CHECK;

/* Inside the write of the cleaning job: forgets links and photos older than LINKED_PHOTO_S, with their files. */
enum err photo_links_sweep_tx(struct ctx *c) MUST_CHECK;

#endif
