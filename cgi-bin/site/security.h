/* Security: the log of incidents of security, for an ADMIN.  Those of parcels are the counter's (deliver/incidents.c). */
#ifndef SITE_SECURITY_H
#define SITE_SECURITY_H

#include "app/route.h"

extern const struct params security_list_params, security_id_params, security_add_params, security_save_params, security_report_params,
    security_close_params;

enum err security_log(struct req *r);        /* incidents, the first due first */
enum err security_new(struct req *r);        /* the form for a new one */
enum err security_one(struct req *r);        /* the incident's page, with its term and its forms */
enum err security_saving(struct req *r);     /* writes one down, or changes it */
enum err security_reporting(struct req *r);  /* says when it was reported to the authority */
enum err security_closing(struct req *r);    /* closes it with how it ended */

#endif
