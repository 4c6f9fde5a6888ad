/* Setting table: the rows of setting.def, shared by the reading of settings and their changes; private to
 * domain/ground. */
#ifndef DOMAIN_SETTING_TABLE_H
#define DOMAIN_SETTING_TABLE_H

#include "domain/ground/setting.h"

struct setting_rule {
    const char *key;
    enum setting_type type;
    const char *dflt;
    int64_t min, max;
    const struct word *choices;
    const char *unit, *group, *label, *doc, *reader;
};
extern const struct setting_rule setting_table[SETTING_COUNT];

/* The setting of that key; SETTING_COUNT: there is none. */
enum setting setting_of(const char *key);
/* A typed value as it is stored: trimmed and checked by its type's rule, from the arena.  NULL when it is wrong: then
 * a fault is added that names the key. */
const char *setting_checked(struct ctx *c, enum setting s, const char *typed);
/* The version of a group (NULL: of all settings), as the database holds them now; never 0. */
enum err setting_version(struct ctx *c, const char *group, int64_t *version) MUST_CHECK;

#endif
