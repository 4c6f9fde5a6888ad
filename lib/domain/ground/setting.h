/* Setting: a value that an administrator may change without a restart.  setting.def lists every key with its type,
 * default, bounds, group, label and a sentence; what is not set has its default. */
#ifndef DOMAIN_SETTING_H
#define DOMAIN_SETTING_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"
#include "store/db.h"

enum setting_type {
    SETTING_TEXT,                /* the text is one line */
    SETTING_LONG,                /* several lines */
    SETTING_INT,
    SETTING_BOOL,                /* "0" or "1" */
    SETTING_CHOICE,              /* a value of the row's choices */
    SETTING_PHONE,               /* as typed, once it is known to be a phone */
    SETTING_EMAIL,
    SETTING_HOST,                /* name of a server */
    SETTING_COLOUR,              /* "#0d5c59" */
    SETTING_PICTURE,             /* key of a file in files_dir; only a job sets it, a person takes it away */
    SETTING_SECRET,              /* stored sealed (crypto.h), given to nobody but who uses it */
    SETTING_TYPES,
};

enum setting {
#define SETTING(id, key, type, dflt, min, max, choices, unit, group, label, doc, reader) id,
#include "domain/ground/setting.def"
#undef SETTING
    SETTING_COUNT
};

extern const struct word setting_papers[], label_languages[], sms_providers[];

/* The groups of settings, each a page, in their order; the last row's name is NULL.  page_only: a token of the API
 * does not change them, since who does could come in as somebody else: letters with links would go through
 * another's server, or a sign-in ask for less. */
struct setting_group { const char *name, *words, *doc; bool page_only; };
extern const struct setting_group setting_groups[];

/* The value as it was set, else the default of setting.def; from the arena or static, never NULL.  Of a secret it is
 * what the database holds, sealed: setting_secret opens it. */
const char *setting_text(struct ctx *c, enum setting s);
int64_t setting_int(struct ctx *c, enum setting s);
/* The value of a setting on which money or privacy depends: E_BUSY, and never the default, where the settings cannot be
 * read. */
enum err setting_read(struct ctx *c, enum setting s, int64_t *out) MUST_CHECK;
/* When a setting of that group was changed last, in Unix seconds; 0: none ever was. */
int64_t setting_changed_at(struct ctx *c, const char *group);
/* A secret as it was typed, from the arena; NULL when none is set, or it cannot be opened (logged). */
const char *setting_secret(struct ctx *c, enum setting s);

struct setting_row {
    const char *key, *type, *group, *label, *doc, *unit, *reader;
    const char *value, *dflt;    /* value: NULL for a secret */
    int64_t min, max, changed_at;
    const char *changed_by;
    bool set;                    /* somebody has set it; of a secret: there is one */
    bool secret;
    enum setting id;
    enum setting_type kind;
    const struct word *choices;  /* the words of a SETTING_CHOICE */
};
FIELD_TABLE(struct setting_row, setting_fields)
/* The version changes with each change of one of the settings. */
struct setting_rows { struct setting_row *v; size_t n; int64_t version; };
/* The settings of a group; NULL: all of them. */
enum err setting_list(struct ctx *c, const char *group, struct setting_rows *out) MUST_CHECK;

/* The page and the name of the setting with that key, "Correo · Usuario", from the arena; NULL: no setting has it. */
const char *setting_named(struct arena *a, const char *key);
/* The words of a value of that setting: of a choice, of yes and no; NULL: it is read as it is, or there is no such
 * setting. */
const char *setting_words(const char *key, const char *value);

/* The point as pages, messages and documents name it: its settings, as setting_text gives each, read by one
 * statement.  After an error, which the store has logged, they are the defaults.  whatsapp_to: digits, as in a link;
 * accent: as in a link, "" for the colour of tokens.css; logo: its name in a
 * link, "" for none. */
struct site { const char *name, *hours, *address, *phone, *whatsapp, *whatsapp_to, *accent, *logo; };
void site_read(struct ctx *c, struct site *out);

/* Changes several settings, all or none of them, audited (of a secret only that it changed).  Values are as typed;
 * NULL leaves a setting as it is; "" takes a secret away.  E_INVALID names the key of a wrong one as the field;
 * E_PRECONDITION when `version`, unless it is 0, is not that of the group (NULL: of all settings) any more. */
struct setting_change { const char *key, *value; };
enum err setting_change(struct ctx *c, const char *group, int64_t version, const struct setting_change *list,
                        size_t n) MUST_CHECK;

/* Inside a db_write: one setting, to a value that is right as it is; audited. */
enum err setting_put_tx(struct ctx *c, enum setting s, const char *value) MUST_CHECK;

#endif
