/* Sandbox: a process that opens what strangers sent shuts itself in first. */
#ifndef JOBS_SANDBOX_H
#define JOBS_SANDBOX_H

#include <stdbool.h>

/* Locks this process in, with all its threads: it can compute, ask for memory, and read and write the descriptors
 * that it has; it opens no file and no connection, starts no program, and signals nobody; a system call that it
 * may not make fails with EPERM.  There is no way back.  False when the kernel refuses: then nothing is to be
 * opened. */
bool sandbox_enter(void);

#endif
