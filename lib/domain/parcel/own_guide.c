#include "domain/parcel/own_guide.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "domain/parcel/texts.h"
#include "store/db.h"

#define PREFIX "SG"
#define DIGITS "0123456789"
#define DIGITS_LEAST 8           /* six, and the check's two */
#define DIGITS_MOST 14

static const struct stmt next = STMT("own_guide_new", "i",
    "INSERT INTO own_guides (number, at) SELECT coalesce(max(number), 0) + 1, $1 FROM own_guides RETURNING number");
DB_REGISTER(&next)

/* ISO 7064, modulo 97: the number and its check leave 1; it sees every wrong digit and every exchange of two. */
static int own_guide_check(int64_t number)
{
    return (int)(98 - number * 100 % 97);
}

enum err own_guide_new_tx(struct ctx *c, const char **number)
{
    int64_t n;
    enum err e = db_insert(c->db, &n, &next, c->now);

    *number = e == OK ? arena_printf(c->a, PREFIX "%06lld%02d", (long long)n, own_guide_check(n)) : NULL;
    return e;
}

bool own_guide_formed(const char *guide_key)
{
    const char *digits = guide_key != NULL && has_prefix(guide_key, PREFIX) ? guide_key + strlen(PREFIX) : "";
    const size_t n = strspn(digits, DIGITS);

    return digits[n] == '\0' && n >= DIGITS_LEAST && n <= DIGITS_MOST;
}

bool own_guide_is(const char *guide_key)
{
    long long all;

    if (!own_guide_formed(guide_key))
        return false;
    all = strtoll(guide_key + strlen(PREFIX), NULL, 10);
    return all / 100 > 0 && all % 100 == own_guide_check(all / 100);
}

enum err own_guide_refuse(struct ctx *c, const char *number, const char *field)
{
    ctx_invalid(c, field, own_guide_is(number) ? T_OWN_GUIDE_NONE : T_OWN_GUIDE_TYPED, number, NULL);
    return E_INVALID;
}
