#include "board.h"

#include <string.h>

#include "session.h"
#include "times.h"
#include "watch.h"

/* Bytes that are taken from the line at once, and how often in a run: other work must come to its turn. */
#define CHUNK_BYTES 64
#define CHUNKS_PER_RUN 16

void board_power_up(struct board *board, struct hal *hal)
{
    memset(board, 0, sizeof *board);
    board->hal = hal;
    board->boot_id = hal_boot_id(hal);
    board->output = HAL_OUTPUT_OFF;
    inbox_start(&board->inbox, false);
    outbox_start(&board->outbox);
}

bool board_is_muted(const struct board *board)
{
    return board->muted || board->session_muted || board->watchdog_muted;
}

void board_set_output(struct board *board)
{
    const enum hal_output wanted = board_is_muted(board)    ? HAL_OUTPUT_OFF
                                   : board->slots.latched ? HAL_OUTPUT_ON
                                                          : HAL_OUTPUT_AT_LATCH;
    if (wanted != board->output) {
        board->output = wanted;
        hal_output(board->hal, wanted);
    }
}

void board_receipt(struct board *board, const struct receipt_record *record)
{
    if (board->log.unreported == 0) {
        board->report.gathering_since = hal_ticks(board->hal);
    }
    receipt_log_append(&board->log, record);
    board->outbox.unsafe_receipts++;
}

void board_fault(struct board *board, enum fault code, uint32_t detail, uint64_t ticks)
{
    report_fault(&board->report, code, detail, ticks);
}

/* Takes what has come from the line; returns whether there may be more. */
static bool receive(struct board *board)
{
    uint8_t chunk[CHUNK_BYTES];
    for (unsigned k = 0; k < CHUNKS_PER_RUN; k++) {
        const size_t count = hal_read(board->hal, chunk, sizeof chunk);
        for (size_t i = 0; i < count; i++) {
            struct frame frame;
            if (frame_push(&board->decoder, chunk[i], &frame)) {
                session_frame(board, &frame);
                requests_run(board, false);
            }
        }
        if (count < sizeof chunk) {
            return false;
        }
    }
    return true;
}

/* What is due by `now` has been tried and waits for something else; a time after it is one to wake up at. */
static uint64_t sooner(uint64_t a, uint64_t b, uint64_t now)
{
    return b > now ? times_earlier(a, b) : a;
}

uint64_t board_run(struct board *board)
{
    const uint64_t now = hal_ticks(board->hal);
    bool more = receive(board);
    const uint64_t watch_at = watch_run(board, now);
    requests_run(board, true);
    more = more || board->requests.waits_for_turn;
    uint64_t next = sooner(slots_run(board), watch_at, now);
    report_run(board, now, false);
    next = sooner(next, report_due(board), now);
    (void)outbox_look(&board->outbox, now);
    transmit_run(board, now);
    /* Once more: what was sent now may have to be sent again. */
    next = sooner(next, outbox_look(&board->outbox, now), now);
    next = sooner(next, inbox_ack_due(&board->inbox, now), now);
    return more ? now : next;
}
