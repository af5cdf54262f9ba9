/* How message layouts are written down in messages.c. SPEC 2.2. */
#ifndef BEAM_LAYOUT_H
#define BEAM_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum msg_field_type {
    MSG_U8,
    MSG_U16,
    MSG_U32,
    MSG_I16,
    MSG_U64,
    MSG_F64,
    MSG_TEXT8,
    MSG_BYTES16,
    MSG_LIST16
};

enum msg_sender { MSG_FROM_HOST, MSG_FROM_BOARD, MSG_FROM_EITHER };

struct msg_field {
    /* Range of integers up to 32 bits, as they lie in 32 bits; most bytes or entries of bytes16 and list16 in `max`; place in
     * msg_real_ranges of an f64 in `min`. */
    uint32_t min;
    uint32_t max;
    /* Of its member in the message's struct. */
    uint16_t offset;
    uint8_t type;
};

struct msg_real_range {
    double min;
    double max;
};

extern const struct msg_real_range msg_real_ranges[];

struct msg_layout {
    const struct msg_field *fields;
    /* Of an entry of its only list; NULL without one. */
    const struct msg_field *entry_fields;
    /* Of a request: what answers it. */
    const struct msg_layout *response;
    /* Longest payload, bytes. */
    uint16_t max_payload;
    uint8_t num_fields;
    uint8_t num_entry_fields;
    /* Of one entry on the line. */
    uint8_t entry_bytes;
    uint8_t sender;
    bool reliable;
    uint8_t type;
};

/* Text without terminator, or bytes; they lie in the payload from which they were decoded. */
struct msg_bytes {
    const uint8_t *bytes;
    uint16_t count;
};

/* Entries as they stand in the payload; msg_entry decodes one. */
struct msg_list {
    /* To encode: NULL where the entries are appended one by one with msg_put_entry; the list is the last field then. */
    const uint8_t *bytes;
    uint16_t count;
};

#endif
