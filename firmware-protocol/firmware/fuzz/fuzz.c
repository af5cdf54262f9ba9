/*
 * Whatever comes on the line, for clang's libFuzzer. The input is a list of steps: bytes as they are, or frames made whole with
 * the CRC, session and number that get them past the decoder, and what else happens to a board. After every step, all that the
 * board says must be frames and messages of SPEC.md.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "codec.h"
#include "library.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum step {
    /* Length, and so many bytes of the line. */
    STEP_BYTES,
    /* Type, what to add to the next number, length, and a payload. */
    STEP_FRAME,
    /* Window and watchdog of a Hello; bit 7 of the window: a new session. */
    STEP_HELLO,
    /* What to add to the next number that an Ack tells, and its bitmap. */
    STEP_ACK,
    /* 256ths of a second. */
    STEP_WAIT,
    STEP_TRIGGER,
    /* The host reads nothing for a while, or reads again. */
    STEP_BLOCK,
    STEP_POWER_CYCLE,
    /* Index and phase of a codeword that is what its hash says: no mutation finds one. */
    STEP_LOAD,
    /* How many slots, how far apart, and which codeword. */
    STEP_QUEUE,
    /* Mode, where the first slot lies before the last that was queued, time until then, and the slots' length. */
    STEP_ARM,
    /* The front ends latch nothing, where the next byte is odd. */
    STEP_STICK,
    NUM_STEPS
};

struct input {
    const uint8_t *at;
    size_t left;
};

struct fuzzed {
    struct library_board *board;
    struct frame_decoder decoder;
    struct frame_encoder encoder;
    uint64_t now;
    uint32_t session;
    uint16_t next;
    /* The next number that the board will use, as far as the host has it. */
    uint16_t heard;
    bool blocked;
    /* The last slot that was queued. */
    uint32_t slot;
};

static uint8_t take(struct input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->at++;
}

static size_t take_bytes(struct input *input, uint8_t *bytes, size_t count)
{
    const size_t taken = count < input->left ? count : input->left;
    memcpy(bytes, input->at, taken);
    input->at += taken;
    input->left -= taken;
    return taken;
}

static void fail(const char *what, const struct frame *frame)
{
    fprintf(stderr, "%s: type %u, %u bytes\n", what, (unsigned)frame->type, (unsigned)frame->length);
    abort();
}

static void check(struct fuzzed *fuzzed, const struct frame *frame)
{
    const struct msg_layout *const layout = msg_layout_of(frame->type);
    union msg_any message;
    if (layout == NULL || layout->sender == MSG_FROM_HOST) {
        fail("the board sent what no board sends", frame);
    } else if (msg_decode(layout, frame->payload, frame->length, &message) != MSG_OK) {
        fail("the board sent a malformed message", frame);
    } else if (layout->reliable && frame->sequence == fuzzed->heard) {
        fuzzed->heard++;
    }
}

static void run(struct fuzzed *fuzzed, const uint8_t *bytes, size_t count)
{
    uint8_t sent[256];
    size_t num_sent;
    (void)library_run(fuzzed->board, fuzzed->now, bytes, count);
    while (!fuzzed->blocked && (num_sent = library_sent(fuzzed->board, sent, sizeof sent)) > 0) {
        for (size_t k = 0; k < num_sent; k++) {
            struct frame frame;
            const uint32_t errors = fuzzed->decoder.errors[FRAME_BAD_COBS] + fuzzed->decoder.errors[FRAME_BAD_CRC]
                                    + fuzzed->decoder.errors[FRAME_TOO_SHORT];
            if (errors != 0) {
                fprintf(stderr, "the board sent what is no frame\n");
                abort();
            }
            if (frame_push(&fuzzed->decoder, sent[k], &frame)) {
                check(fuzzed, &frame);
            }
        }
    }
}

static void send(struct fuzzed *fuzzed, uint8_t type, uint16_t sequence, const uint8_t *payload, size_t length)
{
    memcpy(frame_payload(&fuzzed->encoder), payload, length);
    const size_t count = frame_seal(&fuzzed->encoder, type, (uint16_t)fuzzed->session, sequence, length);
    run(fuzzed, fuzzed->encoder.wire, count);
}

static void request(struct fuzzed *fuzzed, const struct msg_layout *layout, const void *message)
{
    uint8_t payload[256];
    send(fuzzed, layout->type, fuzzed->next++, payload, msg_encode(layout, message, payload));
}

static void load(struct fuzzed *fuzzed, struct input *input)
{
    uint8_t packed[BOARD_CODEWORD_BYTES] = { 0 };
    const uint16_t index = take(input) % (BOARD_MEMORY_DEPTH + 1);
    packed[0] = take(input) % (1u << BOARD_PHASE_BITS);
    const struct msg_load_codeword chunk = { index, 0, 1, content_hash(packed, sizeof packed), { packed, sizeof packed } };
    request(fuzzed, &msg_load_codeword_layout, &chunk);
}

static void queue(struct fuzzed *fuzzed, struct input *input)
{
    uint8_t payload[256];
    const struct msg_queue_slots asked = { { NULL, take(input) % 8 } };
    uint8_t *at = payload + msg_encode(&msg_queue_slots_layout, &asked, payload);
    for (unsigned k = 0; k < asked.entries.count; k++) {
        fuzzed->slot += take(input);
        const struct msg_queue_slots_entry entry = { fuzzed->slot, take(input) % BOARD_MEMORY_DEPTH };
        at = msg_put_entry(&msg_queue_slots_layout, &entry, at);
    }
    send(fuzzed, MSG_QUEUE_SLOTS, fuzzed->next++, payload, (size_t)(at - payload));
}

static void arm(struct fuzzed *fuzzed, struct input *input)
{
    const uint8_t mode = take(input) % 2;
    const uint32_t first_slot = fuzzed->slot - take(input);
    const uint64_t start = fuzzed->now + 64u * take(input);
    const struct msg_arm asked = { mode, first_slot, start, 2u + 32u * take(input) };
    request(fuzzed, &msg_arm_layout, &asked);
}

static void step(struct fuzzed *fuzzed, struct input *input)
{
    uint8_t bytes[256];
    switch (take(input) % NUM_STEPS) {
    case STEP_BYTES: {
        const size_t count = take_bytes(input, bytes, take(input));
        run(fuzzed, bytes, count);
        break;
    }
    case STEP_FRAME: {
        const uint8_t type = take(input);
        const uint16_t sequence = (uint16_t)(fuzzed->next + (int8_t)take(input));
        const size_t length = take_bytes(input, bytes, take(input));
        if (sequence == fuzzed->next && msg_is_reliable(type)) {
            fuzzed->next++;
        }
        send(fuzzed, type, sequence, bytes, length);
        break;
    }
    case STEP_HELLO: {
        const uint8_t window = take(input);
        if ((window & 0x80u) != 0 || fuzzed->session == 0) {
            fuzzed->session++;
            fuzzed->next = 1;
            fuzzed->heard = 1;
        }
        const struct msg_hello hello = { HELLO_MAGIC, PROTOCOL_VERSION_MAJOR, PROTOCOL_VERSION_MINOR, fuzzed->session,
                                         (uint8_t)(window % 32 + 1), (uint16_t)(8 * take(input)) };
        send(fuzzed, MSG_HELLO, 0, bytes, msg_encode(&msg_hello_layout, &hello, bytes));
        break;
    }
    case STEP_ACK: {
        const struct msg_ack ack = { (uint16_t)(fuzzed->heard + (int8_t)take(input)), take(input) };
        send(fuzzed, MSG_ACK, 0, bytes, msg_encode(&msg_ack_layout, &ack, bytes));
        break;
    }
    case STEP_WAIT: {
        /* Through all that falls due on the way. */
        const uint64_t until = fuzzed->now + (uint64_t)take(input) * BOARD_CLOCK_HZ / 256;
        for (;;) {
            const uint64_t next = library_run(fuzzed->board, fuzzed->now, NULL, 0);
            run(fuzzed, NULL, 0);
            if (next > until) {
                break;
            }
            fuzzed->now = next > fuzzed->now ? next : fuzzed->now + 1;
        }
        fuzzed->now = until > fuzzed->now ? until : fuzzed->now;
        run(fuzzed, NULL, 0);
        break;
    }
    case STEP_TRIGGER:
        library_trigger(fuzzed->board);
        run(fuzzed, NULL, 0);
        break;
    case STEP_BLOCK:
        fuzzed->blocked = !fuzzed->blocked;
        run(fuzzed, NULL, 0);
        break;
    case STEP_STICK:
        library_stick(fuzzed->board, take(input) & 1);
        break;
    case STEP_LOAD:
        load(fuzzed, input);
        break;
    case STEP_QUEUE:
        queue(fuzzed, input);
        break;
    case STEP_ARM:
        arm(fuzzed, input);
        break;
    default:
        library_power_up(fuzzed->board, take(input));
        memset(&fuzzed->decoder, 0, sizeof fuzzed->decoder);
        fuzzed->now = 0;
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzzed fuzzed;
    struct input input = { data, size };
    if (fuzzed.board == NULL) {
        fuzzed.board = library_create(0);
    }
    struct library_board *const board = fuzzed.board;
    memset(&fuzzed, 0, sizeof fuzzed);
    fuzzed.board = board;
    library_power_up(board, 0);
    while (input.left > 0) {
        step(&fuzzed, &input);
    }
    return 0;
}
