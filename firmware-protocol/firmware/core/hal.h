/*
 * What the firmware asks of its circuit board. A port defines `struct hal` and these functions; nothing else in this
 * folder touches hardware. All are called from the one loop that calls board_run, never from an interrupt, and return at
 * once: interrupts belong to the port.
 */
#ifndef BEAM_HAL_H
#define BEAM_HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The port's own; one for each board. */
struct hal;

/* Bytes of the host that have come, at most `most`; returns how many. */
size_t hal_read(struct hal *hal, uint8_t *bytes, size_t most);

/* Hands bytes for the host to the line; returns how many it had room for. When not all: board_run is called again once there is room. */
size_t hal_write(struct hal *hal, const uint8_t *bytes, size_t count);

/* Whether the last bit of all that hal_write took has left (SPEC 6.8). When not: board_run is called again once it has. */
bool hal_sent_all(struct hal *hal);

/* Board time, SPEC 2.3: ticks of BOARD_CLOCK_HZ since power-up. Never goes back. */
uint64_t hal_ticks(struct hal *hal);

/* Another value after every power-up (SPEC 8.3): a counter in non-volatile memory, or a random number. */
uint32_t hal_boot_id(struct hal *hal);

/* Unique per board of a model; at most 255 bytes of UTF-8. */
const char *hal_serial_number(struct hal *hal);

/* As `at` of hal_prepare: at the next active edge of the trigger input. */
#define HAL_AT_TRIGGER UINT64_MAX

/*
 * The next codeword, and when it is to be latched. The port moves the packed settings (SPEC 4.1) towards the front ends
 * before it returns, and has them latched at board time `at` by a timer that pulses the latch line: no code need run
 * then. A time that is past: at once. Called up to BOARD_LATCH_AHEAD times ahead of latches, in their order.
 */
void hal_prepare(struct hal *hal, const uint8_t *settings, uint64_t at);

/* Whether the oldest prepared codeword has been latched; says so once, and when it was. */
bool hal_latched(struct hal *hal, uint64_t *ticks);

/* Takes back all that is prepared and not latched. What has been latched meanwhile is still told by hal_latched. */
void hal_withdraw(struct hal *hal);

/* Whether there was an active edge at the trigger input; says so once, and when. Never where BOARD_HAS_TRIGGER is 0. */
bool hal_triggered(struct hal *hal, uint64_t *ticks);

enum hal_output {
    /* Off, at once. */
    HAL_OUTPUT_OFF,
    /* Off until the next latch switches it on. */
    HAL_OUTPUT_AT_LATCH,
    /* On, with what was latched last. */
    HAL_OUTPUT_ON
};

/* The output, SPEC 8.1. Off at power-up. */
void hal_output(struct hal *hal, enum hal_output output);

int16_t hal_temperature_centi_c(struct hal *hal);
uint16_t hal_supply_mv(struct hal *hal);

/* Nominal delay of a fixed line at an element, SPEC 6.14. Not called where BOARD_NUM_LINES is 0. */
uint32_t hal_line_delay_fs(struct hal *hal, uint16_t line, uint16_t element);

#endif
