/*
 * Framing, layouts and expansion by themselves, line by line from standard input to standard output, for tests against vectors/:
 *   bytes HEX                        what the decoder finds in them: frames and errors
 *   seal TYPE SESSION SEQUENCE HEX   the frame around a payload
 *   payload TYPE HEX                 its fields, and what they are encoded to again
 *   hash HEX                         content hash
 *   board ELEMENTS PHASE DELAY AMPLITUDE LINE LSB LAST LINES   bits, fs, last delay code and number of lines: what expands
 *   lines HEX                        their delays, fs: 4 bytes each, line by line
 *   geometry HEX                     payload of SetGeometry
 *   corrections HEX                  phases, then delays: 8 bytes each
 *   expand TYPE STEP HEX             codeword of the only entry of a payload, so many elements at a time, and its hash
 *   numbers HEX                      of one f64: square root, nearest whole number, least that is not less; as bits
 * HEX may be `-` for no bytes. Numbers are decimal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "codec.h"
#include "codewords.h"
#include "expansion.h"
#include "frame.h"
#include "real.h"

#define LINE_BYTES 20000

static const char *const FRAME_ERRORS[] = { "tooLong", "badCobs", "tooShort", "badCrc" };
static const char *const RESULTS[] = { "ok", "tooShort", "trailingBytes", "badCount", "badText", "outOfRange" };

static size_t from_hex(const char *text, uint8_t *bytes)
{
    size_t count = 0;
    unsigned byte;
    for (; text[0] != '-' && sscanf(text, "%2x", &byte) == 1; text += 2) {
        bytes[count++] = (uint8_t)byte;
    }
    return count;
}

static void print_hex(const uint8_t *bytes, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        printf("%02x", bytes[k]);
    }
    if (count == 0) {
        printf("-");
    }
}

static void find_frames(const uint8_t *bytes, size_t count)
{
    static struct frame_decoder decoder;
    memset(&decoder, 0, sizeof decoder);
    for (size_t k = 0; k < count; k++) {
        struct frame frame;
        uint32_t before[FRAME_NUM_ERRORS];
        memcpy(before, decoder.errors, sizeof before);
        if (frame_push(&decoder, bytes[k], &frame)) {
            printf(" frame %u %u %u ", (unsigned)frame.type, (unsigned)frame.session, (unsigned)frame.sequence);
            print_hex(frame.payload, frame.length);
        }
        for (size_t error = 0; error < FRAME_NUM_ERRORS; error++) {
            if (decoder.errors[error] != before[error]) {
                printf(" %s", FRAME_ERRORS[error]);
            }
        }
    }
}

static void print_fields(const struct msg_layout *layout, const struct msg_field *fields, size_t count, const void *message)
{
    for (size_t f = 0; f < count; f++) {
        const void *const member = (const uint8_t *)message + fields[f].offset;
        switch (fields[f].type) {
        case MSG_U8:
            printf(" %u", (unsigned)*(const uint8_t *)member);
            break;
        case MSG_U16:
            printf(" %u", (unsigned)*(const uint16_t *)member);
            break;
        case MSG_I16:
            printf(" %d", (int)*(const int16_t *)member);
            break;
        case MSG_U32:
            printf(" %" PRIu32, *(const uint32_t *)member);
            break;
        case MSG_U64:
            printf(" %" PRIu64, *(const uint64_t *)member);
            break;
        case MSG_F64: {
            /* Its bits: no digit is lost. */
            uint64_t bits;
            memcpy(&bits, member, sizeof bits);
            printf(" x%016" PRIx64, bits);
            break;
        }
        case MSG_LIST16: {
            const struct msg_list *const list = member;
            printf(" [");
            for (size_t k = 0; k < list->count; k++) {
                uint64_t entry[16];
                msg_entry(layout, list, k, entry);
                print_fields(layout, layout->entry_fields, layout->num_entry_fields, entry);
            }
            printf(" ]");
            break;
        }
        default: {
            const struct msg_bytes *const bytes = member;
            printf(" ");
            print_hex(bytes->bytes, bytes->count);
            break;
        }
        }
    }
}

/* Lists entry by entry, as the board makes its own. */
static size_t encode(const struct msg_layout *layout, union msg_any *message, uint8_t *payload)
{
    for (size_t f = 0; f < layout->num_fields; f++) {
        if (layout->fields[f].type == MSG_LIST16 && f + 1 == layout->num_fields) {
            struct msg_list *const list = (struct msg_list *)(void *)((uint8_t *)message + layout->fields[f].offset);
            const struct msg_list entries = *list;
            list->bytes = NULL;
            uint8_t *at = payload + msg_encode(layout, message, payload);
            for (size_t k = 0; k < entries.count; k++) {
                uint64_t entry[16];
                msg_entry(layout, &entries, k, entry);
                at = msg_put_entry(layout, entry, at);
            }
            return (size_t)(at - payload);
        }
    }
    return msg_encode(layout, message, payload);
}

static void read_payload(uint8_t type, const uint8_t *bytes, size_t count)
{
    const struct msg_layout *const layout = msg_layout_of(type);
    union msg_any message;
    uint8_t again[2048];
    if (layout == NULL) {
        printf(" unknownType %s", msg_is_reliable(type) ? "reliable" : "datagram");
        return;
    }
    const enum msg_result result = msg_decode(layout, bytes, count, &message);
    printf(" %s", RESULTS[result]);
    if (result == MSG_OK) {
        print_fields(layout, layout->fields, layout->num_fields, &message);
        printf(" = ");
        print_hex(again, encode(layout, &message, again));
    }
}

/* What expands; it has no more elements than lines of input tell corrections of. */
static struct expanding_board board;
static struct hal {
    uint32_t delays[LINE_BYTES / 8];
} hal;
static struct msg_set_geometry geometry;
static double errors[LINE_BYTES / 16];

uint32_t hal_line_delay_fs(struct hal *of, uint16_t line, uint16_t element)
{
    return of->delays[line * board.num_elements + element];
}

static double get_f64(const uint8_t *at)
{
    const uint64_t bits = get_u64(at);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void print_f64(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    printf(" %016" PRIx64, bits);
}

static void expand(uint8_t type, uint16_t most, const uint8_t *payload, size_t count)
{
    static uint8_t packed[65535];
    const struct msg_layout *const layout = msg_layout_of(type);
    struct parameters parameters = { .is_split = type == MSG_LOAD_SPLITS };
    struct expansion expansion = { 0 };
    struct expander expander = { &board, &hal, &geometry, NULL, NULL };
    union msg_any message;
    if (msg_decode(layout, payload, count, &message) != MSG_OK) {
        printf(" malformed");
        return;
    }
    const struct msg_list *const entries = parameters.is_split ? &message.load_splits.entries : &message.load_foci.entries;
    msg_entry(layout, entries, 0, &parameters.of);
    if (parameters.is_split ? parameters.of.split.corrected == 1 : parameters.of.focus.corrected == 1) {
        expander.phase_errors = errors;
        expander.delay_errors = errors + board.num_elements;
    }
    memset(packed, 0, sizeof packed);
    enum expansion_state state;
    do {
        state = expansion_step(&expander, &parameters, &expansion, packed, most);
    } while (state == EXPANSION_GOES_ON);
    if (state == EXPANSION_IMPOSSIBLE) {
        printf(" impossible");
        return;
    }
    const size_t bits = (size_t)board.phase_bits + board.delay_bits + board.amplitude_bits + board.line_bits;
    const size_t length = (board.num_elements * bits + 7) / 8;
    printf(" ");
    print_hex(packed, length);
    printf(" %016" PRIx64, content_hash(packed, length));
}

/* A line about expansion; false when it is none. */
static bool expansion_line(const char *line, char *hex, uint8_t *bytes)
{
    union msg_any told;
    unsigned type;
    unsigned step;
    if (sscanf(line, "board %hu %hhu %hhu %hhu %hhu %" SCNu32 " %hu %hu", &board.num_elements, &board.phase_bits,
               &board.delay_bits, &board.amplitude_bits, &board.line_bits, &board.delay_lsb_fs, &board.last_delay_code,
               &board.num_lines) == 8) {
        printf("board");
    } else if (sscanf(line, "lines %19999s", hex) == 1) {
        const size_t count = from_hex(hex, bytes);
        for (size_t k = 0; k < count / 4; k++) {
            hal.delays[k] = get_u32(bytes + 4 * k);
        }
        printf("lines");
    } else if (sscanf(line, "geometry %19999s", hex) == 1) {
        const enum msg_result result = msg_decode(&msg_set_geometry_layout, bytes, from_hex(hex, bytes), &told);
        geometry = told.set_geometry;
        printf("geometry %s", RESULTS[result]);
    } else if (sscanf(line, "corrections %19999s", hex) == 1) {
        const size_t count = from_hex(hex, bytes);
        for (size_t k = 0; k < count / 8; k++) {
            errors[k] = get_f64(bytes + 8 * k);
        }
        printf("corrections");
    } else if (sscanf(line, "expand %u %u %19999s", &type, &step, hex) == 3) {
        printf("expand");
        expand((uint8_t)type, (uint16_t)step, bytes, from_hex(hex, bytes));
    } else if (sscanf(line, "numbers %19999s", hex) == 1 && from_hex(hex, bytes) == 8) {
        const double x = get_f64(bytes);
        printf("numbers");
        print_f64(real_sqrt(x));
        print_f64(real_nearest(x));
        print_f64(real_ceil(x));
    } else {
        return false;
    }
    return true;
}

int main(void)
{
    static char line[LINE_BYTES];
    static char hex[LINE_BYTES];
    static uint8_t bytes[LINE_BYTES / 2];
    static struct frame_encoder encoder;
    unsigned type;
    unsigned session;
    unsigned sequence;
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "bytes %19999s", hex) == 1) {
            printf("bytes");
            find_frames(bytes, from_hex(hex, bytes));
        } else if (sscanf(line, "seal %u %u %u %19999s", &type, &session, &sequence, hex) == 4) {
            const size_t length = from_hex(hex, frame_payload(&encoder));
            printf("seal ");
            print_hex(encoder.wire, frame_seal(&encoder, (uint8_t)type, (uint16_t)session, (uint16_t)sequence, length));
        } else if (sscanf(line, "payload %u %19999s", &type, hex) == 2) {
            printf("payload");
            read_payload((uint8_t)type, bytes, from_hex(hex, bytes));
        } else if (sscanf(line, "hash %19999s", hex) == 1) {
            const size_t count = from_hex(hex, bytes);
            printf("hash %016" PRIx64, content_hash(bytes, count));
        } else if (!expansion_line(line, hex, bytes)) {
            fprintf(stderr, "not understood: %s", line);
            return 1;
        }
        printf("\n");
    }
    return 0;
}
