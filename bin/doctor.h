/* Doctor: what is wrong with this installation, and how to mend it. */
#ifndef BIN_DOCTOR_H
#define BIN_DOCTOR_H

#include "bin/cli.h"

/* Prints a line for each check; x->status is EX_CONFIG when something must be mended. */
enum err doctor_run(struct cli *x);

#endif
