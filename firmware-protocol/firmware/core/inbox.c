#include "inbox.h"

#include <string.h>

#include "times.h"

/* Well within the 5 ms of SPEC 5.4, so that the line has time too. */
#define ACK_DELAY_US 3000
/* SPEC 5.4 has the eighth frame acknowledged at once; a small window would stand still before that. */
#define ACK_EVERY (BOARD_WINDOW >= 16 ? 8 : (BOARD_WINDOW + 1) / 2)

void inbox_start(struct inbox *inbox, bool keeps_first)
{
    const uint8_t first = inbox->waiting[inbox->first_waiting];
    inbox->num_unused = 0;
    for (uint8_t place = 0; place < INBOX_POOL; place++) {
        if (!keeps_first || place != first) {
            inbox->unused[inbox->num_unused++] = place;
        }
    }
    inbox->next = 1;
    memset(inbox->kept, 0, sizeof inbox->kept);
    inbox->base = 0;
    inbox->num_kept = 0;
    inbox->waiting[0] = first;
    inbox->first_waiting = 0;
    inbox->num_waiting = keeps_first ? 1 : 0;
    inbox->holds_old = keeps_first;
    inbox->unacknowledged = 0;
    inbox->ack_at_once = false;
}

static bool has_room(const struct inbox *inbox)
{
    return inbox->num_waiting < BOARD_WINDOW + (inbox->holds_old ? 1 : 0);
}

/* The pool has room for whatever is kept and waits: neither is more than a window. */
static uint8_t stored(struct inbox *inbox, const struct frame *frame)
{
    const uint8_t place = inbox->unused[--inbox->num_unused];
    struct inbox_message *const message = &inbox->pool[place];
    message->type = frame->type;
    message->sequence = frame->sequence;
    message->length = frame->length;
    memcpy(message->payload, frame->payload, frame->length);
    return place;
}

/* The message in a place of the pool is the next in order. */
static void deliver(struct inbox *inbox, uint8_t place)
{
    inbox->waiting[(inbox->first_waiting + inbox->num_waiting) % INBOX_WAITING] = place;
    inbox->num_waiting++;
    inbox->next++;
    inbox->base = (uint8_t)((inbox->base + 1) % BOARD_WINDOW);
}

/* Goes on with frames that came before, as long as they continue the order. */
static bool deliver_kept(struct inbox *inbox)
{
    bool any = false;
    while (inbox->kept[inbox->base] != 0 && has_room(inbox)) {
        const uint8_t place = (uint8_t)(inbox->kept[inbox->base] - 1);
        inbox->kept[inbox->base] = 0;
        inbox->num_kept--;
        deliver(inbox, place);
        any = true;
    }
    return any;
}

void inbox_receive(struct inbox *inbox, const struct frame *frame, uint64_t now)
{
    const uint16_t ahead = (uint16_t)(frame->sequence - inbox->next);
    const bool gap = inbox->num_kept > 0;
    if (ahead != 0 || !has_room(inbox)) {
        if (ahead != 0 && ahead < BOARD_WINDOW) {
            uint8_t *const kept = &inbox->kept[(inbox->base + ahead) % BOARD_WINDOW];
            if (*kept == 0) {
                *kept = (uint8_t)(stored(inbox, frame) + 1);
                inbox->num_kept++;
            }
        }
        /* Out of order, a duplicate, beyond the window, or no room. */
        inbox->ack_at_once = true;
        return;
    }
    /* One that was kept, and comes again because there was no room to deliver it, is delivered from where it was kept. */
    if (inbox->kept[inbox->base] == 0) {
        deliver(inbox, stored(inbox, frame));
    }
    (void)deliver_kept(inbox);
    if (inbox->unacknowledged == 0) {
        inbox->ack_at = now + times_us(ACK_DELAY_US);
    }
    inbox->unacknowledged++;
    if (gap || inbox->unacknowledged >= ACK_EVERY) {
        inbox->ack_at_once = true;
    }
}

const struct inbox_message *inbox_first(const struct inbox *inbox)
{
    return inbox->num_waiting == 0 ? NULL : &inbox->pool[inbox->waiting[inbox->first_waiting]];
}

void inbox_done(struct inbox *inbox, uint64_t now)
{
    inbox->unused[inbox->num_unused++] = inbox->waiting[inbox->first_waiting];
    inbox->first_waiting = (uint8_t)((inbox->first_waiting + 1) % INBOX_WAITING);
    inbox->num_waiting--;
    inbox->holds_old = false;
    if (deliver_kept(inbox)) {
        inbox->ack_at_once = true;
        inbox->ack_at = now;
    }
}

uint64_t inbox_ack_due(const struct inbox *inbox, uint64_t now)
{
    if (inbox->ack_at_once) {
        return now;
    }
    return inbox->unacknowledged > 0 ? inbox->ack_at : UINT64_MAX;
}

void inbox_acknowledge(struct inbox *inbox, struct msg_ack *ack)
{
    ack->next = inbox->next;
    ack->bitmap = 0;
    for (unsigned beyond = 1; beyond < BOARD_WINDOW; beyond++) {
        if (inbox->kept[(inbox->base + beyond) % BOARD_WINDOW] != 0) {
            ack->bitmap |= UINT32_C(1) << (beyond - 1);
        }
    }
    inbox->unacknowledged = 0;
    inbox->ack_at_once = false;
}
