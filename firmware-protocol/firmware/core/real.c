#include "real.h"

#include <stdint.h>

#define FRACTION_BITS 52
#define EXPONENT_MASK 0x7FFu
#define EXPONENT_OF_1 1023
#define FRACTION_MASK ((UINT64_C(1) << FRACTION_BITS) - 1)

/* Read as what it was not written as: C99 (6.5.2.3) has it so. */
union real {
    double x;
    uint64_t bits;
};

static uint64_t bits_of(double x)
{
    const union real real = { .x = x };
    return real.bits;
}

static double of_bits(uint64_t bits)
{
    const union real real = { .bits = bits };
    return real.x;
}

static int exponent_of(uint64_t bits)
{
    return (int)(bits >> FRACTION_BITS & EXPONENT_MASK);
}

bool real_is_finite(double x)
{
    return exponent_of(bits_of(x)) != EXPONENT_MASK;
}

static double floor_of(double x)
{
    const uint64_t bits = bits_of(x);
    const int exponent = exponent_of(bits) - EXPONENT_OF_1;
    if (exponent >= FRACTION_BITS) {
        return x;
    }
    const double towards_0 = exponent < 0 ? 0.0 : of_bits(bits & ~(FRACTION_MASK >> exponent));
    return towards_0 > x ? towards_0 - 1.0 : towards_0;
}

double real_nearest(double x)
{
    const double below = floor_of(x);
    /* Where this rounds, it does not cross a half. */
    return x - below >= 0.5 ? below + 1.0 : below;
}

double real_ceil(double x)
{
    return -floor_of(-x);
}

double real_sqrt(double x)
{
    const uint64_t bits = bits_of(x);
    int exponent = exponent_of(bits);
    uint64_t fraction = bits & FRACTION_MASK;
    if (exponent == EXPONENT_MASK || x <= 0.0) {
        return x;
    }
    if (exponent == 0) {
        exponent = 1;
        while (fraction >> FRACTION_BITS == 0) {
            fraction <<= 1;
            exponent--;
        }
    } else {
        fraction |= UINT64_C(1) << FRACTION_BITS;
    }
    /* x = fraction * 2^(exponent - 52), the exponent even. */
    exponent -= EXPONENT_OF_1;
    if (exponent % 2 != 0) {
        fraction <<= 1;
        exponent--;
    }
    /* The root of fraction * 2^52, of 53 bits, two bits of that number at a time; `rest` is what the square is less than it. */
    uint64_t root = 0;
    uint64_t rest = 0;
    for (int shift = FRACTION_BITS; shift >= -FRACTION_BITS; shift -= 2) {
        rest = rest << 2 | (shift >= 0 ? fraction >> shift & 3u : 0u);
        const uint64_t trial = root << 2 | 1u;
        root <<= 1;
        if (rest >= trial) {
            rest -= trial;
            root |= 1u;
        }
    }
    /* Above half way to the next; a root is never half way. */
    root += rest > root;
    /* The first bit of the root is the one that is not written: it counts for the exponent. */
    return of_bits(((uint64_t)(exponent / 2 + EXPONENT_OF_1 - 1) << FRACTION_BITS) + root);
}
