#include "session.h"

#include "board.h"
#include "bytes.h"
#include "codec.h"
#include "times.h"

/* Bit 7 of the type marks what a board sends. SPEC 3.7. */
#define FROM_BOARD 0x80u
/* Up to the version bytes, which stand there in every version. SPEC 10.1. */
#define HELLO_VERSION_BYTES 6
#define HELLO_MAJOR_AT 4
#define MALFORMED_PERIOD_MS 1000
#define TELEMETRY_PERIOD_MS 1000

/* SPEC 8.2: the first good frame lifts the watchdog's mute. */
static void heard(struct board *board, uint64_t now)
{
    board->heard_at = now;
    if (board->watchdog_muted) {
        board->watchdog_muted = false;
        (void)slots_run(board);
    }
}

/* SPEC 5.9, case 6. */
static void start(struct board *board, uint32_t session, uint64_t now)
{
    if (board->slots.state != SLOTS_STOPPED) {
        slots_hold(board);
        board->session_muted = true;
        (void)slots_run(board);
    }
    board->session = session;
    board->resumable = false;
    codewords_end_load(&board->codewords);
    inbox_start(&board->inbox, requests_start(&board->requests));
    outbox_start(&board->outbox);
    report_start(board);
    transmit_start(&board->transmit);
    board->telemetry_at = now + times_ms(TELEMETRY_PERIOD_MS);
    if (!board->outbox.power_up_known) {
        board_fault(board, FAULT_POWER_UP, 0, now);
        /* Before anything else that is reliable. */
        (void)report_run(board, now, false);
    }
}

static void hello(struct board *board, const struct frame *frame, uint64_t now)
{
    struct msg_hello hello;
    if (frame->length < HELLO_VERSION_BYTES || get_u32(frame->payload) != HELLO_MAGIC) {
        board->dropped++;
        return;
    }
    if (frame->payload[HELLO_MAJOR_AT] != PROTOCOL_VERSION_MAJOR) {
        board->transmit.refusal = true;
        return;
    }
    if (msg_decode(&msg_hello_layout, frame->payload, frame->length, &hello) != MSG_OK) {
        board->dropped++;
        return;
    }
    const bool is_new = hello.session != board->session;
    const bool resumed = !is_new && board->resumable;
    if (is_new) {
        start(board, hello.session, now);
    }
    board->outbox.peer_window = hello.window;
    board->watchdog_ms = hello.watchdog_ms;
    heard(board, now);
    board->transmit.welcome = true;
    board->transmit.resumed = resumed;
    if (resumed) {
        board->inbox.ack_at_once = true;
        outbox_resume(&board->outbox);
    }
}

/* SPEC 9.2: at most once a second. */
static void malformed(struct board *board, uint8_t type, uint64_t now)
{
    board->dropped++;
    if (!board->malformed_reported || now - board->malformed_reported_at >= times_ms(MALFORMED_PERIOD_MS)) {
        board->malformed_reported = true;
        board->malformed_reported_at = now;
        board_fault(board, FAULT_MALFORMED_MESSAGE, type, now);
    }
}

static void datagram(struct board *board, const struct frame *frame, uint64_t now)
{
    const struct msg_layout *const layout = msg_layout_of(frame->type);
    union msg_any message;
    if (layout == NULL) {
        board->dropped++;
        return;
    }
    if (msg_decode(layout, frame->payload, frame->length, &message) != MSG_OK) {
        malformed(board, frame->type, now);
        return;
    }
    switch (frame->type) {
    case MSG_ACK:
        outbox_acknowledged(&board->outbox, &message.ack, now);
        break;
    case MSG_READ_CLOCK:
        transmit_clock(&board->transmit, message.read_clock.token, now);
        break;
    case MSG_READ_TELEMETRY:
        board->transmit.telemetry = true;
        break;
    default:
        break;
    }
}

void session_frame(struct board *board, const struct frame *frame)
{
    if (frame->type >= FROM_BOARD) {
        board->dropped++;
        return;
    }
    const uint64_t now = hal_ticks(board->hal);
    /* Slots that came up before this frame are judged by what was known before it. */
    (void)slots_run(board);
    if (frame->type == MSG_HELLO) {
        hello(board, frame, now);
        return;
    }
    if (board->session == 0 || frame->session != (uint16_t)board->session) {
        board->dropped++;
        return;
    }
    board->resumable = true;
    heard(board, now);
    if (msg_is_reliable(frame->type)) {
        inbox_receive(&board->inbox, frame, now);
    } else {
        datagram(board, frame, now);
    }
}
