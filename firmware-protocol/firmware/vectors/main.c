/*
 * Framing and layouts by themselves, line by line from standard input to standard output, for tests against vectors/:
 *   bytes HEX                        what the decoder finds in them: frames and errors
 *   seal TYPE SESSION SEQUENCE HEX   the frame around a payload
 *   payload TYPE HEX                 its fields, and what they are encoded to again
 *   hash HEX                         content hash
 * HEX may be `-` for no bytes. Numbers are decimal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "codewords.h"
#include "frame.h"

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
        } else {
            fprintf(stderr, "not understood: %s", line);
            return 1;
        }
        printf("\n");
    }
    return 0;
}
