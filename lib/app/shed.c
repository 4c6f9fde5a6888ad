/* Requests are shed by the rule of a queue with controlled delay (Nichols and Jacobson, "Controlling Queue
 * Delay", 2012), with one length for a queue that is busy for a moment and one for a standing queue.  The standing
 * queue's is a few answers long, so that it neither runs empty nor holds anybody up for nothing. */
#include "app/shed.h"
#include "base/log.h"
#include "metric/metric.h"

#define CALM_MS 10               /* a shorter wait is none: nginx's clock is that coarse */
#define STANDING_MS 1000         /* a queue without calm for so long … */
#define STANDING_REQUESTS 50     /* … and so many requests is a standing one, not one slow request's */
#define AGAIN_MS 100             /* a queue that stood a while ago stands again after so long without calm … */
#define AGAIN_REQUESTS 5         /* … and so many requests */
#define AGAIN_WITHIN_MS 10000    /* the time that "a while ago" means */
#define STANDING_ANSWERS 8       /* in a standing queue nobody waits longer for a turn than so many answers take … */
#define STANDING_LEAST_MS 30     /* … but so long, by that clock */
#define MEAN_OF 16               /* answers that the mean remembers */

static const char *const words[] = { [REFUSED_LATE] = "late", [REFUSED_CROWDED] = "crowded" };

static int64_t calm_ms(const struct shed *s)
{
    return s->service_us / 1000 > CALM_MS ? s->service_us / 1000 : CALM_MS;
}

void shed_met(struct shed *s, int64_t waited_ms, int64_t now_ms)
{
    if (waited_ms <= calm_ms(s))
        s->since_calm = 0;
    else if (s->since_calm++ == 0)
        s->busy_since = now_ms - waited_ms;
    if (shed_stands(s, now_ms))
        s->stood_at = now_ms;
}

void shed_served(struct shed *s, int64_t took_us)
{
    s->service_us = s->service_us == 0 ? took_us : s->service_us + (took_us - s->service_us) / MEAN_OF;
}

bool shed_stands(const struct shed *s, int64_t now_ms)
{
    const bool again = s->stood_at != 0 && now_ms - s->stood_at < AGAIN_WITHIN_MS;

    return s->since_calm > (again ? AGAIN_REQUESTS : STANDING_REQUESTS)
        && now_ms - s->busy_since > (again ? AGAIN_MS : STANDING_MS);
}

/* How long a standing queue is. */
static int64_t standing_ms(const struct shed *s)
{
    const int64_t few = s->service_us * STANDING_ANSWERS / 1000;

    return few > STANDING_LEAST_MS ? few : STANDING_LEAST_MS;
}

bool shed_is_long(const struct shed *s, int64_t waited_ms)
{
    return waited_ms > standing_ms(s);
}

int64_t shed_limit(const struct shed *s, int64_t most_ms, int64_t now_ms)
{
    return shed_stands(s, now_ms) && standing_ms(s) < most_ms ? standing_ms(s) : most_ms;
}

void shed_count(struct shed *s, const char *area, enum refusal why, int64_t now_ms)
{
    metric_inc(M_HTTP_SHED, area, words[why], NULL);
    s->refused++;
    if (s->told_at == now_ms / 1000)
        return;
    log_warn("http.shed", "area", area, "why", words[why], "requests", NUM(s->refused));
    s->told_at = now_ms / 1000;
    s->refused = 0;
}
