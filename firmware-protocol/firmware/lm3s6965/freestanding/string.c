#include "string.h"

#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    while (count-- > 0) {
        *out++ = *in++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    uint8_t *const out = to;
    const uint8_t *const in = from;
    if ((uintptr_t)to <= (uintptr_t)from) {
        return memcpy(to, from, count);
    }
    while (count-- > 0) {
        out[count] = in[count];
    }
    return to;
}

void *memset(void *to, int byte, size_t count)
{
    uint8_t *out = to;
    while (count-- > 0) {
        *out++ = (uint8_t)byte;
    }
    return to;
}

size_t strlen(const char *string)
{
    const char *end = string;
    while (*end != '\0') {
        end++;
    }
    return (size_t)(end - string);
}
