/* What the board says unasked: receipts and faults, on their way into the outbox. SPEC 6.11, 6.12. */
#ifndef BEAM_REPORT_H
#define BEAM_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "messages.h"

struct board;

/* Codes of faults that are reported from here; those of slots travel in the receipt log. */
#define REPORT_NUM_FAULTS (FAULT_POWER_UP + 1)

struct report_fault {
    bool pending;
    uint32_t detail;
    uint64_t ticks;
};

struct report {
    /* One of each code can wait for room. */
    struct report_fault faults[REPORT_NUM_FAULTS];
    /* When the oldest receipt that is in no message yet was made. */
    uint64_t gathering_since;
};

void report_fault(struct report *report, enum fault code, uint32_t detail, uint64_t ticks);

/* A new session: it hears nothing of what happened before, but can ask. */
void report_start(struct board *board);

/*
 * Puts faults, and receipts that have been gathered long enough or `all` of them, into the outbox as far as it has room.
 * Returns whether all is in.
 */
bool report_run(struct board *board, uint64_t now, bool all);

/* When receipts have been gathered long enough. */
uint64_t report_due(const struct board *board);

#endif
