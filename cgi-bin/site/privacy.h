/* Privacy: what somebody asks about their own data: the form and the page of their link, the desk of the ADMIN, and what
 * retention deleted. */
#ifndef SITE_PRIVACY_H
#define SITE_PRIVACY_H

#include "app/route.h"
#include "domain/law/privacy_request.h"

extern const struct params privacy_ask_params, privacy_sent_params, privacy_link_params, privacy_list_params, privacy_id_params,
    privacy_identify_params, privacy_extend_params, privacy_close_params;

enum err privacy_form(struct req *r);        /* the public form */
enum err privacy_asking(struct req *r);      /* takes a request down, by the form or the API */
enum err privacy_sent(struct req *r);        /* says what comes next */
enum err privacy_link(struct req *r);        /* the page of a link: confirms, then follows the request */
enum err privacy_proving(struct req *r);     /* whoever reads the link says that it is they */
enum err privacy_data(struct req *r);        /* the person's data as JSON, by the link */
enum err privacy_file(struct req *r);        /* the same as PDF */
enum err privacy_desk_list(struct req *r);   /* requests, the first due first */
enum err privacy_desk_one(struct req *r);    /* the request's page, with who it may be */
enum err privacy_identifying(struct req *r); /* says whose data it is about, or that a document was seen */
enum err privacy_extending(struct req *r);   /* extends the term once */
enum err privacy_closing(struct req *r);     /* answers, says what was done, closes */
enum err retention_page(struct req *r);      /* the page of what retention deleted, and will */

#endif
