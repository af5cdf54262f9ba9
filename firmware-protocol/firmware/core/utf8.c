#include "utf8.h"

/* Bytes that follow a first byte, and the range of the first of them; the others are 0x80..0xBF. */
static bool shape(uint8_t first, size_t *follow, uint8_t *low, uint8_t *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (first < 0x80) {
        *follow = 0;
    } else if (first >= 0xC2 && first <= 0xDF) {
        *follow = 1;
    } else if (first >= 0xE0 && first <= 0xEF) {
        *follow = 2;
        /* No longer than need be, and no surrogates. */
        *low = first == 0xE0 ? 0xA0 : 0x80;
        *high = first == 0xED ? 0x9F : 0xBF;
    } else if (first >= 0xF0 && first <= 0xF4) {
        *follow = 3;
        /* No longer than need be, and nothing beyond U+10FFFF. */
        *low = first == 0xF0 ? 0x90 : 0x80;
        *high = first == 0xF4 ? 0x8F : 0xBF;
    } else {
        return false;
    }
    return true;
}

bool utf8_is_well_formed(const uint8_t *bytes, size_t count)
{
    size_t i = 0;
    while (i < count) {
        size_t follow;
        uint8_t low;
        uint8_t high;
        if (!shape(bytes[i], &follow, &low, &high) || follow > count - i - 1) {
            return false;
        }
        i++;
        for (; follow > 0; follow--, i++) {
            if (bytes[i] < low || bytes[i] > high) {
                return false;
            }
            low = 0x80;
            high = 0xBF;
        }
    }
    return true;
}
