#include "outbox.h"

#include "bytes.h"
#include "times.h"

#define TIMEOUT_FIRST_MS 100
#define TIMEOUT_MIN_MS 20
#define TIMEOUT_MAX_MS 500
/* Doubling goes no further. */
#define TIMEOUT_BACKED_OFF_MAX_MS 100
#define BACKOFF_MAX 8

static struct outbox_message *message_at(struct outbox *outbox, unsigned k)
{
    return &outbox->messages[(outbox->head + k) % BOARD_OUTBOX_DEPTH];
}

void outbox_start(struct outbox *outbox)
{
    outbox->head = 0;
    outbox->count = 0;
    outbox->in_flight = 0;
    outbox->first = 1;
    outbox->write_at = 0;
    outbox->progress_at = 0;
    outbox->measured = false;
    outbox->timeout = times_ms(TIMEOUT_FIRST_MS);
    outbox->backoff = 1;
    outbox->unsafe_receipts = 0;
}

uint8_t *outbox_room(struct outbox *outbox, size_t length)
{
    if (outbox->count == BOARD_OUTBOX_DEPTH) {
        return NULL;
    }
    if (outbox->count == 0) {
        outbox->write_at = 0;
        return length <= BOARD_OUTBOX_BYTES ? outbox->bytes : NULL;
    }
    const size_t oldest_at = message_at(outbox, 0)->at;
    const size_t write_at = outbox->write_at;
    /* Never filled to the last byte, so that write_at == oldest_at means one thing. */
    if (write_at < oldest_at) {
        return oldest_at - write_at > length ? outbox->bytes + write_at : NULL;
    }
    if (BOARD_OUTBOX_BYTES - write_at >= length) {
        return outbox->bytes + write_at;
    }
    if (oldest_at > length) {
        outbox->write_at = 0;
        return outbox->bytes;
    }
    return NULL;
}

void outbox_post(struct outbox *outbox, uint8_t type, size_t length, uint8_t receipts)
{
    struct outbox_message *const message = message_at(outbox, outbox->count);
    message->left_at = 0;
    message->at = outbox->write_at;
    message->length = (uint16_t)length;
    message->type = type;
    message->transmissions = 0;
    message->receipts = receipts;
    message->safe = false;
    message->due = false;
    outbox->count++;
    outbox->write_at = (uint16_t)(outbox->write_at + length);
}

/* A round trip, SPEC 5.7. */
static void measured(struct outbox *outbox, uint64_t round_trip)
{
    if (outbox->measured) {
        const uint64_t off = round_trip > outbox->smoothed ? round_trip - outbox->smoothed : outbox->smoothed - round_trip;
        outbox->variation = (3 * outbox->variation + off) / 4;
        outbox->smoothed = (7 * outbox->smoothed + round_trip) / 8;
    } else {
        outbox->measured = true;
        outbox->smoothed = round_trip;
        outbox->variation = round_trip / 2;
    }
    const uint64_t timeout = outbox->smoothed + 4 * outbox->variation;
    outbox->timeout = times_earlier(times_later(timeout, times_ms(TIMEOUT_MIN_MS)), times_ms(TIMEOUT_MAX_MS));
}

/* The host has it. */
static void arrived(struct outbox *outbox, struct outbox_message *message, uint64_t now)
{
    message->safe = true;
    message->due = false;
    if (message->transmissions == 1) {
        measured(outbox, now - message->left_at);
    }
    outbox->unsafe_receipts = (uint16_t)(outbox->unsafe_receipts - message->receipts);
    if (message->type == MSG_FAULT && get_u16(outbox->bytes + message->at) == FAULT_POWER_UP) {
        outbox->power_up_known = true;
    }
}

void outbox_acknowledged(struct outbox *outbox, const struct msg_ack *ack, uint64_t now)
{
    const unsigned before_next = (uint16_t)(ack->next - outbox->first);
    /* From before the window, or of frames that were never sent. */
    if (before_next > outbox->in_flight) {
        return;
    }
    bool progress = false;
    unsigned newest = 0;
    for (unsigned k = 0; k < outbox->in_flight; k++) {
        /* Frame `next` + 1 + bit has arrived. */
        const unsigned bit = k - before_next - 1;
        if (k < before_next || (k > before_next && bit < 32 && (ack->bitmap >> bit & 1u) != 0)) {
            newest = k;
            if (!message_at(outbox, k)->safe) {
                arrived(outbox, message_at(outbox, k), now);
                progress = true;
            }
        }
    }
    if (progress) {
        outbox->backoff = 1;
        outbox->progress_at = now;
    }
    /* Missing while a later one has arrived: SPEC 5.6. */
    for (unsigned k = 0; k < newest; k++) {
        struct outbox_message *const message = message_at(outbox, k);
        if (!message->safe && now - message->left_at >= (outbox->measured ? outbox->smoothed : 0)) {
            message->due = true;
        }
    }
    while (outbox->in_flight > 0 && message_at(outbox, 0)->safe) {
        outbox->head = (uint8_t)((outbox->head + 1) % BOARD_OUTBOX_DEPTH);
        outbox->count--;
        outbox->in_flight--;
        outbox->first++;
    }
}

void outbox_resume(struct outbox *outbox)
{
    outbox->backoff = 1;
    for (unsigned k = 0; k < outbox->in_flight; k++) {
        message_at(outbox, k)->due = !message_at(outbox, k)->safe;
    }
}

uint64_t outbox_look(struct outbox *outbox, uint64_t now)
{
    if (outbox->in_flight == 0 || message_at(outbox, 0)->due) {
        return TIMES_NEVER;
    }
    const uint64_t backed_off = times_earlier(outbox->timeout * outbox->backoff, times_ms(TIMEOUT_BACKED_OFF_MAX_MS));
    const uint64_t wait = times_later(outbox->timeout, backed_off);
    const uint64_t at = times_later(message_at(outbox, 0)->left_at, outbox->progress_at) + wait;
    if (now < at) {
        return at;
    }
    /* The oldest, and with it those of which nothing was heard for as long. */
    for (unsigned k = 0; k < outbox->in_flight; k++) {
        struct outbox_message *const message = message_at(outbox, k);
        message->due = !message->safe && (k == 0 || message->left_at + wait <= now);
    }
    if (outbox->backoff < BACKOFF_MAX) {
        outbox->backoff = (uint8_t)(2 * outbox->backoff);
    }
    return TIMES_NEVER;
}

const struct outbox_message *outbox_next(struct outbox *outbox, uint64_t now, uint16_t *sequence)
{
    unsigned k = 0;
    while (k < outbox->in_flight && !message_at(outbox, k)->due) {
        k++;
    }
    if (k == outbox->in_flight) {
        if (k == outbox->count || k >= outbox->peer_window) {
            return NULL;
        }
        outbox->in_flight++;
    }
    struct outbox_message *const message = message_at(outbox, k);
    message->due = false;
    message->left_at = now;
    if (message->transmissions < UINT8_MAX) {
        message->transmissions++;
    }
    *sequence = (uint16_t)(outbox->first + k);
    return message;
}

void outbox_left(struct outbox *outbox, uint16_t sequence, uint64_t now)
{
    const unsigned k = (uint16_t)(sequence - outbox->first);
    if (k < outbox->in_flight) {
        message_at(outbox, k)->left_at = now;
    }
}
