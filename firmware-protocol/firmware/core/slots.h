/* Queue and slot clock: one queued codeword per slot. SPEC 6.4 to 6.6, 7.2 to 7.6. */
#ifndef BEAM_SLOTS_H
#define BEAM_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"

struct board;

struct queued_slot {
    uint32_t slot;
    uint16_t index;
};

enum slots_state { SLOTS_STOPPED, SLOTS_AWAIT_TRIGGER, SLOTS_RUN };

/* All zero: stopped, nothing queued. */
struct slots {
    /* A ring, in order of slots. */
    struct queued_slot queue[BOARD_QUEUE_DEPTH];
    uint16_t head;
    uint16_t count;
    /* So many from the head on are in the hands of hal_prepare; while the trigger is awaited, the entry of first_slot. */
    uint16_t prepared;
    enum slots_state state;
    uint32_t first_slot;
    uint32_t slot_ticks;
    uint64_t start;
    /* When entries were last queued, or the clock was last armed. Whatever the queue holds could not be latched before. */
    uint64_t ready_at;
    /* The last slot that was accepted since power-up or the last Stop, if any. */
    bool any_accepted;
    uint32_t last_accepted;
    /* A codeword has been latched since power-up or the last Stop. */
    bool latched;
};

/* Works off what has come up by now, and prepares what comes next; returns when to look again. */
uint64_t slots_run(struct board *board);

/*
 * What is about to change (output, memory, slot clock) must not reach back: works off what has come up by now, and takes
 * back from the hardware what has not been latched. slots_run goes on afterwards.
 */
void slots_hold(struct board *board);

/* Whether the hardware has been given the codeword at an index. */
bool slots_prepared(const struct slots *slots, uint16_t index);

/* Appends an entry; the caller has checked it, ran the slots before, sets ready_at and runs them after. */
void slots_queue(struct slots *slots, uint32_t slot, uint16_t index);

/* Replaces the slot clock; called between slots_hold and slots_run. */
void slots_arm(struct slots *slots, enum slots_state state, uint32_t first_slot, uint32_t slot_ticks, uint64_t start);

/* Stops the slot clock and empties the queue, between slots_hold and slots_run; returns how many entries were dropped. */
uint16_t slots_stop(struct slots *slots);

#endif
