#ifndef BIN_CLI_SECRETS_H
#define BIN_CLI_SECRETS_H

#include "bin/cli.h"

enum err secrets_init_run(struct cli *x), secrets_list_run(struct cli *x), secrets_export_run(struct cli *x),
    secrets_rotate_run(struct cli *x), secrets_set_run(struct cli *x);

/* Checks for doctor: whether all secrets that the product makes exist, and whether no secret's file can be read
 * by others; if not, the name of a secret that fails. */
bool secrets_complete(const struct ctx *c, const char **missing);
bool secrets_closed(const struct ctx *c, const char **open);

#endif
