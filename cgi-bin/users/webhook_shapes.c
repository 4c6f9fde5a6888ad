/* The parts that each kind of news holds, for the API's description: who writes news (news_tx) gives these parts. */
#include "webhooks.h"

#include "domain/message/notification_row.h"
#include "domain/money/cash.h"
#include "domain/money/payment.h"
#include "domain/parcel/event.h"
#include "domain/parcel/package.h"

const struct news_shape webhook_shapes[] = {
    { "package.", { NEWS_ALWAYS("event", package_event_fields), NEWS_ALWAYS("package", package_fields) } },
    { "payment.", { NEWS_ALWAYS("payment", payment_fields) } },
    { "drawer.moved", { NEWS_ALWAYS("drawer", cash_session_fields), NEWS_ALWAYS("movement", cash_movement_fields) } },
    { "drawer.opened", { NEWS_ALWAYS("drawer", cash_session_fields) } },
    { "drawer.", { NEWS_ALWAYS("drawer", cash_session_fields), NEWS_ALWAYS("count", cash_count_fields) } },
    { "message.", { NEWS_ALWAYS("message", notification_fields) } },
    { .kinds = "" },
};
