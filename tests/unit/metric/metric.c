#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "metric/metric.h"
#include "metric/metric_file.h"

/* Starts a child that counts n times in a file of its own and then dies, with `crash` without ending
 * properly. */
static pid_t count_in_child(const struct conf *c, int n, bool crash)
{
    pid_t pid = fork();

    if (pid == 0) {
        metric_open(c, "prueba");
        for (int i = 0; i < n; i++) {
            metric_inc(M_HTTP_REQUESTS, "track", "/t/{token}", "GET", "200", NULL);
            metric_observe(M_HTTP_DURATION, 0.004, "track", "/t/{token}", NULL);
        }
        if (crash)
            abort();
        _exit(0);
    }
    return pid;
}

static void expect(const struct conf *c, const char *line)
{
    struct buf b = { 0 };

    metric_render(c, &b);
    cr_assert_not_null(strstr(b.data, line), "«%s» is not in\n%s", line, b.data);
    buf_free(&b);
}

static struct conf *conf_in(struct arena *a, char *dir)
{
    const char *why;
    struct conf *c = conf_parse(a, "", &why);

    cr_assert_not_null(mkdtemp(dir));
    c->run_dir = dir;
    return c;
}

Test(metric, counts_of_all_processes_survive_their_death)
{
    struct arena *a = arena_new();
    char dir[] = "/tmp/metric.XXXXXX";
    struct conf *c = conf_in(a, dir);
    pid_t pids[4];

    for (int i = 0; i < 4; i++)
        pids[i] = count_in_child(c, 1000, i % 2 == 0);
    for (int i = 0; i < 4; i++)
        waitpid(pids[i], NULL, 0);
    for (int round = 0; round < 3; round++) {
        expect(c, "\nhttp_requests_total{area=\"track\",route=\"/t/{token}\",method=\"GET\","
                  "code=\"200\"} 4000\n");
        expect(c, "\nhttp_request_duration_seconds_bucket{area=\"track\",route=\"/t/{token}\","
                  "le=\"0.0025\"} 0\n");
        expect(c, "\nhttp_request_duration_seconds_bucket{area=\"track\",route=\"/t/{token}\","
                  "le=\"0.005\"} 4000\n");
        expect(c, ",le=\"+Inf\"} 4000\n");
        expect(c, "_sum{area=\"track\",route=\"/t/{token}\"} 16.000000\n");
        if (round == 0) {
            metric_fold(c, pids[0]);
            metric_fold(c, pids[0]);
        } else {
            metric_fold(c, 0);
        }
    }
    cr_assert_neq(access(arena_printf(a, "%s/metrics/prueba.%d", dir, (int)pids[1]), F_OK), 0);
    cr_assert_eq(system(arena_printf(a, "rm -r %s", dir)), 0);
    arena_free(a);
}

Test(metric, a_living_process_is_not_folded)
{
    struct arena *a = arena_new();
    char dir[] = "/tmp/metric.XXXXXX";
    struct conf *c = conf_in(a, dir);

    metric_open(c, "vivo");
    metric_inc(M_DB_BUSY, NULL);
    metric_fold(c, 0);
    metric_inc(M_DB_BUSY, NULL);
    expect(c, "\npaqueteria_db_busy_total 2\n");
    expect(c, "\npaqueteria_login_failures_total 0\n");
    expect(c, "# HELP paqueteria_db_busy_total Writes that");
    expect(c, "# TYPE http_request_duration_seconds histogram\n");
    cr_assert_eq(system(arena_printf(a, "rm -r %s", dir)), 0);
    arena_free(a);
}

Test(metric, a_full_table_counts_as_other_and_labels_are_escaped)
{
    struct arena *a = arena_new();
    char dir[] = "/tmp/metric.XXXXXX";
    struct conf *c = conf_in(a, dir);
    struct buf b = { 0 };
    char kind[400];

    for (int i = 0; i < 1000; i++) {
        snprintf(kind, sizeof(kind), "kind\"\\\n%d", i);
        metric_inc(M_JOB_RETRIES, kind, NULL);
    }
    memset(kind, 'x', sizeof(kind) - 1);
    kind[sizeof(kind) - 1] = '\0';
    metric_add(M_JOB_RETRIES, 5, kind, NULL);
    metric_observe(M_JOB_DURATION, 100, "sms.send", NULL);
    expect(c, "paqueteria_job_retries_total{kind=\"kind\\\"\\\\\\n0\"} 1\n");
    expect(c, "paqueteria_job_duration_seconds_bucket{kind=\"other\",le=\"10\"} 0\n");
    expect(c, "paqueteria_job_duration_seconds_bucket{kind=\"other\",le=\"+Inf\"} 1\n");
    metric_render(c, &b);
    cr_assert_not_null(strstr(b.data, "paqueteria_job_retries_total{kind=\"other\"} "));
    buf_reset(&b);
    metric_gauge_head(&b, M_PACKAGES);
    metric_gauge(&b, M_PACKAGES, 3, "RECIBIDO", NULL);
    metric_gauge(&b, M_WORKER_UP, 0.5, NULL);
    cr_assert_str_eq(b.data, "# HELP paqueteria_packages Packages by state.\n"
                             "# TYPE paqueteria_packages gauge\n"
                             "paqueteria_packages{state=\"RECIBIDO\"} 3\n"
                             "paqueteria_worker_up 0.5\n");
    buf_free(&b);
    cr_assert_eq(rmdir(dir), 0);
    arena_free(a);
}

Test(metric, a_process_that_stands_still_is_late_and_one_that_gives_signs_is_not)
{
    struct arena *a = arena_new();
    char dir[] = "/tmp/metric.XXXXXX";
    struct conf *c = conf_in(a, dir);

    cr_expect_eq(metric_late(c, "vivo", (int)getpid()), 0, "a process without a file");
    metric_open(c, "vivo");
    cr_expect_eq(metric_late(c, "vivo", (int)getpid()), 0, "it has just started");
    metric_alive_still();
    cr_expect_eq(metric_late(c, "vivo", (int)getpid()), 0);
    metric_alive(-3);
    cr_expect(metric_late(c, "vivo", (int)getpid()) >= 3);
    cr_expect_eq(metric_late(c, "otro", (int)getpid()), 0);
    metric_alive_still();
    cr_expect_eq(metric_late(c, "vivo", (int)getpid()), 0);
    metric_alive(60);
    metric_alive_still();        /* a long job has asked for a minute */
    metric_alive(METRIC_ALIVE_S);
    cr_expect_eq(metric_late(c, "vivo", (int)getpid()), 0);
    cr_assert_eq(system(arena_printf(a, "rm -r %s", dir)), 0);
    arena_free(a);
}

static bool line_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    bool ok = f != NULL && fputs(text, f) >= 0;

    return f != NULL && fclose(f) == 0 && ok;
}

/* Gives this process a view of the mounts of its own, in which it may mount. */
static bool mounts_unshare(struct arena *a)
{
    char *uid = arena_printf(a, "0 %d 1\n", (int)getuid()), *gid = arena_printf(a, "0 %d 1\n", (int)getgid());

    if (unshare(CLONE_NEWNS) != 0
        && (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !line_write("/proc/self/setgroups", "deny")
            || !line_write("/proc/self/uid_map", uid) || !line_write("/proc/self/gid_map", gid)))
        return false;
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

#define CANNOT 77

/* Fills, in a child, the disk on which the metrics are, and starts as a program does.  The name of its file is
 * taken already by `left` bytes of another process. */
static int full_disk_start(struct arena *a, const struct conf *c, off_t left)
{
    const char *dir = arena_printf(a, "%s/metrics", c->run_dir);
    static const char page[4096];
    int fd;

    if (!mounts_unshare(a) || (mkdir(dir, 0700) != 0 && errno != EEXIST)
        || mount("none", dir, "tmpfs", 0, "size=64k") != 0)
        return CANNOT;
    fd = open(arena_printf(a, "%s/lleno.%d", dir, (int)getpid()), O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, left) != 0)
        return CANNOT;
    close(fd);
    fd = open(arena_printf(a, "%s/filler", dir), O_RDWR | O_CREAT, 0600);
    while (write(fd, page, sizeof page) > 0)
        ;
    metric_open(c, "lleno");
    metric_inc(M_DB_BUSY, NULL);
    for (int i = 0; i < 300; i++)
        metric_inc(M_JOB_RETRIES, arena_printf(a, "k%d", i), NULL);
    return 0;
}

Test(metric, a_program_that_starts_while_the_disk_is_full_counts_without_its_file)
{
    static const off_t left[] = { 0, 100, sizeof(struct metric_file) + METRIC_SLOTS * sizeof(struct metric_slot) };
    struct arena *a = arena_new();
    char dir[] = "/tmp/metric.XXXXXX";
    struct conf *c = conf_in(a, dir);

    for (size_t i = 0; i < COUNT(left); i++) {
        pid_t pid = fork();
        int status;

        if (pid == 0)
            _exit(full_disk_start(a, c, left[i]));
        cr_assert_eq(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT)
            cr_skip_test("needs a mount of its own");
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%zu: signal %d", i, WTERMSIG(status));
    }
    cr_assert_eq(system(arena_printf(a, "rm -r %s", dir)), 0);
    arena_free(a);
}
