/* Notifications: what the two files of the area share. */
#ifndef CGI_NOTIFICATIONS_H
#define CGI_NOTIFICATIONS_H

#include "app/route.h"
#include "domain/people/customer.h"
#include "domain/message/notification.h"
#include "domain/parcel/package.h"

void fill_notification(struct view_node *row, const struct notification *n);
void fill_channels(struct req *r);           /* "channels", for a choice */

/* templates.c */
extern const struct params template_params, template_edit_params;
handler templates_page, template_page, template_save, template_preview_page, templates_json,
    template_json, template_save_json, template_preview_json;

#endif
