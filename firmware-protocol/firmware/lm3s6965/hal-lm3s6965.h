/* The board's hardware on an LM3S6965 evaluation board. */
#ifndef BEAM_HAL_LM3S6965_H
#define BEAM_HAL_LM3S6965_H

#include <stdbool.h>
#include <stdint.h>

#include "hal.h"

/* Its one instance. */
struct hal *hal_lm3s6965_start(void);

/* Sleeps until board time `until`, or until an interrupt brought something to do. */
void hal_lm3s6965_sleep(struct hal *hal, uint64_t until);

#endif
