/*
 * A board inside another program, which tells it the time: a shared library, for simulators and tests. Line, front ends and
 * clock are as that program says; nothing here waits.
 */
#ifndef BEAM_LIBRARY_H
#define BEAM_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

struct library_board;

/* A board whose power goes up; NULL without memory. */
struct library_board *library_create(uint32_t boot_id);
void library_destroy(struct library_board *of);

/* Power is lost and comes back: board time begins at 0. */
void library_power_up(struct library_board *of, uint32_t boot_id);

/* The trigger input rises, at the time of the last run. */
void library_trigger(struct library_board *of);

/* Whether the front ends stick: they latch nothing. */
void library_stick(struct library_board *of, int sticks);

/* Runs the board at a board time that is not before the last, with bytes of the host; returns when it must run again. */
uint64_t library_run(struct library_board *of, uint64_t now, const uint8_t *received, size_t count);

/* Takes bytes for the host, at most `most`; returns how many. The line takes no more than 64 KiB that are not taken. */
size_t library_sent(struct library_board *of, uint8_t *bytes, size_t most);

/* Of every million codewords that the front ends are given, so many are not latched; which ones hangs on the seed. */
void library_miss(struct library_board *of, uint32_t per_million, uint32_t seed);

/* A latch: when, in which slot, and when that ends; board time. */
struct library_latch {
    uint64_t ticks;
    uint64_t until;
    uint32_t slot;
};

/* The oldest latch that nobody has heard of yet, and its packed settings, library_codeword_bytes of them; 0: none. */
int library_heard(struct library_board *of, struct library_latch *latch, uint8_t *settings);
uint32_t library_codeword_bytes(void);

uint32_t library_clock_hz(void);

#endif
