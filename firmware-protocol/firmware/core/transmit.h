/* Frames of the board, one after the other: answers that cannot wait, Acks, telemetry, then the outbox. */
#ifndef BEAM_TRANSMIT_H
#define BEAM_TRANSMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct board;

/* Questions for the clock that can wait for the frame that is being sent. */
#define TRANSMIT_CLOCKS 4

struct clock_question {
    uint32_t token;
    uint64_t received;
};

/* All zero: nothing to send. Datagrams are made when their turn comes: only what they need until then is kept. */
struct transmit {
    /* Of the frame that is being sent. */
    size_t length;
    size_t sent;
    bool is_reliable;
    uint16_t sequence;

    /* A Welcome with session 0. */
    bool refusal;
    bool welcome;
    bool resumed;
    bool telemetry;
    struct clock_question clocks[TRANSMIT_CLOCKS];
    uint8_t num_clocks;
};

/* Nothing of an earlier session is sent any more, but the rest of a frame that has begun. */
void transmit_start(struct transmit *transmit);

/* ReadClock has come. A host that asks faster than the line answers loses answers. */
void transmit_clock(struct transmit *transmit, uint32_t token, uint64_t received);

/* Hands frames to the line for as long as it takes them. */
void transmit_run(struct board *board, uint64_t now);

#endif
