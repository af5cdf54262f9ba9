#include "transmit.h"

#include <string.h>

#include "board.h"
#include "codec.h"

void transmit_start(struct transmit *transmit)
{
    transmit->is_reliable = false;
    transmit->refusal = false;
    transmit->welcome = false;
    transmit->telemetry = false;
    transmit->num_clocks = 0;
}

void transmit_clock(struct transmit *transmit, uint32_t token, uint64_t received)
{
    if (transmit->num_clocks < TRANSMIT_CLOCKS) {
        transmit->clocks[transmit->num_clocks].token = token;
        transmit->clocks[transmit->num_clocks].received = received;
        transmit->num_clocks++;
    }
}

static void frame(struct board *board, uint8_t type, uint32_t session, uint16_t sequence, size_t length)
{
    board->transmit.length = frame_seal(&board->encoder, type, (uint16_t)session, sequence, length);
    board->transmit.sent = 0;
}

static void datagram(struct board *board, const struct msg_layout *layout, uint32_t session, const void *message)
{
    const size_t length = msg_encode(layout, message, frame_payload(&board->encoder));
    board->transmit.is_reliable = false;
    frame(board, layout->type, session, 0, length);
}

static struct msg_bytes text(const char *string)
{
    const size_t length = strlen(string);
    const struct msg_bytes bytes = { (const uint8_t *)string, (uint16_t)(length < 255 ? length : 255) };
    return bytes;
}

/* SPEC 6.1. */
static void welcome(struct board *board, uint32_t session, bool resumed)
{
    const struct msg_welcome message = {
        PROTOCOL_VERSION_MAJOR, PROTOCOL_VERSION_MINOR, session, resumed, board->boot_id, BOARD_WINDOW,
        BOARD_NUM_ELEMENTS, BOARD_PHASE_BITS, BOARD_DELAY_BITS, BOARD_AMPLITUDE_BITS, BOARD_DELAY_LSB_FS, BOARD_DELAY_RANGE_FS,
        BOARD_MEMORY_DEPTH, BOARD_QUEUE_DEPTH, BOARD_SWITCH_TIME_NS, BOARD_CLOCK_HZ, BOARD_MAX_PAYLOAD,
        text(BOARD_MODEL), text(hal_serial_number(board->hal)), text(BOARD_FIRMWARE)
    };
    datagram(board, &msg_welcome_layout, session, &message);
}

/* SPEC 6.8. */
static void clock_reading(struct board *board)
{
    struct transmit *const transmit = &board->transmit;
    const struct clock_question asked = transmit->clocks[0];
    transmit->num_clocks--;
    memmove(transmit->clocks, transmit->clocks + 1, transmit->num_clocks * sizeof transmit->clocks[0]);
    const struct msg_clock_reading message = { asked.token, asked.received, hal_ticks(board->hal) };
    datagram(board, &msg_clock_reading_layout, board->session, &message);
}

/* SPEC 6.10. */
static void telemetry(struct board *board)
{
    const unsigned flags = (board_is_muted(board) ? TELEMETRY_FLAG_MUTED : 0u)
                           | (board->slots.state != SLOTS_STOPPED ? TELEMETRY_FLAG_ARMED : 0u)
                           | (board->watchdog_muted ? TELEMETRY_FLAG_WATCHDOG_FIRED : 0u);
    const struct msg_telemetry message = { hal_temperature_centi_c(board->hal), hal_supply_mv(board->hal), board->slots.count,
                                           (uint8_t)flags, hal_ticks(board->hal) };
    datagram(board, &msg_telemetry_layout, board->session, &message);
}

static bool reliable(struct board *board, uint64_t now)
{
    uint16_t sequence;
    const struct outbox_message *const message = outbox_next(&board->outbox, now, &sequence);
    if (message == NULL) {
        return false;
    }
    memcpy(frame_payload(&board->encoder), board->outbox.bytes + message->at, message->length);
    board->transmit.is_reliable = true;
    board->transmit.sequence = sequence;
    frame(board, message->type, board->session, sequence, message->length);
    return true;
}

/* Makes the next frame; false when there is none to send now. */
static bool compose(struct board *board, uint64_t now)
{
    struct transmit *const transmit = &board->transmit;
    if (transmit->refusal) {
        transmit->refusal = false;
        welcome(board, 0, false);
    } else if (transmit->welcome) {
        transmit->welcome = false;
        welcome(board, board->session, transmit->resumed);
    } else if (transmit->num_clocks > 0) {
        /* sentTicks must not be taken before all has left; what follows would only make it wait longer. */
        if (!hal_sent_all(board->hal)) {
            return false;
        }
        clock_reading(board);
    } else if (inbox_ack_due(&board->inbox, now) <= now) {
        struct msg_ack ack;
        inbox_acknowledge(&board->inbox, &ack);
        datagram(board, &msg_ack_layout, board->session, &ack);
    } else if (transmit->telemetry) {
        transmit->telemetry = false;
        telemetry(board);
    } else {
        return reliable(board, now);
    }
    return true;
}

void transmit_run(struct board *board, uint64_t now)
{
    struct transmit *const transmit = &board->transmit;
    do {
        if (transmit->sent < transmit->length) {
            transmit->sent += hal_write(board->hal, board->encoder.wire + transmit->sent, transmit->length - transmit->sent);
            if (transmit->sent < transmit->length) {
                return;
            }
            if (transmit->is_reliable) {
                outbox_left(&board->outbox, transmit->sequence, hal_ticks(board->hal));
            }
        }
    } while (compose(board, now));
}
