/* Reliable messages for the host: numbered, sent within its window, and again until they are acknowledged. SPEC 5.2, 5.5 to 5.7. */
#ifndef BEAM_OUTBOX_H
#define BEAM_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "messages.h"

struct outbox_message {
    /* When its last bit left, the last time it was sent. */
    uint64_t left_at;
    /* Its payload, in `bytes`. */
    uint16_t at;
    uint16_t length;
    uint8_t type;
    /* 255 stands for more. */
    uint8_t transmissions;
    /* Receipts in it that the host has not heard before. */
    uint8_t receipts;
    /* It has arrived. */
    bool safe;
    /* It is to be sent again. */
    bool due;
};

struct outbox {
    /* A ring, oldest first; the first `in_flight` have been sent. */
    struct outbox_message messages[BOARD_OUTBOX_DEPTH];
    uint8_t head;
    uint8_t count;
    uint8_t in_flight;
    /* Number of the oldest. */
    uint16_t first;
    /* Payloads, a ring in which each lies in one piece. */
    uint8_t bytes[BOARD_OUTBOX_BYTES];
    uint16_t write_at;
    /* What the host announced; 0: nobody is there. */
    uint8_t peer_window;
    /* When something new was last acknowledged. */
    uint64_t progress_at;
    /* SPEC 5.7, ticks. */
    bool measured;
    uint64_t smoothed;
    uint64_t variation;
    uint64_t timeout;
    uint8_t backoff;
    /* Receipts of this session that the host has not acknowledged, also those that are not in a message yet. SPEC 7.5. */
    uint16_t unsafe_receipts;
    /* A host has acknowledged Fault 7. SPEC 5.9. */
    bool power_up_known;
};

/* A new session. */
void outbox_start(struct outbox *outbox);

/* Where a payload of at most `length` bytes can be written that outbox_post sends; NULL when there is no room now. */
uint8_t *outbox_room(struct outbox *outbox, size_t length);

/* Sends the payload of `length` bytes that was written where outbox_room said; `receipts` of them are new. */
void outbox_post(struct outbox *outbox, uint8_t type, size_t length, uint8_t receipts);

/* An Ack has come. */
void outbox_acknowledged(struct outbox *outbox, const struct msg_ack *ack, uint64_t now);

/* The session goes on after a silence: all that is unacknowledged is sent again. SPEC 5.10. */
void outbox_resume(struct outbox *outbox);

/* Marks what must be sent again because nothing was heard of it; returns when to look again. */
uint64_t outbox_look(struct outbox *outbox, uint64_t now);

/* The message that is to be sent now and its number; NULL when there is none. It counts as sent. */
const struct outbox_message *outbox_next(struct outbox *outbox, uint64_t now, uint16_t *sequence);

/* The last bit of a message has left. */
void outbox_left(struct outbox *outbox, uint16_t sequence, uint64_t now);

#endif
