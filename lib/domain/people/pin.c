/* PINs: which digits are one, and the compare of one, between two short writes as of a password (sign_in.c). */
#include <stdlib.h>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "domain/people/pin.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"

#define PIN_MIN 4
#define PIN_MIN_ADMIN 6
#define PIN_MAX 8
#define WRONG_A_DAY 20           /* at the PIN of one person; then only that person's password helps */
#define DECIMAL "0123456789"
#define YEAR_FIRST 1920          /* years of birth that people choose from */
#define YEAR_LAST 2039

static const struct stmt set_at = STMT("pin_set_at", "i", "SELECT set_at FROM operator_pins WHERE user_id = $1");
static const struct stmt put = STMT("pin_put", "isi",
    "INSERT INTO operator_pins (user_id, pin_hash, set_at) VALUES ($1, $2, $3)"
    " ON CONFLICT (user_id) DO UPDATE SET pin_hash = excluded.pin_hash, set_at = excluded.set_at");
static const struct stmt drop = STMT("pin_drop", "i", "DELETE FROM operator_pins WHERE user_id = $1");
static const struct stmt hash_of = STMT("pin_hash_of", "i",
    "SELECT p.pin_hash FROM operator_pins p JOIN users u ON u.id = p.user_id WHERE p.user_id = $1 AND u.is_active = 1");
static const struct stmt people = STMT("pin_people", "",
    "SELECT u.id, u.username, u.full_name, u.role FROM operator_pins p JOIN users u ON u.id = p.user_id"
    " WHERE u.is_active = 1 ORDER BY u.full_name, u.id");
DB_REGISTER(&set_at, &put, &drop, &hash_of, &people)

/* ---- which digits ---- */

/* Digits that lie in a row or a column of the keys, or that lists of PINs begin with. */
static const char *const listed[] = {
    "2580", "0852", "1470", "0741", "3690", "0963", "1590", "3570", "1357", "2468", "1004", "1122", "1123", "1313", "2211",
    "1236", "1254", "147258", "159753", "258456", "147852", "159357", "121314", "102030", "112233", "123123", "123321",
    "12344321", "12341234", "11223344", "10203040",
};

static bool pin_is_listed(const char *pin)
{
    for (size_t i = 0; i < COUNT(listed); i++)
        if (streq(listed[i], pin))
            return true;
    return false;
}

/* True when each digit is as far from the one before: 1111, 1234, 9876, 2468; after 9 comes 0. */
static bool pin_is_run(const char *pin)
{
    const int step = (pin[1] - pin[0] + 10) % 10;

    for (size_t i = 1; pin[i] != '\0'; i++)
        if ((pin[i] - pin[i - 1] + 10) % 10 != step)
            return false;
    return true;
}

/* True when one piece is repeated to the end: 1212, 123123. */
static bool pin_is_repeated(const char *pin)
{
    const size_t n = strlen(pin);

    for (size_t piece = 1; piece <= n / 2; piece++)
        if (n % piece == 0 && strncmp(pin, pin + piece, n - piece) == 0)
            return true;
    return false;
}

static int digits_at(const char *pin, size_t from, size_t n)
{
    int out = 0;

    for (size_t i = from; i < from + n; i++)
        out = 10 * out + pin[i] - '0';
    return out;
}

static bool is_day(int day, int month)
{
    return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

static bool is_year(int year)
{
    return year >= YEAR_FIRST && year <= YEAR_LAST;
}

/* True when the digits are a day of a month, in either order, with or without the year: 2512, 1225, 251284, 25121984. */
static bool pin_is_date(const char *pin)
{
    const size_t n = strlen(pin);
    const int a = digits_at(pin, 0, 2), b = digits_at(pin, 2, 2), end = n < 6 ? 0 : digits_at(pin, 4, 2);

    if (n == 4)
        return is_day(a, b) || is_day(b, a) || is_year(digits_at(pin, 0, 4));
    if (n == 6)
        return is_day(a, b) || is_day(b, a) || is_day(end, b);
    if (n == 8)
        return ((is_day(a, b) || is_day(b, a)) && is_year(digits_at(pin, 4, 4)))
            || (is_year(digits_at(pin, 0, 4)) && is_day(digits_at(pin, 6, 2), end));
    return false;
}

static bool pin_is_of_phone(const char *pin, const char *phone)
{
    const size_t n = strlen(pin), all = is_blank(phone) ? 0 : strlen(phone);

    return all >= n && streq(phone + all - n, pin);
}

bool pin_is_obvious(const char *pin, const char *phone)
{
    return pin_is_listed(pin) || pin_is_run(pin) || pin_is_repeated(pin) || pin_is_date(pin)
        || pin_is_of_phone(pin, phone);
}

static bool pin_is_digits(const char *pin, size_t least)
{
    const size_t n = is_blank(pin) ? 0 : strlen(pin);

    return n >= least && n <= PIN_MAX && strspn(pin, DECIMAL) == n;
}

/* The text that is hashed has its owner in it: two people with the same PIN have nothing in common, and no PIN is a
 * password. */
static const char *pin_text(struct ctx *c, int64_t user_id, const char *pin)
{
    return arena_printf(c->a, "pin:%lld:%s", (long long)user_id, pin);
}

static const char *pin_owner_key(struct ctx *c, int64_t user_id)
{
    return arena_printf(c->a, "pin:user:%lld", (long long)user_id);
}

static const char *pin_day_key(struct ctx *c, int64_t user_id)
{
    return arena_printf(c->a, "pin:day:%lld", (long long)user_id);
}

/* ---- setting it ---- */

struct pin_change { struct ctx *c; int64_t user_id; const char *hash; };

enum err pin_put_tx(struct ctx *c, int64_t user_id, const char *hash)
{
    enum err e = db_exec(c->db, NULL, &put, user_id, hash, c->now);

    if (e == OK)                 /* the wrong tries were at the one before */
        e = throttle_clear_tx(c, pin_owner_key(c, user_id));
    if (e == OK)
        e = throttle_clear_tx(c, pin_day_key(c, user_id));
    return e != OK ? e : audit_tx(c, "pin_set", "user", user_id, NULL);
}

static enum err pin_set_tx(struct db *db UNUSED, void *arg)
{
    const struct pin_change *x = arg;

    return pin_put_tx(x->c, x->user_id, x->hash);
}

void pin_faults(struct ctx *c, const struct pin_new *in)
{
    const bool admin = in->role >= ROLE_ADMIN;

    if (!pin_is_digits(in->pin, admin ? PIN_MIN_ADMIN : PIN_MIN))
        ctx_invalid(c, "pin", admin ? T_PIN_DIGITS_ADMIN : T_PIN_DIGITS, NULL);
    else if (pin_is_obvious(in->pin, in->phone))
        ctx_invalid(c, "pin", T_PIN_OBVIOUS, NULL);
    else if (is_blank(in->again) || !streq(in->pin, in->again))
        ctx_invalid(c, in->again_at, T_PIN_TWICE, NULL);
}

enum err pin_hash(struct ctx *c, int64_t user_id, const char *pin, const char **hash)
{
    return password_make(c, pin_text(c, user_id, pin), hash);
}

enum err pin_set(struct ctx *c, const struct pin_in *in)
{
    struct pin_change x = { c, c->user_id, NULL };
    struct user u;
    enum err e = user_by_id(c, c->user_id, &u);

    if (e != OK)
        return e;
    c->fault = (struct fault){ 0 };
    pin_faults(c, &(struct pin_new){ .role = role_parse(u.role), .phone = u.phone, .pin = in->pin, .again = in->again,
                                     .again_at = "again" });
    if ((e = ctx_faults(c)) != OK || (e = user_confirm(c, "current", in->current)) != OK)
        return e;
    e = pin_hash(c, c->user_id, in->pin, &x.hash);
    return e != OK ? e : domain_write(c, pin_set_tx, &x);
}

static enum err pin_clear_tx(struct db *db, void *arg)
{
    const struct pin_change *x = arg;
    int64_t changed;
    enum err e = db_exec(db, &changed, &drop, x->user_id);

    if (e == OK && changed == 0)
        return ctx_fail(x->c, E_NOT_FOUND, NULL, T_PIN_NONE, NULL);
    return e != OK ? e : audit_tx(x->c, "pin_clear", "user", x->user_id, NULL);
}

enum err pin_clear(struct ctx *c, int64_t user_id, const char *password)
{
    struct pin_change x = { c, user_id, NULL };
    enum err e = OK;

    if (user_id != c->user_id && c->role < ROLE_ADMIN)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_PIN_NONE, NULL);
    if (user_id == c->user_id)   /* whoever works there may have come by that very PIN */
        e = user_confirm(c, "own_password", password != NULL ? password : "");
    return e != OK ? e : domain_write(c, pin_clear_tx, &x);
}

/* ---- who has one ---- */

int64_t pin_set_at(struct ctx *c, int64_t user_id)
{
    return db_scalar(c->db, 0, &set_at, user_id);
}

enum err pin_people(struct ctx *c, enum role least, struct users *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &people);
    size_t most = 0;

    *out = (struct users){ 0 };
    while (e == OK && db_next(&q)) {
        struct user u = { .id = db_int(&q, 0), .username = db_dup(&q, 1, c->a), .full_name = db_dup(&q, 2, c->a),
                          .role = db_dup(&q, 3, c->a), .is_active = 1 };

        if (role_parse(u.role) < least)
            continue;
        if (out->n == most) {
            struct user *more = arena_alloc(c->a, (most = 2 * most + 8) * sizeof *more);

            if (out->n > 0)
                memcpy(more, out->v, out->n * sizeof *more);
            out->v = more;
        }
        out->v[out->n++] = u;
    }
    return domain_fault(c, e != OK ? e : db_end(&q));
}

/* ---- comparing ---- */

struct pin_trying {
    struct ctx *c;
    const struct pin_try *in;
    const char *owner_key, *session_key, *day_key;
    bool right;
};

static enum err pin_take_tx(struct db *db UNUSED, void *arg)
{
    const struct pin_trying *x = arg;
    struct ctx *c = x->c;
    enum err e = throttle_spend_tx(c, x->day_key, 1, WRONG_A_DAY, DAY_SECONDS);
    int wait;

    if (e == E_THROTTLED) {
        wait = c->fault.retry_after;
        e = ctx_fail(c, e, NULL, T_PIN_DAY, NULL);
        c->fault.retry_after = wait;
        return e;
    }
    if (e == OK)
        e = throttle_take_tx(c, x->owner_key, THROTTLE_FREE);
    return e != OK ? e : throttle_take_tx(x->c, x->session_key, THROTTLE_FREE);
}

/* A right PIN takes back its own try; the wrong ones stay counted, whoever made them, for somebody may guess between the
 * right ones of the person. */
static enum err pin_outcome_tx(struct db *db UNUSED, void *arg)
{
    const struct pin_trying *x = arg;
    enum err e;

    if (!x->right)
        return audit_tx(x->c, "pin_wrong", "user", x->in->user_id, NULL);
    e = throttle_forgive_tx(x->c, x->owner_key);
    if (e == OK)
        e = throttle_forgive_tx(x->c, x->day_key);
    return e != OK ? e : throttle_forgive_tx(x->c, x->session_key);
}

/* Whether those are too few digits for that person's: an ADMIN's may be older than the rule that it has six. */
static bool pin_is_short(const struct user *u, const char *pin)
{
    return u->role != NULL && role_parse(u->role) >= ROLE_ADMIN && !pin_is_digits(pin, PIN_MIN_ADMIN);
}

/* The hash to compare with; one that nothing opens for nobody, and for whoever has no PIN or too small a role. */
static enum err pin_look(struct ctx *c, const struct pin_try *in, struct user *u, const char **hash)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &hash_of, in->user_id);

    *hash = password_dummy();
    *u = (struct user){ 0 };
    if (e != OK)
        return e == E_NOT_FOUND ? OK : domain_fault(c, e);
    *hash = db_dup(&q, 0, c->a);
    e = db_end(&q);
    if (e == OK)
        e = user_by_id(c, in->user_id, u);
    if (e == OK && (role_parse(u->role) < in->least || pin_is_short(u, in->pin))) {
        *hash = password_dummy();
        u->id = 0;
    }
    return e;
}

static enum err pin_at_field(struct ctx *c, enum err e)
{
    if (e == E_THROTTLED)
        c->fault.field = "pin";
    return e;
}

enum err pin_check(struct ctx *c, const struct pin_try *in, struct user *out)
{
    struct pin_trying x = { .c = c, .in = in,
        .owner_key = pin_owner_key(c, in->user_id), .day_key = pin_day_key(c, in->user_id),
        .session_key = arena_printf(c->a, "pin:session:%lld", (long long)c->session_id) };
    const char *hash;
    bool is_short;
    enum err e = domain_write(c, pin_take_tx, &x), compared;

    if (e == OK)
        e = pin_look(c, in, out, &hash);
    if (e != OK)
        return pin_at_field(c, e);
    compared = password_verify(c->conf, hash, pin_text(c, in->user_id, in->pin != NULL ? in->pin : ""));
    if (compared != OK && compared != E_INVALID)
        return compared == E_BUSY ? pin_at_field(c, password_busy(c)) : domain_fault(c, compared);
    x.right = compared == OK && out->id != 0;
    e = domain_write(c, pin_outcome_tx, &x);
    if (e != OK || x.right)
        return e;
    is_short = pin_is_short(out, in->pin);
    *out = (struct user){ 0 };
    return ctx_fail(c, E_INVALID, "pin", is_short ? T_PIN_SHORT : T_PIN_WRONG, NULL);
}

/* ---- another person at the same counter ---- */

struct pin_switching { struct ctx *c; const struct user *to; const char *old; char **token; };

static enum err pin_switch_tx(struct db *db UNUSED, void *arg)
{
    const struct pin_switching *x = arg;
    struct ctx *c = x->c;
    enum err e = audit_tx(c, "pin_switch", "user", x->to->id, NULL);

    return e != OK ? e : session_switch_tx(c, x->to->id, x->old, x->token);
}

enum err pin_switch(struct ctx *c, const struct pin_try *in, const char *old, char **token)
{
    struct user to;
    struct pin_switching x = { c, &to, old, token };
    enum err e = pin_check(c, in, &to);

    return e != OK ? e : domain_write(c, pin_switch_tx, &x);
}
