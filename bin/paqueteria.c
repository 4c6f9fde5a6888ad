/* paqueteria: the administrator's command line.  Exit codes are those of sysexits.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <signal.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/texts.h"
#include "json/json.h"
#include "base/log.h"
#include "local/money.h"
#include "base/utf8.h"
#include "bin/cli.h"
#include "crypto/crypto.h"
#include "queue/hint.h"
#include "store/db.h"

#define LINE_MAX_BYTES 4096
#define COLUMNS_MAX 12

static const struct command *const tables[] = { system_commands, people_commands, work_commands,
                                               job_commands, message_commands, storage_commands, rate_commands,
                                               settings_commands };

/* ---- options and words of a command ---- */

struct slot { char name[32]; bool is_option, has_value, optional, many; };

/* Reads the next option or word of a usage; false at its end. */
static bool slot_next(const char **usage, struct slot *s)
{
    const char *p = *usage + strspn(*usage, " ");
    size_t n = strcspn(p, " ]");

    *s = (struct slot){ .optional = *p == '[' };
    if (*p == '\0')
        return false;
    p += s->optional;
    n -= s->optional;
    s->many = n > 3 && memcmp(p + n - 3, "…", 3) == 0;
    memcpy(s->name, p, n < sizeof s->name - 1 ? n : sizeof s->name - 1);
    s->is_option = has_prefix(s->name, "--");
    p += n;
    if (s->is_option && *p == ' ' && p[1] >= 'A' && p[1] <= 'Z') {
        s->has_value = true;
        p += 1 + strcspn(p + 1, " ]");
    }
    *usage = p + (*p == ']');
    return true;
}

static bool slot_find(const char *usage, const char *name, struct slot *s)
{
    while (slot_next(&usage, s))
        if (s->is_option && streq(s->name, name))
            return true;
    return false;
}

static bool is_global(struct cli *x, const char *arg)
{
    if (streq(arg, "--json"))
        x->json = true;
    return streq(arg, "--json");
}

/* Sorts the arguments into options and words; false when the usage of the command does not have one. */
static bool arguments_read(struct cli *x, char **argv)
{
    for (; *argv != NULL; argv++) {
        const char *equals = strchr(*argv, '=');
        const char *name = equals ? arena_strndup(x->c.a, *argv, (size_t)(equals - *argv)) : *argv;
        struct slot s;

        if (is_global(x, *argv))
            continue;
        if (!has_prefix(*argv, "--")) {
            if (x->word_count == CLI_WORDS_MAX)
                return false;
            x->words[x->word_count++] = *argv;
            continue;
        }
        if (!slot_find(x->command->usage, name, &s) || x->option_count == CLI_OPTIONS_MAX
            || cli_flag(x, s.name) || (equals != NULL && !s.has_value)
            || (s.has_value && equals == NULL && argv[1] == NULL))
            return false;
        x->options[x->option_count].name = arena_strdup(x->c.a, s.name);
        x->options[x->option_count++].value = !s.has_value ? "" : equals ? equals + 1 : *++argv;
    }
    return true;
}

/* Whether all required options and words were given, and no more words than the usage allows. */
static bool arguments_fit(const struct cli *x)
{
    const char *usage = x->command->usage;
    size_t least = 0, most = 0;
    struct slot s;

    while (slot_next(&usage, &s)) {
        if (s.is_option) {
            if (!s.optional && !cli_flag(x, s.name))
                return false;
            continue;
        }
        least += !s.optional;
        most = s.many ? CLI_WORDS_MAX : most + 1;
    }
    return x->word_count >= least && x->word_count <= most;
}

const char *cli_option(const struct cli *x, const char *name)
{
    for (size_t i = 0; i < x->option_count; i++)
        if (streq(x->options[i].name, name))
            return x->options[i].value;
    return NULL;
}

bool cli_flag(const struct cli *x, const char *name)
{
    return cli_option(x, name) != NULL;
}

enum err cli_number(struct cli *x, const char *name, int64_t dflt, int64_t *out)
{
    const char *s = cli_option(x, name);

    *out = dflt;
    if (s == NULL || (parse_int(s, out) && *out >= 0))
        return OK;
    return ctx_fail(&x->c, E_INVALID, name, T_NOT_NUMBER, "0", "9999999999", NULL);
}

char *cli_read_line(struct cli *x)
{
    char line[LINE_MAX_BYTES];

    if (fgets(line, sizeof line, stdin) == NULL)
        return NULL;
    line[strcspn(line, "\r\n")] = '\0';
    return arena_strdup(x->c.a, line);
}

/* ---- printing ---- */

void cli_say(const struct cli *x, const char *fmt, ...)
{
    va_list ap;

    if (x->json)
        return;
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
}

void cli_json(struct json_object *o)
{
    puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(o);
}

static const char *field_words(struct arena *a, const struct field *f, const void *object)
{
    const char *s;
    int64_t n;

    if (field_is_text(f)) {
        s = field_text(f, object);
        return s ? s : "";
    }
    n = field_int(f, object);
    switch (f->type) {
    case F_BOOL:
        return n ? "sí" : "no";
    case F_MONEY:
        return money_text(a, n);
    case F_INSTANT:
        return n ? clock_exact(a, n) : "";
    case F_ID:
        return n ? arena_printf(a, "%lld", (long long)n) : "";
    default:
        break;
    }
    return arena_printf(a, "%lld", (long long)n);
}

static const struct field *field_named(struct fields f, const char *name, size_t n)
{
    for (size_t i = 0; i < f.count; i++)
        if (strlen(f.rows[i].name) == n && memcmp(f.rows[i].name, name, n) == 0)
            return &f.rows[i];
    abort();                     /* the columns are literals */
}

static size_t columns_read(struct fields f, const char *columns, const struct field **out)
{
    size_t n = 0;

    while (*columns != '\0' && n < COLUMNS_MAX) {
        size_t len = strcspn(columns, " ");

        out[n++] = field_named(f, columns, len);
        columns += len;
        columns += strspn(columns, " ");
    }
    return n;
}

static void print_cell(const char *s, size_t width, bool last)
{
    size_t shown = utf8_length(s);

    fputs(s, stdout);
    for (; !last && shown < width + 2; shown++)
        putchar(' ');
    if (last)
        putchar('\n');
}

static void print_table(const struct cli *x, struct fields f, const char *names, const char *rows,
                        size_t n, size_t size)
{
    const struct field *columns[COLUMNS_MAX];
    size_t count = columns_read(f, names, columns), width[COLUMNS_MAX];

    for (size_t k = 0; k < count; k++) {
        width[k] = strlen(columns[k]->name);
        for (size_t i = 0; i < n; i++) {
            size_t w = utf8_length(field_words(x->c.a, columns[k], rows + i * size));

            width[k] = w > width[k] ? w : width[k];
        }
    }
    for (size_t k = 0; k < count; k++)
        print_cell(columns[k]->name, width[k], k + 1 == count);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < count; k++)
            print_cell(field_words(x->c.a, columns[k], rows + i * size), width[k], k + 1 == count);
}

void cli_list(const struct cli *x, struct fields f, const char *columns, const void *rows, size_t n,
              size_t size)
{
    struct json_object *list;

    if (!x->json) {
        print_table(x, f, columns, rows, n, size);
        return;
    }
    list = json_object_new_array();
    for (size_t i = 0; i < n; i++)
        json_object_array_add(list, json_of(f, (const char *)rows + i * size));
    cli_json(list);
}

void cli_object(const struct cli *x, struct fields f, const void *object)
{
    if (x->json) {
        cli_json(json_of(f, object));
        return;
    }
    for (size_t i = 0; i < f.count; i++) {
        const char *s = f.rows[i].flags & F_SECRET ? "" : field_words(x->c.a, &f.rows[i], object);

        if (*s != '\0')
            printf("%-24s %s\n", f.rows[i].name, s);
    }
}

/* ---- running ---- */

static void help_print(FILE *out)
{
    fputs("paqueteria [--config ARCHIVO] ORDEN … [--json]\n\n", out);
    for (size_t t = 0; t < COUNT(tables); t++)
        for (const struct command *k = tables[t]; k->words != NULL; k++)
            fprintf(out, "  %s%s%s\n      %s\n", k->words, *k->usage ? " " : "", k->usage, k->doc);
}

/* The command with the most words that these arguments begin with; *used gets how many. */
static const struct command *command_find(char **argv, int *used)
{
    const struct command *found = NULL;

    *used = 0;
    for (size_t t = 0; t < COUNT(tables); t++)
        for (const struct command *k = tables[t]; k->words != NULL; k++) {
            const char *p = k->words;
            int n = 0;

            while (*p != '\0' && argv[n] != NULL && strlen(argv[n]) == strcspn(p, " ")
                   && has_prefix(p, argv[n])) {
                p += strlen(argv[n++]);
                p += *p == ' ';
            }
            if (*p == '\0' && n > *used) {
                found = k;
                *used = n;
            }
        }
    return found;
}

/* Opens what the command needs (configuration, database); EX_OK or the exit code. */
static int command_prepare(struct cli *x, const char *config)
{
    const char *why = NULL;

    if (x->command->needs == CLI_NOTHING)
        return EX_OK;
    x->c.conf = conf_load(x->c.a, config, &why);
    if (x->c.conf != NULL && x->command->needs == CLI_DB)
        x->c.db = db_open(x->c.conf, true, &why);
    if (x->c.conf == NULL || (x->command->needs == CLI_DB && x->c.db == NULL)) {
        fprintf(stderr, "paqueteria: %s\n", why);
        return EX_CONFIG;
    }
    x->c.hint = hint_open(x->c.conf);
    return EX_OK;
}

static int exit_code(enum err e)
{
    switch (e) {
    case OK:
        return EX_OK;
    case E_BUSY:
    case E_FULL:
    case E_THROTTLED:
        return EX_TEMPFAIL;
    case E_FORBIDDEN:
    case E_AUTH:
        return EX_NOPERM;
    case E_INTERNAL:
        return EX_SOFTWARE;
    default:
        return EX_DATAERR;
    }
}

static int command_run(struct cli *x, const char *config)
{
    int code = command_prepare(x, config);
    enum err e;

    if (code != EX_OK)
        return code;
    e = x->command->run(x);
    for (const struct fault *f = e == OK ? NULL : &x->c.fault; f != NULL; f = f->next)
        fprintf(stderr, "paqueteria: %s%s%s\n", f->field ? f->field : "", f->field ? ": " : "",
                f->err == OK ? err_name(e) : fault_sentence(x->c.a, f));
    hint_close(x->c.hint);
    db_close(x->c.db);
    if (fflush(stdout) != 0 && e == OK)
        return EX_IOERR;
    return e == OK ? x->status : exit_code(e);
}

static int usage_error(const struct command *k)
{
    if (k == NULL)
        help_print(stderr);
    else
        fprintf(stderr, "paqueteria %s %s\n    %s\n", k->words, k->usage, k->doc);
    return EX_USAGE;
}

int main(int argc, char **argv)
{
    struct cli x = { .c = { .actor = ACTOR_SYSTEM, .role = ROLE_ADMIN, .address = "", .channel = "cli" } };
    const char *config = NULL;
    int used, code;

    log_program("paqueteria");
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });    /* a core would hold secrets */
    signal(SIGPIPE, SIG_IGN);
    crypto_open();
    argv++;
    if (argc > 2 && streq(argv[0], "--config")) {
        config = argv[1];
        argv += 2;
    }
    if (argv[0] == NULL || streq(argv[0], "--help") || streq(argv[0], "help")) {
        help_print(stdout);
        return argv[0] == NULL ? EX_USAGE : EX_OK;
    }
    x.command = command_find(argv, &used);
    if (x.command == NULL)
        return usage_error(NULL);
    if (argv[used] != NULL && streq(argv[used], "--help"))
        return usage_error(x.command) == EX_USAGE ? EX_OK : EX_SOFTWARE;
    x.c.a = arena_new();
    x.c.now = clock_now();
    x.c.request_id = arena_printf(x.c.a, "cli-%d", (int)getpid());
    code = arguments_read(&x, argv + used) && arguments_fit(&x) ? command_run(&x, config)
                                                                : usage_error(x.command);
    arena_free(x.c.a);
    return code;
}
