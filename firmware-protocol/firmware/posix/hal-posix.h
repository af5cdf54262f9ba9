/* A board in a process of its own: a pseudo-terminal for its line, the machine's monotonic clock for its time. */
#ifndef BEAM_HAL_POSIX_H
#define BEAM_HAL_POSIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "hal.h"

/* What the front ends have been given ahead, as a sequencer with so many places holds it. */
struct prepared {
    /* Board time; HAL_AT_TRIGGER until the trigger comes. */
    uint64_t at;
    uint8_t settings[BOARD_CODEWORD_BYTES];
};

/* One direction of a UART: what was taken is under way until then, ns since power-up. */
struct pace {
    uint64_t free_ns;
};

struct hal {
    /* Of the pseudo-terminal. */
    int master;
    /* Held open, so that the pair lives on in raw mode while no host has it open. */
    int slave;
    uint32_t boot_id;
    const char *serial_number;

    /* Monotonic time of power-up. */
    uint64_t origin_s;
    uint64_t origin_ns;

    /* Bits per second; 0: bytes take no time. */
    uint32_t baud;
    struct pace to_host;
    struct pace to_board;
    /* The host does not read: since when, ns since power-up; 0: it does. */
    uint64_t blocked_since_ns;

    struct prepared prepared[BOARD_LATCH_AHEAD];
    size_t first_prepared;
    size_t num_prepared;

    bool edge;
    uint64_t edge_at;

    enum hal_output output;
    /* A descriptor that is told of every latch: its time, ns of CLOCK_MONOTONIC in 8 bytes, and the packed codeword; -1: none. */
    int air;
};

/* Opens the pseudo-terminal and writes its path, at most `size` bytes; false when there is none. */
bool hal_posix_open(struct hal *hal, char *path, size_t size);

/* Power-up of the circuit board: time begins at 0, nothing is prepared, another boot id. */
void hal_posix_power_up(struct hal *hal);

/* The trigger input rises now. */
void hal_posix_trigger(struct hal *hal);

/* When the loop must go on although nothing comes from outside, because of the line, ns since power-up; UINT64_MAX: never. */
uint64_t hal_posix_line_due_ns(const struct hal *hal);

/* Whether bytes of the host can be taken now. */
bool hal_posix_may_read(const struct hal *hal);

/* Time since power-up, ns. */
uint64_t hal_posix_now_ns(const struct hal *hal);

#endif
