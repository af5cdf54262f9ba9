/* Frames on the line: delimiter, COBS of (type, session, sequence, payload, CRC), delimiter. SPEC 3. */
#ifndef BEAM_FRAME_H
#define BEAM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "messages.h"

#define FRAME_HEADER_BYTES 5
#define FRAME_CRC_BYTES 4
#define FRAME_OVERHEAD_BYTES (FRAME_HEADER_BYTES + FRAME_CRC_BYTES)
/* Longest frame after COBS, without delimiters, of any board: SPEC 2.4. */
#define FRAME_MAX_COBS_BYTES 1038

struct frame {
    uint8_t type;
    uint16_t session;
    uint16_t sequence;
    uint16_t length;
    /* Good until the next byte is pushed. */
    const uint8_t *payload;
};

/* Why bytes between two delimiters were no frame. SPEC 3.5. */
enum frame_error { FRAME_TOO_LONG, FRAME_BAD_COBS, FRAME_TOO_SHORT, FRAME_BAD_CRC, FRAME_NUM_ERRORS };

/* Takes COBS away byte by byte, so that a frame is held once. All zero: at the start of a line. */
struct frame_decoder {
    uint8_t raw[FRAME_OVERHEAD_BYTES + BOARD_MAX_PAYLOAD];
    /* Bytes in `raw`. */
    uint16_t length;
    /* Bytes since the last delimiter; one more than the longest frame stands for any more than that. */
    uint16_t collected;
    /* Bytes of the present block still to come. */
    uint8_t block_left;
    /* The last block stands for a zero after it, if another block follows. */
    bool zero_due;
    /* The frame does not fit; the block in which that was found is still walked to its end. */
    bool too_long;
    uint32_t good;
    uint32_t errors[FRAME_NUM_ERRORS];
};

/* Takes one byte of the line; true when it completed a good frame. A payload longer than BOARD_MAX_PAYLOAD is tooLong. */
bool frame_push(struct frame_decoder *decoder, uint8_t byte, struct frame *frame);

/* Longest payload that the board sends. */
#ifndef FRAME_MAX_SENT_PAYLOAD
#define FRAME_MAX_SENT_PAYLOAD MSG_BOARD_MAX_PAYLOAD
#endif
/* Longest frame that the board sends, before COBS. */
#define FRAME_MAX_SENT_BYTES (FRAME_OVERHEAD_BYTES + FRAME_MAX_SENT_PAYLOAD)
/* COBS is put on in place. It adds one byte for each 254 and one more, so a frame that begins so far behind the first
 * delimiter and code byte is never overtaken by its own encoding. */
#define FRAME_GAP_BYTES (2 + FRAME_MAX_SENT_BYTES / 254)

/* A frame on its way out. */
struct frame_encoder {
    uint8_t wire[FRAME_GAP_BYTES + FRAME_MAX_SENT_BYTES + 1];
};

/* Where the payload is written, FRAME_MAX_SENT_PAYLOAD bytes, before frame_seal. */
uint8_t *frame_payload(struct frame_encoder *encoder);

/* Makes the frame around a payload of `length` bytes; returns its bytes on the line, which begin at `wire`. */
size_t frame_seal(struct frame_encoder *encoder, uint8_t type, uint16_t session, uint16_t sequence, size_t length);

#endif
