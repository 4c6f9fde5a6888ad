/* Printer: how much of the data a silent printer took, as far as one can know. */
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "base/clock.h"
#include "send/printer.h"

#define BYTES 400000
#define PATIENCE 1

/* If true, the ioctl below, which stands in for libc's, does not tell how much is still on its way. */
static bool unknowable;

int ioctl(int fd, unsigned long what, ...)
{
    va_list ap;
    void *arg;

    va_start(ap, what);
    arg = va_arg(ap, void *);
    va_end(ap);
    return unknowable && what == SIOCOUTQ ? -1 : (int)syscall(SYS_ioctl, fd, what, arg);
}

/* A printer that takes `most` bytes, `each` at a time with a pause (µs) between them, and then hangs up. */
struct printer { size_t most, each; useconds_t pause; };

static void be_printer(int listening, struct printer p)
{
    static char bytes[BYTES];
    int fd = accept(listening, NULL, NULL);
    size_t taken = 0;
    ssize_t n = 1;

    while (taken < p.most && (n = recv(fd, bytes, p.each, 0)) > 0) {
        taken += (size_t)n;
        usleep(p.pause);
    }
    usleep(p.pause);
    _exit(0);
}

static int listening_small(char address[32])
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0), small = 4096;

    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    cr_assert_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    cr_assert_eq(listen(fd, 1), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    snprintf(address, 32, "127.0.0.1:%d", ntohs(at.sin_port));
    return fd;
}

static struct send_result print_on(struct printer p, double *took)
{
    static const char bytes[BYTES];
    struct send_result r;
    char address[32];
    int fd = listening_small(address);
    pid_t pid = fork();

    if (pid == 0)
        be_printer(fd, p);
    close(fd);
    *took = clock_mono();
    r = printer_send(address, bytes, sizeof bytes, PATIENCE);
    *took = clock_mono() - *took;
    waitpid(pid, NULL, 0);
    return r;
}

Test(printer, that_is_slow_gets_all_of_it)
{
    double took;

    cr_expect_eq(print_on((struct printer){ BYTES, BYTES / 8, 400000 }, &took).sent, SENT_YES);
    cr_expect_gt(took, 2.0 * PATIENCE, "it takes longer than it may stand still: %f", took);
}

Test(printer, that_goes_away_has_not_taken_what_was_on_the_way)
{
    double took;

    cr_expect_eq(print_on((struct printer){ 1000, 1000, 300000 }, &took).sent, SENT_NO);
}

Test(printer, that_nobody_can_ask_for_has_not_taken_it)
{
    double took;

    unknowable = true;
    cr_expect_eq(print_on((struct printer){ BYTES, BYTES, 0 }, &took).sent, SENT_NO);
}

Test(printer, that_stands_still_is_not_waited_for)
{
    double took;
    struct send_result r = print_on((struct printer){ 1000, 1000, 3000000 }, &took);

    cr_expect_eq(r.sent, SENT_NO);
    cr_expect(r.provider_failed);
    cr_expect_lt(took, 2.9, "%f", took);
}

Test(printer, that_is_not_there_is_no)
{
    cr_expect_eq(printer_send("127.0.0.1:1", "x", 1, PATIENCE).sent, SENT_NO);
    cr_expect_eq(printer_send("", "x", 1, PATIENCE).sent, SENT_NO);
}
