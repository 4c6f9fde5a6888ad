/* Random: bytes, numbers and texts from the kernel's random generator; aborts if that fails. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define ALPHABET_CODE "23456789ABCDEFGHJKMNPQRSTUVWXYZ"   /* without 0 O 1 I L, which people confuse */
#define ALPHABET_BASE62 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

void random_bytes(void *p, size_t n);
uint32_t random_below(uint32_t n);           /* 0 … n-1, all equally likely */
char *random_text(struct arena *a, const char *alphabet, size_t n);

#endif
