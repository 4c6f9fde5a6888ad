/* Setting: what an administrator may change without a restart. setting.def
 * lists every key with its default and a sentence. */
#ifndef DOMAIN_SETTING_H
#define DOMAIN_SETTING_H

#include "base/ctx.h"
#include "store/db.h"

enum setting {
#define SETTING(id, key, dflt, doc) id,
#include "domain/setting.def"
#undef SETTING
    SETTING_COUNT
};
/* As set, else the default of setting.def; from the arena or static, never NULL. */
const char *setting_text(struct ctx *c, enum setting s);
int64_t setting_int(struct ctx *c, enum setting s);

#endif
