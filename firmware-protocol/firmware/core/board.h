/*
 * A board: the firmware's whole state, and the two calls that a port makes. Nothing is static, so a process can hold
 * several; nothing is allocated. The rooms of this folder, from the ground up: bytes, real, crc32c, layout, messages, codec,
 * frame; inbox, outbox, codewords, expansion, receipt-log, slots; report, parameter-loads, requests, transmit, session, watch;
 * board.
 */
#ifndef BEAM_BOARD_H
#define BEAM_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "codewords.h"
#include "config.h"
#include "frame.h"
#include "hal.h"
#include "inbox.h"
#include "outbox.h"
#include "parameter-loads.h"
#include "receipt-log.h"
#include "report.h"
#include "requests.h"
#include "slots.h"
#include "transmit.h"

struct board {
    struct hal *hal;
    uint32_t boot_id;

    struct frame_decoder decoder;
    struct frame_encoder encoder;
    struct transmit transmit;
    struct inbox inbox;
    struct outbox outbox;
    struct requests requests;
    struct report report;

    struct codewords codewords;
    struct parameter_loads loads;
    struct slots slots;
    struct receipt_log log;

    /* 0: none since power-up. */
    uint32_t session;
    /* A good frame other than Hello has come in it. SPEC 5.9. */
    bool resumable;
    /* What mutes the output, SPEC 8.1: Mute, a new session, silence of the host. */
    bool muted;
    bool session_muted;
    bool watchdog_muted;
    enum hal_output output;

    /* SPEC 8.2; 0: no watchdog. */
    uint16_t watchdog_ms;
    uint64_t heard_at;
    uint64_t telemetry_at;
    /* Reported until it is over. */
    bool hot;
    bool low_supply;
    uint64_t malformed_reported_at;
    bool malformed_reported;

    /* Good frames that were dropped: of another session, direction or version, or malformed. */
    uint32_t dropped;
};

/* Power-up, SPEC 8.3. */
void board_power_up(struct board *board, struct hal *hal);

/*
 * Does all there is to do now; returns the board time at which there is more, TIMES_NEVER without any. To be called again
 * then, and whenever bytes have come, the line has room again or has sent all, a codeword was latched, or the trigger came.
 */
uint64_t board_run(struct board *board);

/* For the rooms below. */

bool board_is_muted(const struct board *board);

/* Switches the output as SPEC 8.1 says. */
void board_set_output(struct board *board);

/* Appends a receipt to the log; the host will hear of it. */
void board_receipt(struct board *board, const struct receipt_record *record);

/* Raises a fault other than those of slots, which their receipts carry. */
void board_fault(struct board *board, enum fault code, uint32_t detail, uint64_t ticks);

#endif
