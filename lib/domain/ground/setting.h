/* Setting: a value that an administrator may change without a restart.  setting.def lists every key
 * with its type, default, bounds and a sentence. */
#ifndef DOMAIN_SETTING_H
#define DOMAIN_SETTING_H

#include "base/ctx.h"
#include "base/field.h"
#include "store/db.h"

enum setting_type { SETTING_TEXT, SETTING_INT, SETTING_BOOL };

enum setting {
#define SETTING(id, key, type, dflt, min, max, doc) id,
#include "domain/ground/setting.def"
#undef SETTING
    SETTING_COUNT
};
/* The value as it was set, else the default of setting.def; from the arena or static, never NULL. */
const char *setting_text(struct ctx *c, enum setting s);
int64_t setting_int(struct ctx *c, enum setting s);

struct setting_row {
    const char *key, *value, *dflt, *doc;
    int64_t min, max, changed_at;
    const char *changed_by;
    enum setting_type type;
};
FIELD_TABLE(struct setting_row, setting_fields)
struct setting_rows { struct setting_row *v; size_t n; };
/* The settings whose key begins with `prefix` ("sms."); "": all of them. */
enum err setting_list(struct ctx *c, const char *prefix, struct setting_rows *out) MUST_CHECK;

/* The point as pages, messages and documents name it: its settings, as setting_text gives each, read by one
 * statement.  After an error, which the store has logged, they are the defaults. */
struct site { const char *name, *hours, *address, *phone; };
void site_read(struct ctx *c, struct site *out);

/* Changes several settings, all or none of them, audited.  Values are as typed; E_INVALID names the
 * key of a wrong one as the field. */
struct setting_change { const char *key, *value; };
enum err setting_change(struct ctx *c, const struct setting_change *list, size_t n) MUST_CHECK;

#endif
