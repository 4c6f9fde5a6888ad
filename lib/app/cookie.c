/* Cookies: `__Host-…` with Secure over https; over plain http, which is answered
 * on loopback only, the bare name.  And the toast of the next page, which
 * travels in a signed cookie so that showing it writes nothing. */
#include "app/call.h"
#include "crypto/crypto.h"

#define FLASH_SECONDS 60
#define FLASH_SECRET "csrf_key"

static bool is_https(const struct req *r)
{
    return streq(r->http->scheme, "https");
}

static const char *full_name(const struct req *r, const char *name)
{
    return is_https(r) ? arena_printf(r->c->a, "__Host-%s", name) : name;
}

void cookie_set(struct req *r, const char *name, const char *value, int max_age)
{
    const char *age = max_age < 0 ? "" : arena_printf(r->c->a, "; Max-Age=%d", max_age);

    req_header(r, "Set-Cookie",
               arena_printf(r->c->a, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
                            full_name(r, name), value, is_https(r) ? "; Secure" : "", age));
}

const char *cookie_get(const struct req *r, const char *name)
{
    return request_cookie(r->http, full_name(r, name));
}

void req_sign_in(struct req *r, const char *token)
{
    cookie_set(r, "sid", token, -1);
}

void req_sign_out(struct req *r)
{
    cookie_set(r, "sid", "", 0);
}

const char *req_session_token(const struct req *r)
{
    return cookie_get(r, "sid");
}

static void flash_write(struct req *r, const char *text, const char *undo, int64_t until)
{
    struct arena *a = r->c->a;
    const char *all = arena_printf(a, "%s\n%s\n%lld", text, undo, (long long)until);
    const char *sealed = sign_text(a, r->c->conf, FLASH_SECRET,
                                   hex_text(a, (const unsigned char *)all, strlen(all)),
                                   r->c->now + FLASH_SECONDS);

    if (sealed != NULL)
        cookie_set(r, "flash", sealed, FLASH_SECONDS);
}

static char *flash_sentence(struct req *r, const struct text *t, const char *arg)
{
    struct fault f = { .text = t, .args = { arg } };

    return fault_sentence(r->c->a, &f);
}

void req_flash(struct req *r, const struct text *t, const char *arg)
{
    flash_write(r, flash_sentence(r, t, arg), "", 0);
}

void req_flash_undo(struct req *r, const struct text *t, const char *arg, const char *path)
{
    flash_write(r, flash_sentence(r, t, arg), path, r->c->now + r->c->conf->undo_s);
}

void req_flash_undo_event(struct req *r, const struct text *t, const char *arg, int64_t package_id, int64_t event)
{
    req_flash_undo(r, t, arg, arena_printf(r->c->a, "/packages/%lld/undo?event=%lld", (long long)package_id,
                                           (long long)event));
}

void flash_read(struct call *k)
{
    const char *sealed = cookie_get(&k->r, "flash"), *hex;
    char *text, *next;
    size_t n;

    if (sealed == NULL)
        return;
    cookie_set(&k->r, "flash", "", 0);
    hex = sign_open(k->c.a, k->c.conf, FLASH_SECRET, sealed, k->c.now);
    if (hex == NULL || (text = (char *)hex_bytes(k->c.a, hex, &n)) == NULL)
        return;
    for (size_t i = 0; i < FLASH_PARTS && text != NULL; i++, text = next) {
        next = strchr(text, '\n');
        if (next != NULL)
            *next++ = '\0';
        k->flash[i] = text;
    }
}
