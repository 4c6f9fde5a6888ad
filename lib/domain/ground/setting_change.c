/* Changes of settings: each type's rule for what is typed, and one write for all of a form. */
#include <ctype.h>

#include "base/colour.h"
#include "base/log.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/setting_table.h"
#include "domain/ground/texts.h"
#include "domain/ground/tx.h"
#include "json/json.h"
#include "local/normal.h"

static const struct stmt put = STMT("setting_put", "ssIi",
    "INSERT INTO settings (key, value, changed_by, changed_at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (key) DO UPDATE SET value = $2, changed_by = $3, changed_at = $4");
DB_REGISTER(&put)

/* ---- what is typed ---- */

/* Checks a text that has the length of its row's bounds; NULL: it is wrong, and *why is the sentence. */
typedef const char *setting_form(struct ctx *c, const struct setting_rule *t, const char *clean,
                                 const struct text **why);

static const char *text_form(struct ctx *c UNUSED, const struct setting_rule *t UNUSED, const char *clean,
                             const struct text **why UNUSED)
{
    return clean;
}

static const char *phone_form(struct ctx *c, const struct setting_rule *t UNUSED, const char *clean,
                              const struct text **why)
{
    *why = T_SETTING_PHONE;
    return normal_phone(c->a, clean) != NULL ? clean : NULL;
}

static const char *email_form(struct ctx *c, const struct setting_rule *t UNUSED, const char *clean,
                              const struct text **why)
{
    *why = T_SETTING_EMAIL;
    return normal_email(c->a, clean);
}

static const char *host_form(struct ctx *c UNUSED, const struct setting_rule *t UNUSED, const char *clean,
                             const struct text **why)
{
    *why = T_SETTING_HOST;
    for (const char *p = clean; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && (strchr(".-", *p) == NULL || p == clean))
            return NULL;
    return clean;
}

static const char *colour_form(struct ctx *c, const struct setting_rule *t UNUSED, const char *clean,
                               const struct text **why)
{
    struct colour colour;

    *why = T_SETTING_COLOUR;
    return colour_read(clean, &colour) ? colour_text(c->a, colour) : NULL;
}

/* The key of a file is typed by nobody. */
static const char *picture_form(struct ctx *c UNUSED, const struct setting_rule *t UNUSED, const char *clean UNUSED,
                                const struct text **why)
{
    *why = T_SETTING_PICTURE;
    return NULL;
}

static setting_form *const forms[SETTING_TYPES] = {
    [SETTING_TEXT] = text_form, [SETTING_LONG] = text_form, [SETTING_PHONE] = phone_form, [SETTING_EMAIL] = email_form,
    [SETTING_HOST] = host_form,
    [SETTING_COLOUR] = colour_form, [SETTING_PICTURE] = picture_form, [SETTING_SECRET] = text_form,
};

static const char *number_checked(struct ctx *c, const struct setting_rule *t, const char *clean)
{
    int64_t n;

    if (parse_int(clean, &n) && n >= t->min && n <= t->max)
        return arena_strdup(c->a, NUM(n));
    ctx_invalid(c, t->key, T_NOT_NUMBER, arena_strdup(c->a, NUM(t->min)), arena_strdup(c->a, NUM(t->max)), NULL);
    return NULL;
}

static const char *choice_checked(struct ctx *c, const struct setting_rule *t, const char *clean)
{
    const char *list = t->choices[0].value;

    if (words_of(t->choices, clean) != NULL)
        return clean;
    for (const struct word *w = t->choices + 1; w->value != NULL; w++)
        list = arena_printf(c->a, "%s, %s", list, w->value);
    ctx_invalid(c, t->key, T_NOT_CHOICE, list, NULL);
    return NULL;
}

static const char *text_checked(struct ctx *c, const struct setting_rule *t, const char *clean)
{
    const struct text *why = NULL;
    const char *out;

    if (!utf8_clean(clean, t->type == SETTING_LONG) || (int64_t)utf8_length(clean) > t->max) {
        ctx_invalid(c, t->key, T_TOO_LONG, arena_strdup(c->a, NUM(t->max)), NULL);
        return NULL;
    }
    if ((int64_t)utf8_length(clean) < t->min) {
        ctx_invalid(c, t->key, T_TOO_SHORT, arena_strdup(c->a, NUM(t->min)), NULL);
        return NULL;
    }
    out = *clean == '\0' ? clean : forms[t->type](c, t, clean, &why);
    if (out == NULL)
        ctx_invalid(c, t->key, why, NULL);
    return out;
}

const char *setting_checked(struct ctx *c, enum setting s, const char *typed)
{
    const struct setting_rule *t = &setting_table[s];
    const bool as_typed = t->type == SETTING_SECRET || t->type == SETTING_LONG;
    const char *clean = as_typed ? typed : utf8_trim(c->a, typed);

    if (clean == NULL) {
        ctx_invalid(c, t->key, T_NOT_UTF8, NULL);
        return NULL;
    }
    if (t->type == SETTING_INT || t->type == SETTING_BOOL)
        return number_checked(c, t, clean);
    return t->type == SETTING_CHOICE ? choice_checked(c, t, clean) : text_checked(c, t, clean);
}

/* ---- writing ---- */

struct setting_changing {
    struct ctx *c;
    const char *group;
    int64_t version;
    struct { enum setting s; const char *value; } v[SETTING_COUNT];
    size_t n;
};

static const char *json_quoted(struct arena *a, const char *s)
{
    struct json_object *o = json_object_new_string(s);
    const char *out = json_text(a, o);

    json_object_put(o);
    return out;
}

static struct json_object *change_details(enum setting s, const char *before, const char *after)
{
    struct json_object *details = json_object_new_object();

    json_add_text(details, "key", setting_table[s].key);
    if (setting_table[s].type == SETTING_SECRET) {
        json_add_bool(details, "was_set", !is_blank(before));
        json_add_bool(details, "is_set", !is_blank(after));
    } else {
        json_add_text(details, "before", before);
        json_add_text(details, "after", after);
    }
    return details;
}

enum err setting_put_tx(struct ctx *c, enum setting s, const char *after)
{
    const enum setting_type type = setting_table[s].type;
    const char *before = setting_text(c, s);
    enum err e;

    if (streq(before, after))
        return OK;
    e = db_exec(c->db, NULL, &put, setting_table[s].key,
                type == SETTING_INT || type == SETTING_BOOL ? after : json_quoted(c->a, after), c->user_id, c->now);
    return e != OK ? e : audit_tx(c, "setting_change", "setting", 0, change_details(s, before, after));
}

static enum err setting_change_tx(struct db *db UNUSED, void *arg)
{
    struct setting_changing *x = arg;
    int64_t version;
    enum err e = setting_version(x->c, x->group, &version);

    if (e == OK && x->version != 0 && x->version != version)
        return ctx_fail(x->c, E_PRECONDITION, NULL, T_SETTINGS_CHANGED, NULL);
    for (size_t i = 0; i < x->n && e == OK; i++)
        e = setting_put_tx(x->c, x->v[i].s, x->v[i].value);
    return e;
}

/* What the database will hold: a secret is sealed.  NULL, with a fault, when it is wrong or cannot be sealed. */
static const char *setting_stored(struct ctx *c, enum setting s, const char *typed)
{
    const char *value = setting_checked(c, s, typed);

    if (value == NULL || *value == '\0' || setting_table[s].type != SETTING_SECRET)
        return value;
    value = seal_text(c->a, c->conf, setting_table[s].key, value);
    if (value == NULL)
        ctx_invalid(c, setting_table[s].key, T_SETTING_UNSEALED, NULL);
    return value;
}

/* Settings that say where a secret is sent. */
static const struct { enum setting where, secret; } sent_to[] = {
    { S_MAIL_HOST, S_MAIL_PASSWORD }, { S_MAIL_PORT, S_MAIL_PASSWORD }, { S_MAIL_USER, S_MAIL_PASSWORD },
};

static bool setting_changes(const struct setting_changing *x, enum setting s, const char **value)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->v[i].s == s && x->v[i].value != NULL) {
            *value = x->v[i].value;
            return true;
        }
    return false;
}

/* Whoever has a secret sent elsewhere could read it there: it is typed again in the same form, or taken away. */
static void secrets_asked(struct ctx *c, const struct setting_changing *x)
{
    const char *to, *secret;

    for (size_t i = 0; i < COUNT(sent_to); i++)
        if (setting_changes(x, sent_to[i].where, &to) && !streq(to, setting_text(c, sent_to[i].where))
            && !is_blank(setting_text(c, sent_to[i].secret)) && !setting_changes(x, sent_to[i].secret, &secret)) {
            ctx_invalid(c, setting_table[sent_to[i].secret].key, T_SETTING_AGAIN, NULL);
            return;
        }
}

/* Hours of which the first comes before the second, where that is not 0. */
static const struct { enum setting first, second; } in_order[] = {
    { S_HOURS_OPENS, S_HOURS_CLOSES }, { S_HOURS_OPENS, S_HOURS_SATURDAY },
};

/* The value of a setting after the change. */
static int64_t setting_becomes(struct ctx *c, const struct setting_changing *x, enum setting s)
{
    const char *value;
    int64_t n;

    return setting_changes(x, s, &value) && parse_int(value, &n) ? n : setting_int(c, s);
}

static void hours_in_order(struct ctx *c, const struct setting_changing *x)
{
    const char *value;

    for (size_t i = 0; i < COUNT(in_order); i++) {
        const enum setting first = in_order[i].first, second = in_order[i].second;
        const bool typed = setting_changes(x, second, &value);
        const int64_t closes = setting_becomes(c, x, second);

        if ((typed || setting_changes(x, first, &value)) && closes != 0 && closes <= setting_becomes(c, x, first))
            ctx_invalid(c, setting_table[typed ? second : first].key, T_SETTING_HOURS, NULL);
    }
}

enum err setting_change(struct ctx *c, const char *group, int64_t version, const struct setting_change *list, size_t n)
{
    struct setting_changing x = { .c = c, .group = group, .version = version };

    c->fault = (struct fault){ 0 };
    for (size_t i = 0; i < n; i++) {
        const enum setting s = setting_of(list[i].key);

        if (list[i].value == NULL)
            continue;
        if (s == SETTING_COUNT || x.n == SETTING_COUNT) {
            ctx_invalid(c, list[i].key, T_UNKNOWN_FIELD, list[i].key, NULL);
            continue;
        }
        x.v[x.n].s = s;
        x.v[x.n++].value = setting_stored(c, s, list[i].value);
    }
    secrets_asked(c, &x);
    hours_in_order(c, &x);
    return ctx_faults(c) != OK ? E_INVALID : operation_once(c, "settings_change", setting_change_tx, &x, NULL);
}
