#include "jobs/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stddef.h>
#include <sys/prctl.h>

#include <seccomp.h>

#include "base/util.h"

/* System calls that decoding needs, allowed whatever their arguments: none of them names a file, an address or
 * another process. */
static const int allowed[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(lseek),
    SCMP_SYS(fstat), SCMP_SYS(close), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect),
    SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(rseq), SCMP_SYS(set_robust_list),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(getrandom),
    SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/* System calls that are allowed with one value of one argument only, under a mask. */
static const struct { int call; unsigned argument; uint64_t mask, value; } limited[] = {
    { SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD },              /* a thread, and no process */
    { SCMP_SYS(newfstatat), 3, ~(uint64_t)0, AT_EMPTY_PATH },        /* fstat, as the library of C calls it */
    { SCMP_SYS(prlimit64), 2, ~(uint64_t)0, 0 },                     /* limits are read, not set */
    { SCMP_SYS(prctl), 0, ~(uint64_t)0, PR_SET_NAME },               /* threads have names */
};

static bool rules_add(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < COUNT(allowed); i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) != 0)
            return false;
    for (size_t i = 0; i < COUNT(limited); i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, limited[i].call, 1,
                             SCMP_CMP64(limited[i].argument, SCMP_CMP_MASKED_EQ, limited[i].mask, limited[i].value)) != 0)
            return false;
    /* The arguments of clone3 cannot be seen; without it the library of C makes threads by clone. */
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

bool sandbox_enter(void)
{
    scmp_filter_ctx filter;
    bool in;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return false;
    filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return false;
    /* TSYNC binds all threads, also those that libraries have started already. */
    in = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 && rules_add(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return in;
}
