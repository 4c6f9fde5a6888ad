/* Notifications: what the files of the area share. */
#ifndef CGI_NOTIFICATIONS_H
#define CGI_NOTIFICATIONS_H

#include "app/route.h"
#include "domain/message/notification.h"
#include "domain/message/template.h"
#include "domain/outbox/notification_log.h"
#include "domain/parcel/package.h"
#include "domain/people/customer.h"

void fill_notification(struct view_node *row, const struct notification *n);

/* Handlers and tables of templates.c. */
extern const struct params message_template_params, message_template_edit_params;
handler templates, message_template_one, message_template_save, message_preview_page,
    message_preview_json;
FIELD_TABLE(struct message_template_answer, message_template_answer_fields)

#endif
