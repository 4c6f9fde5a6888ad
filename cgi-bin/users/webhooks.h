/* Webhooks: the pages of the programs of others that are told what happens, and their API. */
#ifndef CGI_USERS_WEBHOOKS_H
#define CGI_USERS_WEBHOOKS_H

#include "app/route.h"
#include "domain/outbox/webhook.h"
#include "domain/outbox/webhook_delivery.h"

extern const struct params webhook_id_params, webhook_page_params, webhook_add_params, webhook_change_params,
    webhook_log_params, webhook_delivery_params;

extern const struct news_shape webhook_shapes[];

handler webhooks_list, webhook_new, webhook_post, webhook_show, webhook_json, webhook_edit, webhook_patch, webhook_turn, webhook_try,
    webhook_log, webhook_replay_all, webhook_delivery_show, webhook_delivery_replay;

#endif
