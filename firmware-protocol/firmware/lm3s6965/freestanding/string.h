/* What the firmware uses of <string.h>, for a compiler without a C library. */
#ifndef BEAM_FREESTANDING_STRING_H
#define BEAM_FREESTANDING_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int byte, size_t count);
size_t strlen(const char *string);

#endif
