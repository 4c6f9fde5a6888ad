#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/texts.h"

Test(fault, carries_its_sentence_and_arguments)
{
    struct arena *a = arena_new();
    struct ctx c = { .a = a };

    cr_assert_eq(ctx_fail(&c, E_CONFLICT, "guide_number", T_GUIDE_ACTIVE, "A%sB", NULL),
                 E_CONFLICT);
    cr_assert_str_eq(fault_sentence(a, &c.fault),
                     "La guía A%sB ya está anunciada o recibida. Consúltela con su código.");
    cr_assert_str_eq(c.fault.field, "guide_number");
    cr_assert_eq(ctx_faults(&c), OK, "a conflict is no wrong field");
    (void)ctx_fail(&c, E_INVALID, "n", T_NOT_NUMBER, "1", NULL);
    cr_assert_str_eq(fault_sentence(a, &c.fault), "Escriba un número entre 1 y .");
    for (int e = OK; e < ERR_COUNT; e++) {
        cr_assert(err_status((enum err)e) >= 200);
        cr_assert_not(is_blank(err_name((enum err)e)));
    }
    cr_assert_str_eq(text_es(T_MANY), "Elija como máximo %s.");
    cr_assert_str_eq(text_es(NULL), "");
    arena_free(a);
}

Test(fault, one_answer_names_every_wrong_field_once)
{
    static const char *const names[] = { "a", "b", "a", "c", "d", "e", "f", "g", "h", "i", "j" };
    struct arena *a = arena_new();
    struct ctx c = { .a = a };
    size_t n = 0;

    cr_assert_eq(ctx_faults(&c), OK);
    for (size_t i = 0; i < COUNT(names); i++)
        ctx_invalid(&c, names[i], T_REQUIRED, NULL);
    cr_assert_eq(ctx_faults(&c), E_INVALID);
    for (const struct fault *f = &c.fault; f != NULL; f = f->next)
        n++;
    cr_assert_eq(n, 1 + FAULT_MORE);
    cr_assert_str_eq(c.fault.next->next->field, "c");
    arena_free(a);
}

Test(role, names_go_both_ways)
{
    cr_assert_eq(role_parse("ADMIN"), ROLE_ADMIN);
    cr_assert_eq(role_parse(role_name(ROLE_OPERADOR)), ROLE_OPERADOR);
    cr_assert_eq(role_parse("admin"), ROLE_PUBLIC);
    cr_assert_eq(role_parse(""), ROLE_PUBLIC);
    cr_assert_eq(role_parse(NULL), ROLE_PUBLIC);
}

Test(log, one_event_is_one_line_whatever_is_in_it, .init = cr_redirect_stderr)
{
    char got[1024] = "";
    FILE *f = cr_get_redirected_stderr();
    size_t n;

    log_program("prueba");
    log_info("test.line", "plain", "/a/b", "text", "a \"b\"\n\u2028\u202e\x1b\xff ñ", "none", NULL,
             "empty", "", "n", NUM(-5));
    fflush(stderr);
    n = fread(got, 1, sizeof(got) - 1, f);
    got[n] = '\0';
    cr_assert_eq(strchr(got, '\n') - got, (long)n - 1);
    cr_assert_not_null(strstr(got, " level=info program=prueba pid="), "%s", got);
    cr_assert_not_null(strstr(got, " event=test.line plain=/a/b text=\"a \\\"b\\\"\\n\\u2028"
                                   "\\u202e\\u001b\\xff ñ\" none= empty=\"\" n=-5\n"), "%s", got);
}

Test(log, a_line_that_finds_the_disk_full_kills_nobody)
{
    char path[] = "/tmp/paqueteria-log-XXXXXX";
    int status, fd = mkstemp(path);
    pid_t pid = fork();

    if (pid == 0) {
        signal(SIGXFSZ, SIG_DFL);
        log_program("prueba");
        dup2(fd, STDERR_FILENO);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 0, 0 });
        log_warn("test.full");
        _exit(7);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 7, "status %d", status);
    close(fd);
    unlink(path);
}

/* Lines of the log in f; a sanitizer may add a line of its own at the end of a process. */
static size_t lines_of(FILE *f)
{
    char line[4096];
    size_t n = 0;

    rewind(f);
    while (fgets(line, sizeof line, f) != NULL)
        n += strncmp(line, "ts=", 3) == 0;
    return n;
}

/* Makes descriptor 2 a file of its own and has info lines held back (log_batch). */
static FILE *batch_open(void)
{
    FILE *f = tmpfile();

    cr_assert_not_null(f);
    cr_assert_neq(dup2(fileno(f), STDERR_FILENO), -1);
    log_batch();
    return f;
}

Test(log, lines_that_are_held_come_in_order_and_none_is_lost)
{
    FILE *f = batch_open();
    char text[20000];
    size_t n;

    log_info("one");
    log_info("two");
    cr_expect_eq(lines_of(f), 0);
    log_warn("three");
    cr_expect_eq(lines_of(f), 3, "a warning does not wait, nor what came before it");
    for (int i = 0; i < 80; i++)
        log_info("many", "text", "a value of some length, so that these are more than a batch takes");
    cr_expect_gt(lines_of(f), 3, "what is held stays small");
    cr_expect_lt(lines_of(f), 83);
    log_flush();
    cr_expect_eq(lines_of(f), 83);
    log_info("last");
    log_flush();
    rewind(f);
    n = fread(text, 1, sizeof(text) - 1, f);
    text[n] = '\0';
    cr_expect_lt(strstr(text, "event=one"), strstr(text, "event=two"));
    cr_expect_lt(strstr(text, "event=two"), strstr(text, "event=three"));
    cr_expect_lt(strstr(text, "event=three"), strstr(text, "event=many"));
    cr_expect_not_null(strstr(text, "event=last"));
    fclose(f);
}

Test(log, a_line_waits_for_a_tenth_of_a_second_at_most)
{
    FILE *f = batch_open();
    int left;

    cr_expect_eq(log_due(), -1, "nothing waits");
    log_info("one");
    left = log_due();
    cr_expect(left > 0 && left <= 100, "%d", left);
    cr_expect_eq(lines_of(f), 0);
    usleep(120000);
    cr_expect_eq(log_due(), -1);
    cr_expect_eq(lines_of(f), 1);
    fclose(f);
}

Test(log, a_line_longer_than_a_batch_leaves_whole_and_in_its_turn)
{
    FILE *f = batch_open();
    char *text, value[2001];

    memset(value, 'x', 2000);
    value[2000] = '\0';
    log_info("short");
    log_info("long", "a", value, "b", value, "c", value, "d", value, "e", value);
    text = calloc(1, 20000);
    rewind(f);
    cr_expect_gt(fread(text, 1, 19999, f), 10000);
    cr_expect_lt(strstr(text, "event=short"), strstr(text, "event=long"));
    cr_expect_eq(text[strlen(text) - 1], '\n');
    free(text);
    fclose(f);
}

Test(log, a_line_tells_the_number_of_the_process_that_wrote_it)
{
    FILE *f = batch_open();
    char text[1000] = "";
    pid_t child = fork();

    if (child == 0) {
        log_warn("of_the_child");
        _exit(0);
    }
    waitpid(child, NULL, 0);
    log_warn("of_the_parent");
    rewind(f);
    cr_assert_gt(fread(text, 1, sizeof(text) - 1, f), 0);
    cr_expect_not_null(strstr(text, arena_printf(arena_new(), "pid=%d event=of_the_child", child)), "%s", text);
    cr_expect_not_null(strstr(text, arena_printf(arena_new(), "pid=%d event=of_the_parent", getpid())), "%s", text);
    fclose(f);
}

static void end_by_exit(void)
{
    exit(0);
}

static void end_by_fork(void)
{
    if (fork() == 0)
        _exit(0);
    wait(NULL);
    _exit(0);                    /* ends without the handlers of exit */
}

Test(log, what_waits_leaves_before_the_process_forks_aborts_or_ends)
{
    static const struct { void (*end)(void); const char *how; int sig; } ends[] = {
        { end_by_exit, "exit", 0 }, { end_by_fork, "fork", 0 }, { abort, "abort", SIGABRT },
    };

    for (size_t i = 0; i < COUNT(ends); i++) {
        FILE *f = tmpfile();
        int status = 0;

        cr_assert_not_null(f);
        if (fork() == 0) {
            dup2(fileno(f), STDERR_FILENO);
            signal(SIGABRT, SIG_DFL);    /* as in a process that is no test */
            log_batch();
            log_info("one");
            log_info("two");
            ends[i].end();
        }
        wait(&status);
        cr_expect_eq(lines_of(f), 2, "%s: %zu lines", ends[i].how, lines_of(f));
        cr_expect_eq(WIFSIGNALED(status) ? WTERMSIG(status) : 0, ends[i].sig, "%s", ends[i].how);
        fclose(f);
    }
}
