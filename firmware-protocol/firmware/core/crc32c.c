#include "crc32c.h"

/* The polynomial 0x1EDC6F41, its bits in the other order: the first bit on the line is the least significant. */
#define REFLECTED_POLYNOMIAL UINT32_C(0x82F63B78)

/* One bit of the remainder of what is shifted out. */
#define STEP(r) (((r) >> 1) ^ (((r) & 1u) ? REFLECTED_POLYNOMIAL : 0u))
#define NIBBLE(n) STEP(STEP(STEP(STEP(UINT32_C(n)))))

/* Half a byte at a time: 64 bytes of table instead of 1024, for two steps a byte. */
static const uint32_t table[16] = {
    NIBBLE(0), NIBBLE(1), NIBBLE(2), NIBBLE(3), NIBBLE(4), NIBBLE(5), NIBBLE(6), NIBBLE(7),
    NIBBLE(8), NIBBLE(9), NIBBLE(10), NIBBLE(11), NIBBLE(12), NIBBLE(13), NIBBLE(14), NIBBLE(15)
};

uint32_t crc32c(const uint8_t *bytes, size_t count)
{
    uint32_t remainder = UINT32_C(0xFFFFFFFF);
    for (size_t i = 0; i < count; i++) {
        remainder ^= bytes[i];
        remainder = (remainder >> 4) ^ table[remainder & 0xFu];
        remainder = (remainder >> 4) ^ table[remainder & 0xFu];
    }
    return ~remainder;
}
