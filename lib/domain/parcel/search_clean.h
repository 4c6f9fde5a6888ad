/* Search clean: the indexes of names (docs/search.md) keep the words of a deleted row until their segments are merged.
 * Whoever erases a person asks that this be done soon. */
#ifndef DOMAIN_SEARCH_CLEAN_H
#define DOMAIN_SEARCH_CLEAN_H

#include "base/ctx.h"

/* Inside a db_write: a job cleans the indexes of words that no row has any more, and the store's log of what was
 * deleted; nothing if one waits already. */
enum err search_clean_ask_tx(struct ctx *c) MUST_CHECK;

#endif
