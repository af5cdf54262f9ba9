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
    /* A geometry that fits, mirrored or not; corrections of phases or delays. */
    STEP_GEOMETRY,
    STEP_CORRECTIONS,
    /* How many points or split beams, then of each where, with corrections, of what numbers, and whether its hash may be right. */
    STEP_FOCI,
    STEP_SPLITS,
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

/* Any number, or a small one: most of all bits are far beyond what an array is told. */
static double number(struct input *input)
{
    uint8_t bytes[8] = { 0 };
    const uint8_t size = take(input);
    if (size != 0) {
        return ((double)take(input) - 128.0) / size;
    }
    double value;
    (void)take_bytes(input, bytes, sizeof bytes);
    memcpy(&value, bytes, sizeof value);
    return value;
}

static void geometry(struct fuzzed *fuzzed, struct input *input)
{
    const uint16_t beyond = take(input);
    const struct msg_set_geometry told = { (uint16_t)(BOARD_NUM_ELEMENTS + beyond), take(input), take(input) % 2,
                                           30e9, 3e8, 0.005, 0.5 };
    request(fuzzed, &msg_set_geometry_layout, &told);
}

static void corrections(struct fuzzed *fuzzed, struct input *input)
{
    uint8_t payload[256];
    const struct msg_set_corrections told = { take(input) % 2, take(input) % 16, { NULL, take(input) % 12 } };
    uint8_t *at = payload + msg_encode(&msg_set_corrections_layout, &told, payload);
    for (unsigned k = 0; k < told.values.count; k++) {
        const struct msg_set_corrections_entry entry = { number(input) };
        at = msg_put_entry(&msg_set_corrections_layout, &entry, at);
    }
    send(fuzzed, MSG_SET_CORRECTIONS, fuzzed->next++, payload, (size_t)(at - payload));
}

/* The hash of a codeword that is all zero but for its amplitudes: of small numbers on line 0 some make it. */
static uint64_t straight_ahead(void)
{
    uint8_t packed[BOARD_CODEWORD_BYTES] = { 0 };
    for (uint32_t element = 0; element < BOARD_NUM_ELEMENTS; element++) {
        put_code(packed, element * BOARD_ELEMENT_BITS + BOARD_PHASE_BITS + BOARD_DELAY_BITS, UINT16_MAX, BOARD_AMPLITUDE_BITS);
    }
    return content_hash(packed, sizeof packed);
}

static void foci(struct fuzzed *fuzzed, struct input *input)
{
    uint8_t payload[256];
    const struct msg_load_foci asked = { { NULL, take(input) % 4 } };
    uint8_t *at = payload + msg_encode(&msg_load_foci_layout, &asked, payload);
    for (unsigned k = 0; k < asked.entries.count; k++) {
        const struct msg_load_foci_entry entry = { take(input) % (BOARD_MEMORY_DEPTH + 1), straight_ahead(), take(input) % 4,
                                                   take(input) % 2, number(input), number(input) };
        at = msg_put_entry(&msg_load_foci_layout, &entry, at);
    }
    send(fuzzed, MSG_LOAD_FOCI, fuzzed->next++, payload, (size_t)(at - payload));
}

static void splits(struct fuzzed *fuzzed, struct input *input)
{
    uint8_t payload[256];
    const struct msg_load_splits asked = { { NULL, take(input) % 3 } };
    uint8_t *at = payload + msg_encode(&msg_load_splits_layout, &asked, payload);
    for (unsigned k = 0; k < asked.entries.count; k++) {
        const struct msg_load_splits_entry entry = { take(input) % (BOARD_MEMORY_DEPTH + 1), straight_ahead(), take(input) % 2,
                                                     take(input) % (BOARD_NUM_LINES + 1), number(input), number(input),
                                                     number(input), number(input), number(input) * 1e-12 };
        at = msg_put_entry(&msg_load_splits_layout, &entry, at);
    }
    send(fuzzed, MSG_LOAD_SPLITS, fuzzed->next++, payload, (size_t)(at - payload));
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
    case STEP_GEOMETRY:
        geometry(fuzzed, input);
        break;
    case STEP_CORRECTIONS:
        corrections(fuzzed, input);
        break;
    case STEP_FOCI:
        foci(fuzzed, input);
        break;
    case STEP_SPLITS:
        splits(fuzzed, input);
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
