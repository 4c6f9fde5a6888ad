/* People of the demo: the staff of the shop, and the residents whose parcels come there. */
#include "bin/demo/shop.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/crypto.h"
#include "domain/people/user.h"

#define PASSWORD_PARTS 3         /* a password is so many groups of four characters, joined by "-" */
#define RESIDENTS 160
#define FORGETFUL 10             /* further residents, who never collect their parcels */

static const struct { const char *username, *full_name, *role; enum role as; } staff[DEMO_STAFF] = {
    [STAFF_CHIEF] = { "gerencia", "Patricia Londoño", "ADMIN", ROLE_ADMIN },
    [STAFF_COUNTER] = { "mostrador", "Olga Mostrador", "OPERADOR", ROLE_OPERADOR },
    [STAFF_STORES] = { "bodega", "Nelson Bodega", "OPERADOR", ROLE_OPERADOR },
    [STAFF_READER] = { "consulta", "Julián Portería", "USUARIO", ROLE_USUARIO },
};

static const char *const names[] = { "Ana María", "Luis", "Carolina", "Jhon Fredy", "Martha Lucía", "Andrés",
    "Paola", "Ñusta", "Camilo", "Diana", "Óscar", "Valentina", "Germán", "Yolanda", "Sebastián", "Ángela" };
static const char *const families[] = { "Rojas", "Peña", "Gómez", "Ibáñez", "Castro", "Muñoz", "Ríos",
    "Quintero", "Álvarez", "Bedoya", "Salazar", "Cárdenas", "Núñez", "Vargas" };
const char *const demo_carriers[DEMO_CARRIERS] = { "Servientrega", "Inter Rapidísimo", "Coordinadora", "Envía", "TCC",
    "Deprisa", "Servientrega" };

/* ---- staff ---- */

/* The password is computed from this installation's token_key: so it is stored nowhere, comes out the same each
 * time, and opens no other installation.  NULL when the secret cannot be read. */
static char *staff_password(struct ctx *c, const char *username)
{
    const char *key = secret_read(c->a, c->conf, "token_key");
    const char *letters = "abcdefghjkmnpqrstuvwxyz23456789";
    unsigned char sum[HASH_BYTES];
    char *out = arena_alloc(c->a, PASSWORD_PARTS * 5);

    if (key == NULL)
        return NULL;
    hmac256(sum, key, arena_printf(c->a, "demo:%s", username), strlen("demo:") + strlen(username));
    for (size_t i = 0; i < PASSWORD_PARTS * 5; i++)
        out[i] = i % 5 == 4 ? '-' : letters[sum[i] % strlen(letters)];
    out[PASSWORD_PARTS * 5 - 1] = '\0';
    return out;
}

enum err staff_make(struct shop *s)
{
    struct ctx *c = s->c;
    enum err e = OK;

    for (size_t i = 0; i < DEMO_STAFF && e == OK; i++) {
        const struct user_in in = { .username = staff[i].username, .full_name = staff[i].full_name, .role = staff[i].role,
            .email = arena_printf(c->a, "%s@example.invalid", staff[i].username),
            .password = staff_password(c, staff[i].username), .final = true };
        struct user known;
        char *made;

        if (user_by_name(c, staff[i].username, &known) == OK) {
            s->staff[i] = known.id;
            continue;
        }
        c->fault = (struct fault){ 0 };
        e = user_add(c, &in, &s->staff[i], &made);
    }
    return e;
}

size_t demo_accounts(struct ctx *c, struct demo_account *out)
{
    size_t n = 0;

    for (size_t i = 0; i < DEMO_STAFF; i++) {
        const char *password = staff_password(c, staff[i].username);
        struct user u;

        if (password != NULL && user_by_name(c, staff[i].username, &u) == OK && u.is_active
            && password_verify(c->conf, u.password_hash, password) == OK)
            out[n++] = (struct demo_account){ u.username, password, u.full_name, u.role };
        c->fault = (struct fault){ 0 };
    }
    return n;
}

void shop_staff(struct shop *s, enum staff who)
{
    s->c->actor = ACTOR_USER;
    s->c->user_id = s->staff[who];
    s->c->user_name = staff[who].full_name;
    s->c->role = staff[who].as;
}

void shop_customer(struct shop *s)
{
    s->c->actor = ACTOR_CUSTOMER;
    s->c->user_id = 0;
    s->c->user_name = NULL;
    s->c->role = ROLE_PUBLIC;
}

void shop_system(struct shop *s)
{
    shop_customer(s);
    s->c->actor = ACTOR_SYSTEM;
    s->c->role = ROLE_ADMIN;
}

/* ---- residents ---- */

char *carrier_guide(struct shop *s, const char *carrier)
{
    static const struct { const char *carrier, *form; } forms[] = {
        { "Servientrega", "91########" }, { "Inter Rapidísimo", "7000########" }, { "Coordinadora", "4520#######" },
        { "Envía", "0340########" }, { "TCC", "61#######" }, { "Deprisa", "9990########" },
    };
    size_t at = 0;
    char *out;

    for (size_t i = 0; i < COUNT(forms); i++)
        if (streq(forms[i].carrier, carrier))
            at = i;
    out = arena_strdup(s->c->a, forms[at].form);
    for (char *p = out; *p != '\0'; p++)
        if (*p == '#')
            *p = (char)('0' + shop_chance(s, 10));
    return out;
}

/* Phone numbers begin with 300 555: nobody has a number of that block. */
struct announce_in person_announce(struct shop *s, bool forgetful)
{
    struct arena *a = s->c->a;
    const uint32_t n = forgetful ? RESIDENTS + shop_chance(s, FORGETFUL) : shop_chance(s, RESIDENTS);
    const char *carrier = demo_carriers[shop_chance(s, DEMO_CARRIERS)];

    return (struct announce_in){ .carrier = carrier, .consent = true,
        .name = arena_printf(a, "%s %s", names[n % COUNT(names)], families[(n / 3) % COUNT(families)]),
        .phone = arena_printf(a, "300555%04u", n),
        .email = n % 3 ? NULL : arena_printf(a, "persona%u@example.invalid", n),
        .building = "Los Sauces", .tower = arena_printf(a, "%u", 1 + n % 6),
        .apartment = arena_printf(a, "%u", (2 + n / 4 % 9) * 100 + 1 + n % 4),
        .declared_value = shop_chance(s, 4) == 0 ? (1 + (int64_t)shop_chance(s, 40)) * 10000 : 0,
        .guides = carrier_guide(s, carrier) };
}

/* Draws handwriting: loops that run on to the right, the first ones taller, and a stroke under them. */
char *person_signature(struct shop *s)
{
    const double tall = 26 + shop_chance(s, 22), wide = 8 + shop_chance(s, 10), turn = 0.42 + shop_chance(s, 20) / 100.0;
    struct buf strokes = { 0 };
    char *out;

    for (int i = 0; i < 90; i++) {
        double high = i < 16 ? tall : tall * (0.35 + 0.25 * sin(i * 0.21));

        buf_printf(&strokes, "%c%d %d", i == 0 ? 'M' : 'L', (int)(50 + i * 3 + wide * cos(i * turn)), (int)(86 - high * sin(i * turn)));
    }
    buf_printf(&strokes, "M%u 128L%u 122L%u 126", 60 + shop_chance(s, 40), 180 + shop_chance(s, 40), 290 + shop_chance(s, 60));
    out = arena_strdup(s->c->a, strokes.data);
    buf_free(&strokes);
    return out;
}
