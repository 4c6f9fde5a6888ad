#include "base/json.h"
#include "domain/setting.h"

static const struct { const char *key, *dflt; } table[SETTING_COUNT] = {
#define SETTING(id, key, dflt, doc) [id] = { key, dflt },
#include "domain/setting.def"
#undef SETTING
};

static const struct stmt get = STMT("setting_get", "s", "SELECT value FROM settings WHERE key = $1");
DB_REGISTER(&get)

/* Values are JSON; a plain text or number is what every key of today holds. */
const char *setting_text(struct ctx *c, enum setting s)
{
    struct rows q;
    struct json_object *wrapped;
    const char *raw, *out = table[s].dflt;
    enum text why;

    if (db_one(c->db, &q, &get, table[s].key) != OK)
        return out;
    raw = db_text(&q, 0);
    if (raw[0] == '"') {
        char *text = arena_printf(c->a, "[%s]", raw);

        wrapped = json_parse(text, strlen(text), &why);
        if (wrapped != NULL)
            out = arena_strdup(c->a, json_object_get_string(json_object_array_get_idx(wrapped, 0)));
        json_object_put(wrapped);
    } else {
        out = arena_strdup(c->a, raw);
    }
    return db_end(&q) == OK ? out : table[s].dflt;
}

int64_t setting_int(struct ctx *c, enum setting s)
{
    int64_t n;

    if (parse_int(setting_text(c, s), &n) || parse_int(table[s].dflt, &n))
        return n;
    return 0;
}
