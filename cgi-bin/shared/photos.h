/* Photos: the uploads of a form as photos of a package, for every area that takes some.
 *
 *     e = photos_gather(r, &in->photos, &in->linked, "RECEPCION", &photos);
 *     …
 *     e = photos_sent(r, &in->linked, package_receive(r->c, &in->receive, out));
 */
#ifndef CGI_PHOTOS_H
#define CGI_PHOTOS_H

#include "app/route.h"
#include "domain/parcel/photo.h"

struct photos { struct photo_in *v; size_t n; };

/* Checks each upload (storage/photo.h) and has it on the disk for good.  E_INVALID names the field
 * "photos". */
enum err photos_take(struct req *r, const struct uploads *u, const char *kind,
                     struct photos *out) MUST_CHECK;
/* Call it with what the domain returned: when that took the photos, their files are not removed with the
 * request.  Files of a refused or a repeated request are.  Returns e. */
enum err photos_end(struct req *r, enum err e) MUST_CHECK;

/* Photos that a phone sent into the form (domain/parcel/photo_link.h): those that its page has shown. */
struct photos_linked { const char *form; struct ids ids; };
#define PHOTOS_LINKED_PARAMS(st, path)                                                                                      \
    PARAM_AS(st, path.form, "photo_form", P_TEXT, PARAM_PAGE, 0, 22, "El número del formulario para el celular"),            \
    PARAM_AS(st, path.ids, "linked_photos", P_IDS, PARAM_PAGE, 0, PHOTOS_MAX, "Las fotos que llegaron del celular")
/* photos_take, and the linked ones after the uploads; together PHOTOS_MAX. */
enum err photos_gather(struct req *r, const struct uploads *u, const struct photos_linked *l, const char *kind,
                       struct photos *out) MUST_CHECK;
/* photos_end; the form's links end when the domain took the form. */
enum err photos_sent(struct req *r, const struct photos_linked *l, enum err e) MUST_CHECK;

/* More photos of a package that is here: the page's form and the API's. */
struct photos_in {
    int64_t id;                  /* from the path */
    struct uploads photos;
    struct photos_linked linked; /* page only */
    const char *kind;            /* a value of PACKAGE_PHOTO_KINDS; NULL: RECEPCION */
};
extern const struct params photos_params;
enum err photos_add(struct req *r, const struct photos_in *in) MUST_CHECK;

/* Call it on a page that shows photos: the CSP then lets the browser load them from the archive. */
void photos_shown(struct req *r);

/* A photo in an answer of the API, with the addresses of its two sizes once it is ready. */
struct photo_answer { const struct package_file *file; const char *url, *thumbnail_url; };
FIELD_TABLE(struct photo_answer, photo_answer_fields)
struct photo_answers { struct photo_answer *v; size_t n; };
struct photo_answers photos_answer(struct req *r, const struct package_files *files);

#endif
