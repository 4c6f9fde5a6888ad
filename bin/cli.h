/* Cli: what the commands of `paqueteria` share.  A command is a row: its words, a usage, by which its options
 * are checked, a sentence, and a function that calls the domain and prints. */
#ifndef BIN_CLI_H
#define BIN_CLI_H

#include "base/ctx.h"
#include "base/field.h"

#define CLI_OPTIONS_MAX 16
#define CLI_WORDS_MAX 16

enum cli_needs { CLI_NOTHING, CLI_CONF, CLI_DB };    /* CLI_DB needs the configuration too */

struct cli;
struct command {
    const char *words;           /* "user add" */
    /* "--username U [--password-stdin] [--days N] NAME…": what stands in brackets may
     * be left out, an upper-case word after an option is its value, … is one or more. */
    const char *usage;
    const char *doc;
    enum cli_needs needs;
    enum err (*run)(struct cli *x);
};

struct cli {
    struct ctx c;
    const struct command *command;
    bool json;                   /* --json: for programs */
    struct { const char *name, *value; } options[CLI_OPTIONS_MAX];
    size_t option_count;
    const char *words[CLI_WORDS_MAX];    /* words of the command line that are no option */
    size_t word_count;
    int status;                  /* exit code of a command that ended OK but found faults */
};

/* Value of an option: NULL when it was not given, "" when it takes no value. */
const char *cli_option(const struct cli *x, const char *name);
bool cli_flag(const struct cli *x, const char *name);    /* whether the option was given */
/* Reads an option that is a number ≥ 0; dflt when it was not given.  E_INVALID when it is none. */
enum err cli_number(struct cli *x, const char *name, int64_t dflt, int64_t *out) MUST_CHECK;

/* Prints n structs of row_size bytes as a table with these columns ("id username role"); with --json as an
 * array of objects with all fields. */
void cli_list(const struct cli *x, struct fields f, const char *columns, const void *rows, size_t n,
              size_t row_size);
/* Prints an object, a line a field, or as JSON. */
void cli_object(const struct cli *x, struct fields f, const void *object);
/* Prints a JSON object that no field table describes, and frees it; to be called with --json only. */
struct json_object;
void cli_json(struct json_object *o);
/* Prints a sentence for people; nothing with --json. */
void cli_say(const struct cli *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Reads a line of standard input, without its line end; NULL at the end. */
char *cli_read_line(struct cli *x);

extern const struct command system_commands[], people_commands[], work_commands[],
    job_commands[], message_commands[], storage_commands[], rate_commands[], settings_commands[];   /* words NULL ends */

#endif
