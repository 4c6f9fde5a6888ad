#include "base/clock.h"
#include "domain/price/fee.h"

static const struct stmt closures_between = STMT("closures_between", "ii",
    "SELECT day FROM closures WHERE day >= $1 AND day <= $2 ORDER BY day");
DB_REGISTER(&closures_between)

static const struct field rows[] = {
    FIELD(struct fee, days, F_INT, "Días de bodegaje"),
    FIELD(struct fee, base_fee, F_MONEY, "Tarifa base"),
    FIELD(struct fee, storage_fee, F_MONEY, "Bodegaje"),
    FIELD(struct fee, total, F_MONEY, "Total hoy"),
    FIELD(struct fee, grows_at, F_INSTANT, "Cuándo sube"),
    FIELD(struct fee, next_total, F_MONEY, "Total desde entonces"),
};
const struct fields fee_fields = FIELDS(rows);

/* The seconds of [from, to) that fall on closed days. */
static int64_t closed_seconds(int64_t from, int64_t to, const int64_t *closures, size_t n)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t start = clock_day_start(closures[i]), end = start + DAY_SECONDS;

        if (start < from)
            start = from;
        if (end > to)
            end = to;
        if (end > start)
            sum += end - start;
    }
    return sum;
}

/* The last instant at which no more than `open` seconds have passed since `from` without those of
 * closed days.  A closed day that begins right at that instant is passed over as well. */
static int64_t open_instant(int64_t from, int64_t open, const int64_t *closures, size_t n)
{
    int64_t t = from + open;

    for (size_t i = 0; i < n; i++) {
        int64_t start = clock_day_start(closures[i]), end = start + DAY_SECONDS;

        if (end <= from)
            continue;
        if (start > t)
            break;
        t += end - (start > from ? start : from);
    }
    return t;
}

struct fee fee_compute(const struct fee_rule *r, int64_t received_at, int64_t end,
                       const int64_t *closures, size_t n)
{
    int64_t free_s = r->free_hours * 3600, elapsed;
    struct fee f = { .base_fee = r->base_fee };

    if (end < received_at)       /* a clock that was set back charges nothing */
        end = received_at;
    elapsed = end - received_at - closed_seconds(received_at, end, closures, n);
    if (elapsed > free_s)
        f.days = (elapsed - free_s + DAY_SECONDS - 1) / DAY_SECONDS;
    f.storage_fee = f.days * r->storage_per_day;
    f.total = f.base_fee + f.storage_fee;
    /* The fee stays for the free hours and `days` whole days; from the next second on it costs more. */
    f.grows_at = open_instant(received_at, free_s + f.days * DAY_SECONDS, closures, n) + 1;
    f.next_total = f.total + r->storage_per_day;
    return f;
}

enum err closed_days(struct ctx *c, int64_t since, int64_t until, struct closed_days *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &closures_between, clock_day(since),
                          clock_day(until) + CLOSED_AHEAD);

    *out = (struct closed_days){ 0 };
    if (e != OK)
        return e;
    while (db_next(&q)) {
        out->v = arena_more(c->a, out->v, out->n, sizeof *out->v);
        out->v[out->n++] = db_int(&q, 0);
    }
    return db_end(&q);
}
