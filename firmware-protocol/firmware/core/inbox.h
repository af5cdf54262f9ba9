/* Reliable messages of the host: in order, each once, until they are carried out. SPEC 5.2 to 5.4. */
#ifndef BEAM_INBOX_H
#define BEAM_INBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "frame.h"

struct inbox_message {
    uint16_t sequence;
    uint16_t length;
    uint8_t type;
    uint8_t payload[BOARD_MAX_PAYLOAD];
};

/* One that an ended session left, and that must be completed (SPEC 5.9); then as many as the window: SPEC 5.3. */
#define INBOX_WAITING (BOARD_WINDOW + BOARD_EXPANSION)
/* A window of frames out of order, and those that wait to be carried out. */
#define INBOX_POOL (BOARD_WINDOW + INBOX_WAITING)

struct inbox {
    struct inbox_message pool[INBOX_POOL];
    /* Places of the pool that are free. */
    uint8_t unused[INBOX_POOL];
    uint8_t num_unused;
    /* Of the next frame to deliver. */
    uint16_t next;
    /* Frames that came before their turn, as place + 1; that of number next + d stands at (base + d) mod BOARD_WINDOW. */
    uint8_t kept[BOARD_WINDOW];
    uint8_t base;
    uint8_t num_kept;
    /* Delivered ones in order, as places of the pool. */
    uint8_t waiting[INBOX_WAITING];
    uint8_t first_waiting;
    uint8_t num_waiting;
    /* The first of them is of an ended session. */
    bool holds_old;
    /* Delivered since the last Ack. */
    uint8_t unacknowledged;
    bool ack_at_once;
    /* When an Ack is due for what is unacknowledged. */
    uint64_t ack_at;
};

/* A new session. Nothing stays of the old one; or nothing but the oldest message that waits. */
void inbox_start(struct inbox *inbox, bool keeps_first);

/* A reliable frame has come. */
void inbox_receive(struct inbox *inbox, const struct frame *frame, uint64_t now);

/* The oldest message that waits to be carried out; NULL when there is none. */
const struct inbox_message *inbox_first(const struct inbox *inbox);

/* The oldest message has been carried out. */
void inbox_done(struct inbox *inbox, uint64_t now);

/* When an Ack must be sent; UINT64_MAX when none is due. */
uint64_t inbox_ack_due(const struct inbox *inbox, uint64_t now);

/* Fills in an Ack that is about to be sent. */
void inbox_acknowledge(struct inbox *inbox, struct msg_ack *ack);

#endif
