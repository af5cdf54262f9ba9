/* The last receipts, kept across sessions, and which of them the host has yet to hear. SPEC 7.5. */
#ifndef BEAM_RECEIPT_LOG_H
#define BEAM_RECEIPT_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "messages.h"

struct receipt_record {
    uint64_t hash;
    uint64_t ticks;
    uint32_t slot;
    uint16_t index;
    uint8_t status;
    /* That the host hears of it too: FAULT_LATCH_MISSED, FAULT_MEMORY, or 0. */
    uint8_t fault;
};

/* All zero: empty. */
struct receipt_log {
    /* A ring; `next` is where the next one goes. */
    struct receipt_record records[BOARD_LOG_DEPTH];
    uint16_t next;
    uint16_t count;
    /* The newest so many are in no message yet, and the faults of so many. */
    uint16_t unreported;
    uint16_t unreported_faults;
    /* Since power-up. */
    uint32_t appended;
};

/* Some of the newest records, as they were at some time: those that were appended since do not count. */
struct receipt_range {
    uint32_t appended;
    uint16_t count;
    /* Each is of a higher slot than the one before, as they are unless a Stop lies between. */
    bool rises;
};

void receipt_log_append(struct receipt_log *log, const struct receipt_record *record);

/* The record that is so many back from the next one; the newest is 1 back. */
const struct receipt_record *receipt_log_back(const struct receipt_log *log, uint16_t back);

/* The newest BOARD_LOG_PROMISED records. They stay for as long as nothing is queued. */
struct receipt_range receipt_log_range(const struct receipt_log *log);

/*
 * The newest record in a range of the lowest slot that is at least *slot, and below *slot + *count; NULL when there is
 * none. Moves *slot and *count behind it, so that calls in a row go through all slots in order.
 */
const struct receipt_record *receipt_log_next(const struct receipt_log *log, const struct receipt_range *range, uint32_t *slot,
                                              uint32_t *count);

/* The record as an entry of Receipts. */
struct msg_receipts_entry receipt_log_entry(const struct receipt_record *record);

#endif
