#include "parameter-loads.h"

#include <string.h>

#include "board.h"
#include "codec.h"

bool set_geometry(struct board *board, const union msg_any *request, uint16_t sequence)
{
    enum status status = STATUS_NO_CAPABILITY;
#if BOARD_EXPANSION
    struct parameter_loads *const loads = &board->loads;
    const struct msg_set_geometry *const told = &request->set_geometry;
    status = (uint32_t)told->first_element + BOARD_NUM_ELEMENTS > told->array_elements ? STATUS_BAD_INDEX : STATUS_OK;
    if (status == STATUS_OK) {
        loads->knows_geometry = true;
        loads->geometry = *told;
#if BOARD_CORRECTIONS
        memset(loads->phase_errors, 0, sizeof loads->phase_errors);
        memset(loads->delay_errors, 0, sizeof loads->delay_errors);
#endif
    }
#else
    (void)request;
#endif
    const struct msg_geometry_result answer = { sequence, (uint8_t)status, BOARD_CORRECTIONS };
    return requests_respond(board, &msg_geometry_result_layout, &answer);
}

bool set_corrections(struct board *board, const union msg_any *request, uint16_t sequence)
{
    enum status status = STATUS_NO_CAPABILITY;
#if BOARD_CORRECTIONS
    struct parameter_loads *const loads = &board->loads;
    const struct msg_set_corrections *const told = &request->set_corrections;
    if (loads->knows_geometry) {
        status = (uint32_t)told->first_element + told->values.count > BOARD_NUM_ELEMENTS ? STATUS_BAD_INDEX : STATUS_OK;
    }
    if (status == STATUS_OK) {
        double *const errors = told->kind == 0 ? loads->phase_errors : loads->delay_errors;
        for (uint16_t k = 0; k < told->values.count; k++) {
            struct msg_set_corrections_entry entry;
            msg_entry(&msg_set_corrections_layout, &told->values, k, &entry);
            errors[told->first_element + k] = entry.value;
        }
    }
#else
    (void)request;
#endif
    const struct msg_corrections_result answer = { sequence, (uint8_t)status };
    return requests_respond(board, &msg_corrections_result_layout, &answer);
}

/* What any entry says. */
struct wanted {
    uint16_t index;
    bool corrected;
    uint64_t hash;
};

/* Whether an entry can be expanded here at all. */
static enum status entry_status(const struct board *board, const struct wanted *wanted, bool is_split)
{
    if ((uint32_t)wanted->index + 1 > BOARD_MEMORY_DEPTH) {
        return STATUS_BAD_INDEX;
    }
#if BOARD_EXPANSION
    if (board->loads.knows_geometry && (is_split || BOARD_NUM_LINES == 0) && (!wanted->corrected || BOARD_CORRECTIONS)) {
        return STATUS_OK;
    }
#else
    (void)board;
    (void)is_split;
#endif
    return STATUS_NO_CAPABILITY;
}

#if BOARD_EXPANSION
/* A step of an entry. */
static enum expansion_state step(struct board *board, const struct parameters *parameters, const struct wanted *wanted)
{
    static const struct expanding_board here = {
        BOARD_NUM_ELEMENTS, BOARD_NUM_LINES, BOARD_PHASE_BITS, BOARD_DELAY_BITS, BOARD_AMPLITUDE_BITS, BOARD_LINE_BITS,
        BOARD_LAST_DELAY_CODE, BOARD_DELAY_LSB_FS
    };
    struct parameter_loads *const loads = &board->loads;
    struct expander expander = { &here, board->hal, &loads->geometry, NULL, NULL };
#if BOARD_CORRECTIONS
    if (wanted->corrected) {
        expander.phase_errors = loads->phase_errors;
        expander.delay_errors = loads->delay_errors;
    }
#endif
    if (loads->expansion.looked_at == 0 && loads->expansion.expanded == 0) {
        if (slots_prepared(&board->slots, wanted->index)) {
            slots_hold(board);
        }
        (void)codewords_open(&board->codewords, wanted->index);
        (void)slots_run(board);
    }
    return expansion_step(&expander, parameters, &loads->expansion, board->codewords.packed[wanted->index], BOARD_EXPANSION_STEP);
}

/* Goes on with an entry while it has its turn; returns whether that is settled. */
static bool expand(struct board *board, const struct parameters *parameters, const struct wanted *wanted)
{
    struct parameter_loads *const loads = &board->loads;
    enum expansion_state state = EXPANSION_GOES_ON;
    while (state == EXPANSION_GOES_ON) {
        if (!requests_take_turn(&board->requests)) {
            return false;
        }
        state = step(board, parameters, wanted);
    }
    memset(&loads->expansion, 0, sizeof loads->expansion);
    if (state == EXPANSION_IMPOSSIBLE) {
        loads->status = STATUS_BAD_CODE;
    } else if (!codewords_close(&board->codewords, wanted->index, wanted->hash)) {
        loads->status = STATUS_HASH_MISMATCH;
    }
    return true;
}
#endif

/* The next entry of the load; returns whether it is settled. */
static bool load_entry(struct board *board, bool is_split)
{
    struct parameter_loads *const loads = &board->loads;
    struct parameters parameters = { .is_split = is_split };
    struct wanted wanted;
    if (is_split) {
        struct msg_load_splits_entry *const split = &parameters.of.split;
        msg_entry(&msg_load_splits_layout, &loads->entries, loads->loaded, split);
        wanted = (struct wanted){ split->index, split->corrected == 1, split->hash };
    } else {
        struct msg_load_foci_entry *const focus = &parameters.of.focus;
        msg_entry(&msg_load_foci_layout, &loads->entries, loads->loaded, focus);
        wanted = (struct wanted){ focus->index, focus->corrected == 1, focus->hash };
    }
    loads->status = entry_status(board, &wanted, is_split);
#if BOARD_EXPANSION
    return loads->status != STATUS_OK || expand(board, &parameters, &wanted);
#else
    return true;
#endif
}

/*
 * One entry after the other, up to the first that is refused; false when it is not done. It goes on by a step in each turn that the
 * loop gives. `entries` counts at the beginning; they lie in the inbox until the request is done.
 */
static bool load(struct board *board, bool is_split, const struct msg_list *entries)
{
    struct parameter_loads *const loads = &board->loads;
    if (!board->requests.begun) {
        requests_begin_long(&board->requests);
        loads->entries = *entries;
        loads->loaded = 0;
        loads->status = STATUS_OK;
    }
    while (loads->status == STATUS_OK && loads->loaded < loads->entries.count) {
        if (!load_entry(board, is_split)) {
            return false;
        }
        if (loads->status == STATUS_OK) {
            loads->loaded++;
        }
    }
    return true;
}

bool load_foci(struct board *board, const union msg_any *request, uint16_t sequence)
{
    if (!load(board, false, &request->load_foci.entries)) {
        return false;
    }
    const struct msg_load_foci_result answer = { sequence, (uint8_t)board->loads.status, board->loads.loaded };
    return requests_respond(board, &msg_load_foci_result_layout, &answer);
}

bool load_splits(struct board *board, const union msg_any *request, uint16_t sequence)
{
    if (!load(board, true, &request->load_splits.entries)) {
        return false;
    }
    const struct msg_load_splits_result answer = { sequence, (uint8_t)board->loads.status, board->loads.loaded };
    return requests_respond(board, &msg_load_splits_result_layout, &answer);
}
