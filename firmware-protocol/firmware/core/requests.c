#include "requests.h"

#include "board.h"
#include "codec.h"
#include "times.h"

bool requests_start(struct requests *requests)
{
    requests->begun = requests->begun && requests->is_long;
    requests->orphaned = requests->begun;
    return requests->orphaned;
}

void requests_begin_long(struct requests *requests)
{
    requests->begun = true;
    requests->is_long = true;
}

bool requests_take_turn(struct requests *requests)
{
    const bool turn = requests->turn;
    requests->turn = false;
    requests->waits_for_turn = !turn;
    return turn;
}

bool requests_respond(struct board *board, const struct msg_layout *layout, const void *answer)
{
    if (board->requests.orphaned) {
        return true;
    }
    uint8_t *const payload = outbox_room(&board->outbox, layout->max_payload);
    if (payload == NULL) {
        return false;
    }
    outbox_post(&board->outbox, layout->type, msg_encode(layout, answer, payload), 0);
    return true;
}

/* SPEC 6.2. */
static bool load_codeword(struct board *board, const union msg_any *request, uint16_t sequence)
{
    const struct msg_load_codeword *const chunk = &request->load_codeword;
    if (slots_prepared(&board->slots, chunk->index)) {
        slots_hold(board);
    }
    const enum status status = codewords_load(&board->codewords, chunk);
    (void)slots_run(board);
    const struct msg_load_codeword_result answer = { sequence, (uint8_t)status, chunk->index, chunk->hash };
    return requests_respond(board, &msg_load_codeword_result_layout, &answer);
}

/* SPEC 6.3. */
static bool query_memory(struct board *board, const union msg_any *request, uint16_t sequence)
{
    const struct msg_query_memory *const asked = &request->query_memory;
    const bool beyond = (uint32_t)asked->first_index + asked->count > BOARD_MEMORY_DEPTH;
    const uint16_t count = beyond ? 0 : asked->count;
    const struct msg_memory_contents answer = {
        sequence, beyond ? STATUS_BAD_INDEX : STATUS_OK, asked->first_index, { NULL, count }
    };
    uint8_t *const payload = outbox_room(&board->outbox, msg_memory_contents_layout.max_payload);
    uint8_t *at = payload + msg_encode(&msg_memory_contents_layout, &answer, payload);
    for (uint16_t k = 0; k < count; k++) {
        const uint16_t index = (uint16_t)(asked->first_index + k);
        const struct msg_memory_contents_entry entry = { codewords_at(&board->codewords, index) != NULL,
                                                         codewords_hash(&board->codewords, index) };
        at = msg_put_entry(&msg_memory_contents_layout, &entry, at);
    }
    outbox_post(&board->outbox, MSG_MEMORY_CONTENTS, (size_t)(at - payload), 0);
    return true;
}

static struct msg_queue_slots_entry queue_entry(const struct msg_queue_slots *asked, uint16_t k)
{
    struct msg_queue_slots_entry entry;
    msg_entry(&msg_queue_slots_layout, &asked->entries, k, &entry);
    return entry;
}

/* SPEC 6.4: the first that applies. */
static enum status queue_status(const struct board *board, const struct msg_queue_slots *asked)
{
    const uint16_t count = asked->entries.count;
    bool any = board->slots.any_accepted;
    uint32_t last = board->slots.last_accepted;
    for (uint16_t k = 0; k < count; k++) {
        const uint32_t slot = queue_entry(asked, k).slot;
        if (any && slot <= last) {
            return STATUS_SLOT_ORDER;
        }
        any = true;
        last = slot;
    }
    for (uint16_t k = 0; k < count; k++) {
        if (queue_entry(asked, k).index >= BOARD_MEMORY_DEPTH) {
            return STATUS_BAD_INDEX;
        }
    }
    for (uint16_t k = 0; k < count; k++) {
        if (codewords_at(&board->codewords, queue_entry(asked, k).index) == NULL) {
            return STATUS_NOT_LOADED;
        }
    }
    const uint32_t queued = (uint32_t)board->slots.count + count;
    if (queued > BOARD_QUEUE_DEPTH) {
        return STATUS_QUEUE_FULL;
    }
    /* No receipt may be pushed out of the log before the host has it: SPEC 7.5. */
    if (count > 0 && queued + board->outbox.unsafe_receipts > BOARD_LOG_PROMISED) {
        return STATUS_QUEUE_FULL;
    }
    return STATUS_OK;
}

static bool queue_slots(struct board *board, const union msg_any *request, uint16_t sequence)
{
    const struct msg_queue_slots *const asked = &request->queue_slots;
    const uint64_t now = hal_ticks(board->hal);
    (void)slots_run(board);
    const enum status status = queue_status(board, asked);
    const uint16_t accepted = status == STATUS_OK ? asked->entries.count : 0;
    const struct msg_queue_slots_result answer = { sequence, (uint8_t)status, accepted,
                                                   (uint16_t)(BOARD_QUEUE_DEPTH - board->slots.count - accepted) };
    /* Answered before slots that have begun already give their receipts. */
    (void)requests_respond(board, &msg_queue_slots_result_layout, &answer);
    if (accepted > 0) {
        for (uint16_t k = 0; k < accepted; k++) {
            const struct msg_queue_slots_entry entry = queue_entry(asked, k);
            slots_queue(&board->slots, entry.slot, entry.index);
        }
        board->slots.ready_at = now;
        (void)slots_run(board);
    }
    return true;
}

/* SPEC 6.5: the first that applies. */
static enum status arm_status(const struct msg_arm *asked, uint64_t now)
{
    if (asked->mode == ARM_MODE_TRIGGER && !BOARD_HAS_TRIGGER) {
        return STATUS_NO_CAPABILITY;
    }
    /* In units of a tick and a nanosecond per second, so that nothing is rounded. */
    if ((uint64_t)asked->slot_ticks * 1000000000u <= (uint64_t)BOARD_SWITCH_TIME_NS * BOARD_CLOCK_HZ) {
        return STATUS_BAD_TIMING;
    }
    return asked->mode == ARM_MODE_TIME && asked->start_ticks < now ? STATUS_BAD_TIMING : STATUS_OK;
}

static bool arm(struct board *board, const union msg_any *request, uint16_t sequence)
{
    const struct msg_arm *const asked = &request->arm;
    const uint64_t now = hal_ticks(board->hal);
    const enum status status = arm_status(asked, now);
    if (status == STATUS_OK) {
        slots_hold(board);
        board->session_muted = false;
        if (asked->mode == ARM_MODE_TRIGGER) {
            /* An edge before Arm is none. */
            uint64_t ticks;
            while (hal_triggered(board->hal, &ticks)) {
            }
            slots_arm(&board->slots, SLOTS_AWAIT_TRIGGER, asked->first_slot, asked->slot_ticks, 0);
        } else {
            slots_arm(&board->slots, SLOTS_RUN, asked->first_slot, asked->slot_ticks, asked->start_ticks);
        }
        board->slots.ready_at = now;
        (void)slots_run(board);
    }
    const struct msg_arm_result answer = { sequence, (uint8_t)status };
    return requests_respond(board, &msg_arm_result_layout, &answer);
}

/* SPEC 6.6: receipts of slots that were latched before go first. */
static bool stop(struct board *board, const union msg_any *request, uint16_t sequence)
{
    struct requests *const requests = &board->requests;
    (void)request;
    if (!requests->begun) {
        requests->begun = true;
        slots_hold(board);
        requests->dropped = slots_stop(&board->slots);
        (void)slots_run(board);
    }
    const struct msg_stop_result answer = { sequence, STATUS_OK, requests->dropped };
    return report_run(board, hal_ticks(board->hal), true) && requests_respond(board, &msg_stop_result_layout, &answer);
}

/* SPEC 6.7. */
static bool mute(struct board *board, const union msg_any *request, uint16_t sequence)
{
    const bool muted = request->mute.muted == 1;
    if (muted && !board_is_muted(board)) {
        slots_hold(board);
    }
    board->muted = muted;
    if (!muted) {
        board->session_muted = false;
    }
    (void)slots_run(board);
    const struct msg_mute_result answer = { sequence, STATUS_OK };
    return requests_respond(board, &msg_mute_result_layout, &answer);
}

/* SPEC 6.9: the answer, then the receipts. */
static bool query_receipts(struct board *board, const union msg_any *request, uint16_t sequence)
{
    struct requests *const requests = &board->requests;
    if (!requests->begun) {
        requests->begun = true;
        requests->range = receipt_log_range(&board->log);
        requests->slot = request->query_receipts.first_slot;
        requests->count = request->query_receipts.count;
        uint32_t slot = requests->slot;
        uint32_t count = requests->count;
        uint16_t found = 0;
        while (receipt_log_next(&board->log, &requests->range, &slot, &count) != NULL) {
            found++;
        }
        const struct msg_query_receipts_result answer = { sequence, STATUS_OK, found };
        (void)requests_respond(board, &msg_query_receipts_result_layout, &answer);
    }
    while (requests->count > 0) {
        uint8_t *const payload = outbox_room(&board->outbox, msg_receipts_layout.max_payload);
        if (payload == NULL) {
            return false;
        }
        struct msg_receipts receipts = { { NULL, 0 } };
        uint8_t *at = payload + msg_encode(&msg_receipts_layout, &receipts, payload);
        while (receipts.entries.count < MSG_RECEIPTS_MAX_ENTRIES) {
            const struct receipt_record *const record =
                receipt_log_next(&board->log, &requests->range, &requests->slot, &requests->count);
            if (record == NULL) {
                requests->count = 0;
                break;
            }
            const struct msg_receipts_entry entry = receipt_log_entry(record);
            at = msg_put_entry(&msg_receipts_layout, &entry, at);
            receipts.entries.count++;
        }
        if (receipts.entries.count > 0) {
            (void)msg_encode(&msg_receipts_layout, &receipts, payload);
            outbox_post(&board->outbox, MSG_RECEIPTS, (size_t)(at - payload), 0);
        }
    }
    return true;
}

/* SPEC 6.14. */
static bool read_lines(struct board *board, const union msg_any *request, uint16_t sequence)
{
    const struct msg_read_lines *const asked = &request->read_lines;
    const bool beyond = (asked->count > 0 && asked->line + 1u > BOARD_NUM_LINES)
                        || (uint32_t)asked->first_element + asked->count > BOARD_NUM_ELEMENTS;
    const uint16_t count = beyond ? 0 : asked->count;
    const struct msg_line_delays answer = { sequence, beyond ? STATUS_BAD_INDEX : STATUS_OK, BOARD_NUM_LINES,
                                            asked->line, asked->first_element, { NULL, count } };
    uint8_t *const payload = outbox_room(&board->outbox, msg_line_delays_layout.max_payload);
    uint8_t *at = payload + msg_encode(&msg_line_delays_layout, &answer, payload);
    for (uint16_t k = 0; k < count; k++) {
        const uint16_t element = (uint16_t)(asked->first_element + k);
        const struct msg_line_delays_entry entry = { hal_line_delay_fs(board->hal, asked->line, element) };
        at = msg_put_entry(&msg_line_delays_layout, &entry, at);
    }
    outbox_post(&board->outbox, MSG_LINE_DELAYS, (size_t)(at - payload), 0);
    return true;
}

/* Returns false when it is not done: it is called again once there may be more room in the outbox, or it is its turn again. */
typedef bool carry_out(struct board *board, const union msg_any *request, uint16_t sequence);

/* Every request that this board knows: a new message is a new row. The layout names its answer. */
static const struct {
    const struct msg_layout *layout;
    carry_out *carry_out;
} handlers[] = {
    { &msg_load_codeword_layout, load_codeword },
    { &msg_query_memory_layout, query_memory },
    { &msg_queue_slots_layout, queue_slots },
    { &msg_arm_layout, arm },
    { &msg_stop_layout, stop },
    { &msg_mute_layout, mute },
    { &msg_query_receipts_layout, query_receipts },
    { &msg_read_lines_layout, read_lines },
    { &msg_set_geometry_layout, set_geometry },
    { &msg_set_corrections_layout, set_corrections },
    { &msg_load_foci_layout, load_foci },
    { &msg_load_splits_layout, load_splits },
};

/* SPEC 6.13. */
static bool refuse(struct board *board, const struct inbox_message *message, enum status status)
{
    const struct msg_refused answer = { message->sequence, (uint8_t)status, message->type };
    return requests_respond(board, &msg_refused_layout, &answer);
}

/* Whether it is done. */
static bool attempt(struct board *board, const struct inbox_message *message)
{
    for (size_t k = 0; k < sizeof handlers / sizeof handlers[0]; k++) {
        const struct msg_layout *const layout = handlers[k].layout;
        if (layout->type != message->type) {
            continue;
        }
        union msg_any request;
        /* What has begun has taken from it what it needs. */
        if (!board->requests.begun && msg_decode(layout, message->payload, message->length, &request) != MSG_OK) {
            return refuse(board, message, STATUS_MALFORMED);
        }
        /* Nothing is carried out that could not be answered. */
        if (!board->requests.begun && outbox_room(&board->outbox, layout->response->max_payload) == NULL) {
            return false;
        }
        return handlers[k].carry_out(board, &request, message->sequence);
    }
    return refuse(board, message, STATUS_UNKNOWN_MESSAGE);
}

void requests_run(struct board *board, bool turn)
{
    board->requests.turn = turn;
    board->requests.waits_for_turn = false;
    for (;;) {
        const struct inbox_message *const message = inbox_first(&board->inbox);
        if (message == NULL || !attempt(board, message)) {
            return;
        }
        board->requests.begun = false;
        board->requests.is_long = false;
        board->requests.orphaned = false;
        inbox_done(&board->inbox, hal_ticks(board->hal));
    }
}
