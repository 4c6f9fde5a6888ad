/* Functions that the fuzz targets share. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input as a text in a block of exactly its size, so that reading past it is seen.  A byte 0 in it ends the
 * text early.  The caller frees it. */
char *fuzz_text(const uint8_t *data, size_t size);

/* A database, secrets and a context of an operator, made at the first call; they are removed when the program
 * ends. */
struct fixture *fuzz_fixture(void);

#endif
