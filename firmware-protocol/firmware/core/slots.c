#include "slots.h"

#include "board.h"
#include "times.h"

/* SPEC 7.3: a latch so much after the start of its slot is not late. */
#define TOLERANCE_TICKS 1

static const struct queued_slot *entry_at(const struct slots *slots, uint16_t k)
{
    return &slots->queue[(uint32_t)(slots->head + k) % BOARD_QUEUE_DEPTH];
}

/* Start of a slot from first_slot on. A time beyond 64 bits never comes. */
static uint64_t start_of(const struct slots *slots, uint32_t slot)
{
    const uint64_t after = (uint64_t)(slot - slots->first_slot) * slots->slot_ticks;
    return after > TIMES_NEVER - slots->start ? TIMES_NEVER : slots->start + after;
}

static uint64_t end_of(const struct slots *slots, uint64_t start)
{
    return slots->slot_ticks > TIMES_NEVER - start ? TIMES_NEVER : start + slots->slot_ticks;
}

/* The head of the queue leaves it with its receipt. */
static void settle_head(struct board *board, enum receipt status, uint64_t ticks, uint8_t fault)
{
    struct slots *const slots = &board->slots;
    const struct queued_slot *const head = entry_at(slots, 0);
    const struct receipt_record record = {
        codewords_hash(&board->codewords, head->index), ticks, head->slot, head->index, (uint8_t)status, fault
    };
    slots->head = (uint16_t)((slots->head + 1u) % BOARD_QUEUE_DEPTH);
    slots->count--;
    board_receipt(board, &record);
}

/* Receipts of what the hardware has latched. */
static void collect(struct board *board)
{
    struct slots *const slots = &board->slots;
    uint64_t ticks;
    while (slots->prepared > 0 && hal_latched(board->hal, &ticks)) {
        const uint64_t start = start_of(slots, entry_at(slots, 0)->slot);
        slots->prepared--;
        slots->latched = true;
        if (ticks >= end_of(slots, start)) {
            settle_head(board, RECEIPT_MISSED, ticks, FAULT_LATCH_MISSED);
        } else {
            settle_head(board, ticks > start + TOLERANCE_TICKS ? RECEIPT_LATE : RECEIPT_LATCHED, ticks, 0);
        }
    }
}

static void withdraw(struct board *board)
{
    hal_withdraw(board->hal);
    collect(board);
    board->slots.prepared = 0;
}

/* SPEC 7.6. What is queued below the first slot has ended; the entry of the first slot is prepared already. */
static void look_for_trigger(struct board *board)
{
    struct slots *const slots = &board->slots;
    uint64_t ticks;
    if (slots->state != SLOTS_AWAIT_TRIGGER || !hal_triggered(board->hal, &ticks)) {
        return;
    }
    slots->state = SLOTS_RUN;
    slots->start = ticks;
    slots->ready_at = ticks;
    while (slots->count > 0 && entry_at(slots, 0)->slot < slots->first_slot) {
        settle_head(board, RECEIPT_MISSED, ticks, 0);
    }
}

/*
 * Settles the head of the queue if it is not for the hardware: its slot has ended, the output is muted, the memory entry is
 * invalid, or the hardware did not manage. False when it is, or when it has not come up yet. SPEC 7.3, 7.4.
 */
static bool miss_head(struct board *board, uint64_t now)
{
    struct slots *const slots = &board->slots;
    const struct queued_slot head = *entry_at(slots, 0);
    if (head.slot < slots->first_slot) {
        settle_head(board, RECEIPT_MISSED, slots->ready_at, 0);
        return true;
    }
    const uint64_t start = start_of(slots, head.slot);
    const uint64_t end = end_of(slots, start);
    if (slots->ready_at >= end) {
        settle_head(board, RECEIPT_MISSED, slots->ready_at, 0);
        return true;
    }
    const bool muted = board_is_muted(board);
    const bool valid = codewords_at(&board->codewords, head.index) != NULL;
    if (muted || !valid) {
        if (now < start) {
            return false;
        }
        settle_head(board, RECEIPT_MISSED, times_later(start, slots->ready_at), muted ? 0 : FAULT_MEMORY);
        return true;
    }
    if (now < end) {
        return false;
    }
    if (slots->prepared > 0) {
        /* Its latch may have come since the last look: then it has its receipt. */
        const uint16_t before = slots->count;
        withdraw(board);
        if (slots->count != before) {
            return true;
        }
    }
    settle_head(board, RECEIPT_MISSED, end, FAULT_LATCH_MISSED);
    return true;
}

/* Gives the hardware what it takes, from the head of the queue up to the first entry that cannot be latched. */
static void prepare(struct board *board)
{
    struct slots *const slots = &board->slots;
    while (slots->prepared < BOARD_LATCH_AHEAD && slots->prepared < slots->count) {
        const struct queued_slot *const entry = entry_at(slots, slots->prepared);
        const uint8_t *const packed = codewords_at(&board->codewords, entry->index);
        if (packed == NULL) {
            return;
        }
        hal_prepare(board->hal, packed, start_of(slots, entry->slot));
        slots->prepared++;
    }
}

static void prepare_for_trigger(struct board *board)
{
    struct slots *const slots = &board->slots;
    uint16_t k = 0;
    while (k < slots->count && entry_at(slots, k)->slot < slots->first_slot) {
        k++;
    }
    if (slots->prepared > 0 || k == slots->count || entry_at(slots, k)->slot != slots->first_slot) {
        return;
    }
    const uint8_t *const packed = codewords_at(&board->codewords, entry_at(slots, k)->index);
    if (packed != NULL) {
        hal_prepare(board->hal, packed, HAL_AT_TRIGGER);
        slots->prepared = 1;
    }
}

uint64_t slots_run(struct board *board)
{
    struct slots *const slots = &board->slots;
    look_for_trigger(board);
    if (slots->state != SLOTS_RUN) {
        if (slots->state == SLOTS_AWAIT_TRIGGER && !board_is_muted(board)) {
            prepare_for_trigger(board);
        }
        board_set_output(board);
        return TIMES_NEVER;
    }
    const uint64_t now = hal_ticks(board->hal);
    collect(board);
    while (slots->count > 0 && miss_head(board, now)) {
    }
    if (!board_is_muted(board)) {
        prepare(board);
    }
    board_set_output(board);
    if (slots->count == 0) {
        return TIMES_NEVER;
    }
    const uint64_t start = start_of(slots, entry_at(slots, 0)->slot);
    return now < start ? start : end_of(slots, start);
}

void slots_hold(struct board *board)
{
    (void)slots_run(board);
    hal_withdraw(board->hal);
    look_for_trigger(board);
    if (board->slots.state == SLOTS_RUN) {
        collect(board);
    }
    board->slots.prepared = 0;
}

bool slots_prepared(const struct slots *slots, uint16_t index)
{
    /* While the trigger is awaited it is one of any place. */
    const uint16_t most = slots->state == SLOTS_AWAIT_TRIGGER && slots->prepared > 0 ? slots->count : slots->prepared;
    for (uint16_t k = 0; k < most; k++) {
        if (entry_at(slots, k)->index == index) {
            return true;
        }
    }
    return false;
}

void slots_queue(struct slots *slots, uint32_t slot, uint16_t index)
{
    struct queued_slot *const entry = &slots->queue[(uint32_t)(slots->head + slots->count) % BOARD_QUEUE_DEPTH];
    entry->slot = slot;
    entry->index = index;
    slots->count++;
    slots->any_accepted = true;
    slots->last_accepted = slot;
}

void slots_arm(struct slots *slots, enum slots_state state, uint32_t first_slot, uint32_t slot_ticks, uint64_t start)
{
    slots->state = state;
    slots->first_slot = first_slot;
    slots->slot_ticks = slot_ticks;
    slots->start = start;
}

uint16_t slots_stop(struct slots *slots)
{
    const uint16_t dropped = slots->count;
    slots->count = 0;
    slots->prepared = 0;
    slots->state = SLOTS_STOPPED;
    slots->any_accepted = false;
    slots->latched = false;
    return dropped;
}
