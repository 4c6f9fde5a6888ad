/* One flush of the log serves all who committed before it. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"

struct place { char path[64]; struct turn a, b; };

static void turn_of(const char *path, struct turn *t)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0);
    cr_assert(turn_open(t, fd));
}

static void place_open(struct place *p)
{
    int fd;

    snprintf(p->path, sizeof p->path, "/tmp/turn-test-XXXXXX");
    fd = mkstemp(p->path);
    cr_assert_geq(fd, 0);
    close(fd);
    turn_of(p->path, &p->a);
    turn_of(p->path, &p->b);
}

static void place_close(struct place *p)
{
    turn_close(&p->a);
    turn_close(&p->b);
    close(p->a.fd);
    close(p->b.fd);
    unlink(p->path);
}

Test(turn, who_committed_before_a_flush_began_need_not_flush)
{
    struct place p;
    uint64_t first, second, third, upto = 0;

    place_open(&p);
    first = turn_number(&p.a);
    second = turn_number(&p.b);
    cr_assert(turn_take(&p.a, first, &upto));
    third = turn_number(&p.b);
    turn_give(&p.a, upto);
    cr_expect_not(turn_take(&p.b, second, &upto), "it was in the log");
    cr_expect(turn_take(&p.b, third, &upto), "it came too late");
    turn_give(&p.b, upto);
    cr_expect_not(turn_take(&p.a, third, &upto));
    place_close(&p);
}

Test(turn, a_flush_that_failed_serves_nobody)
{
    struct place p;
    uint64_t first, second, upto = 0;

    place_open(&p);
    first = turn_number(&p.a);
    second = turn_number(&p.b);
    cr_assert(turn_take(&p.a, first, &upto));
    turn_give(&p.a, 0);
    cr_expect(turn_take(&p.b, second, &upto));
    turn_give(&p.b, upto);
    place_close(&p);
}

/* What a power cut leaves of the file is how it once was. */
Test(turn, numbers_of_before_a_power_cut_never_pass_for_a_flush)
{
    struct place p;
    uint64_t upto = 0;
    char before[16];

    place_open(&p);
    for (int i = 0; i < 3; i++) {
        uint64_t number = turn_number(&p.a);

        cr_assert(turn_take(&p.a, number, &upto));
        turn_give(&p.a, upto);
        if (i == 1)
            cr_assert_eq(pread(p.a.fd, before, sizeof before, 0), (ssize_t)sizeof before);
    }
    cr_assert_eq(pwrite(p.a.fd, before, sizeof before, 0), (ssize_t)sizeof before);
    cr_expect(turn_take(&p.b, turn_number(&p.b), &upto));
    turn_give(&p.b, upto);
    place_close(&p);
}

Test(turn, who_dies_in_it_leaves_it_to_the_next)
{
    struct place p;
    uint64_t number, upto = 0;
    pid_t pid;

    place_open(&p);
    number = turn_number(&p.a);
    pid = fork();
    if (pid == 0) {
        struct turn own;

        turn_of(p.path, &own);
        _exit(turn_take(&own, number, &upto) ? 0 : 1);
    }
    cr_assert_eq(waitpid(pid, &(int){ 0 }, 0), pid);
    alarm(10);
    cr_expect(turn_take(&p.b, number, &upto), "nobody has flushed");
    turn_give(&p.b, upto);
    place_close(&p);
}
