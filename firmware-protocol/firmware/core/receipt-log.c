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
    const struct receipt_range range = { log->appended, log->count < BOARD_LOG_PROMISED ? log->count : BOARD_LOG_PROMISED };
    return range;
}

const struct receipt_record *receipt_log_next(const struct receipt_log *log, const struct receipt_range *range, uint32_t *slot,
                                              uint32_t *count)
{
    const struct receipt_record *found = NULL;
    const uint32_t since = log->appended - range->appended;
    for (uint32_t back = since + range->count; back > since; back--) {
        const struct receipt_record *const record = receipt_log_back(log, (uint16_t)back);
        /* Of the same slot the newer one counts, which comes later in this walk. */
        if (record->slot >= *slot && record->slot - *slot < *count && (found == NULL || record->slot <= found->slot)) {
            found = record;
        }
    }
    if (found != NULL) {
        const uint32_t passed = found->slot - *slot + 1;
        *count -= passed;
        /* Slots above 4294967295 do not exist. */
        if (found->slot == UINT32_MAX) {
            *count = 0;
        }
        *slot += passed;
    }
    return found;
}

struct msg_receipts_entry receipt_log_entry(const struct receipt_record *record)
{
    const struct msg_receipts_entry entry = { record->slot, record->index, record->hash, record->ticks, record->status };
    return entry;
}
