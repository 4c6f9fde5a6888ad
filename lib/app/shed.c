/* Requests are shed by the rule of a queue with controlled delay (Nichols and Jacobson, "Controlling Queue
 * Delay", 2012), with one length for a queue that is busy for a moment and one for a standing queue. */
#include "app/shed.h"
#include "base/log.h"
#include "metric/metric.h"

#define CALM_MS 10               /* a shorter wait is none: nginx's clock is that coarse */
#define STANDING_MS 1000         /* a queue without calm for so long … */
#define STANDING_REQUESTS 50     /* … and so many requests is a standing one, not one slow request's */
#define STANDING_WAIT_MS 40      /* in a standing queue nobody waits longer for a turn */

bool shed_due(struct shed *s, int64_t waited_ms, int64_t limit_ms, int64_t now_ms)
{
    bool standing;

    if (waited_ms <= CALM_MS) {
        s->since_calm = 0;
        return false;
    }
    if (s->since_calm++ == 0)
        s->busy_since = now_ms - waited_ms;
    standing = now_ms - s->busy_since > STANDING_MS && s->since_calm > STANDING_REQUESTS;
    return waited_ms > (standing && limit_ms > STANDING_WAIT_MS ? STANDING_WAIT_MS : limit_ms);
}

void shed_count(struct shed *s, const char *area, int64_t now_ms)
{
    metric_inc(M_HTTP_SHED, area, NULL);
    s->refused++;
    if (s->told_at == now_ms / 1000)
        return;
    log_warn("http.shed", "area", area, "requests", NUM(s->refused));
    s->told_at = now_ms / 1000;
    s->refused = 0;
}
