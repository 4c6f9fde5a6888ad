/* Random bytes from the kernel; aborts if it has none. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define ALPHABET_CODE "23456789ABCDEFGHJKMNPQRSTUVWXYZ"   /* no 0 O 1 I L */
#define ALPHABET_BASE62 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

void random_bytes(void *p, size_t n);
uint32_t random_below(uint32_t n);           /* unbiased, 0 … n-1 */
char *random_text(struct arena *a, const char *alphabet, size_t n);

#endif
