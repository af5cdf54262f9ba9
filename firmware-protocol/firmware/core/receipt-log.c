#include "receipt-log.h"

#include <stddef.h>

void receipt_log_append(struct receipt_log *log, const struct receipt_record *record)
{
    log->records[log->next] = *record;
    log->next = (uint16_t)((log->next + 1) % BOARD_LOG_DEPTH);
    if (log->count < BOARD_LOG_DEPTH) {
        log->count++;
    }
    log->unreported++;
    log->unreported_faults++;
    log->appended++;
}

const struct receipt_record *receipt_log_back(const struct receipt_log *log, uint16_t back)
{
    return &log->records[(log->next + BOARD_LOG_DEPTH - back) % BOARD_LOG_DEPTH];
}

struct receipt_range receipt_log_range(const struct receipt_log *log)
{
    struct receipt_range range = { log->appended, log->count < BOARD_LOG_PROMISED ? log->count : BOARD_LOG_PROMISED, true };
    for (uint16_t back = range.count; back > 1 && range.rises; back--) {
        range.rises = receipt_log_back(log, back)->slot < receipt_log_back(log, (uint16_t)(back - 1))->slot;
    }
    return range;
}

/* The `k`th record of a range, the oldest first. */
static const struct receipt_record *record_at(const struct receipt_log *log, const struct receipt_range *range, uint16_t k)
{
    const uint32_t since = log->appended - range->appended;
    return receipt_log_back(log, (uint16_t)(since + range->count - k));
}

/* Of a range that rises: by halves, for a long log is no reason to be late with a slot. */
static const struct receipt_record *find_rising(const struct receipt_log *log, const struct receipt_range *range, uint32_t slot)
{
    uint16_t low = 0;
    uint16_t high = range->count;
    while (low < high) {
        const uint16_t middle = (uint16_t)((low + high) / 2u);
        if (record_at(log, range, middle)->slot < slot) {
            low = (uint16_t)(middle + 1u);
        } else {
            high = middle;
        }
    }
    return low < range->count ? record_at(log, range, low) : NULL;
}

/* Of any range: of the same slot the newer one counts, which comes later in this walk. */
static const struct receipt_record *find(const struct receipt_log *log, const struct receipt_range *range, uint32_t slot)
{
    const struct receipt_record *found = NULL;
    for (uint16_t k = 0; k < range->count; k++) {
        const struct receipt_record *const record = record_at(log, range, k);
        if (record->slot >= slot && (found == NULL || record->slot <= found->slot)) {
            found = record;
        }
    }
    return found;
}

const struct receipt_record *receipt_log_next(const struct receipt_log *log, const struct receipt_range *range, uint32_t *slot,
                                              uint32_t *count)
{
    if (*count == 0) {
        return NULL;
    }
    const struct receipt_record *const found = range->rises ? find_rising(log, range, *slot) : find(log, range, *slot);
    if (found == NULL || found->slot - *slot >= *count) {
        return NULL;
    }
    const uint32_t passed = found->slot - *slot + 1;
    *count -= passed;
    /* Slots above 4294967295 do not exist. */
    if (found->slot == UINT32_MAX) {
        *count = 0;
    }
    *slot += passed;
    return found;
}

struct msg_receipts_entry receipt_log_entry(const struct receipt_record *record)
{
    const struct msg_receipts_entry entry = { record->slot, record->index, record->hash, record->ticks, record->status };
    return entry;
}
