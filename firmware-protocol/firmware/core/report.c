#include "report.h"

#include "board.h"
#include "codec.h"
#include "times.h"

/* SPEC 6.11. */
#define GATHER_US 2000

void report_fault(struct report *report, enum fault code, uint32_t detail, uint64_t ticks)
{
    report->faults[code].pending = true;
    report->faults[code].detail = detail;
    report->faults[code].ticks = ticks;
}

void report_start(struct board *board)
{
    for (unsigned code = 0; code < REPORT_NUM_FAULTS; code++) {
        board->report.faults[code].pending = false;
    }
    board->log.unreported = 0;
    board->log.unreported_faults = 0;
}

static bool post_fault(struct board *board, uint16_t code, uint32_t detail, uint64_t ticks)
{
    uint8_t *const payload = outbox_room(&board->outbox, msg_fault_layout.max_payload);
    if (payload == NULL) {
        return false;
    }
    const struct msg_fault fault = { code, detail, ticks };
    outbox_post(&board->outbox, MSG_FAULT, msg_encode(&msg_fault_layout, &fault, payload), 0);
    return true;
}

static bool post_faults(struct board *board)
{
    for (uint16_t code = 0; code < REPORT_NUM_FAULTS; code++) {
        struct report_fault *const fault = &board->report.faults[code];
        if (fault->pending) {
            if (!post_fault(board, code, fault->detail, fault->ticks)) {
                return false;
            }
            fault->pending = false;
        }
    }
    struct receipt_log *const log = &board->log;
    for (; log->unreported_faults > 0; log->unreported_faults--) {
        const struct receipt_record *const record = receipt_log_back(log, log->unreported_faults);
        const uint32_t detail = record->fault == FAULT_MEMORY ? record->index : record->slot;
        if (record->fault != 0 && !post_fault(board, record->fault, detail, record->ticks)) {
            return false;
        }
    }
    return true;
}

/* One message of receipts, the oldest first. */
static bool post_receipts(struct board *board)
{
    struct receipt_log *const log = &board->log;
    const uint16_t count = log->unreported < MSG_RECEIPTS_MAX_ENTRIES ? log->unreported : MSG_RECEIPTS_MAX_ENTRIES;
    const size_t length = msg_receipts_layout.max_payload - (MSG_RECEIPTS_MAX_ENTRIES - (size_t)count) * MSG_RECEIPTS_ENTRY_BYTES;
    uint8_t *const payload = outbox_room(&board->outbox, length);
    if (payload == NULL) {
        return false;
    }
    const struct msg_receipts receipts = { { NULL, count } };
    uint8_t *at = payload + msg_encode(&msg_receipts_layout, &receipts, payload);
    for (uint16_t k = 0; k < count; k++, log->unreported--) {
        const struct msg_receipts_entry entry = receipt_log_entry(receipt_log_back(log, log->unreported));
        at = msg_put_entry(&msg_receipts_layout, &entry, at);
    }
    outbox_post(&board->outbox, MSG_RECEIPTS, length, (uint8_t)count);
    return true;
}

bool report_run(struct board *board, uint64_t now, bool all)
{
    if (board->session == 0) {
        return true;
    }
    if (!post_faults(board)) {
        return false;
    }
    /* Nobody waits for company that will not come. */
    const bool due = all || board->slots.count == 0 || now >= report_due(board);
    while (board->log.unreported > 0 && (due || board->log.unreported >= MSG_RECEIPTS_MAX_ENTRIES)) {
        if (!post_receipts(board)) {
            return false;
        }
    }
    return true;
}

uint64_t report_due(const struct board *board)
{
    return board->log.unreported == 0 ? TIMES_NEVER : board->report.gathering_since + times_us(GATHER_US);
}
