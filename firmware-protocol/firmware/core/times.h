/* Times in ticks of the board's clock. */
#ifndef BEAM_TIMES_H
#define BEAM_TIMES_H

#include <stdint.h>

#include "config.h"

#define TIMES_NEVER UINT64_MAX

static inline uint64_t times_us(uint32_t us)
{
    return (uint64_t)us * BOARD_CLOCK_HZ / 1000000u;
}

static inline uint64_t times_ms(uint32_t ms)
{
    return (uint64_t)ms * BOARD_CLOCK_HZ / 1000u;
}

static inline uint64_t times_earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t times_later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

#endif
