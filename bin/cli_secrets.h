#ifndef BIN_CLI_SECRETS_H
#define BIN_CLI_SECRETS_H

#include "bin/cli.h"

enum err secrets_init_run(struct cli *x), secrets_list_run(struct cli *x), secrets_export_run(struct cli *x),
    secrets_rotate_run(struct cli *x), secrets_set_run(struct cli *x);

/* Checks for doctor: all secrets that the product makes are there; no file of one can be read by others. */
bool secrets_complete(const struct ctx *c, const char **missing);
bool secrets_closed(const struct ctx *c, const char **open);

#endif
