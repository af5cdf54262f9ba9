#include "frame.h"

#include "bytes.h"
#include "crc32c.h"

static void store(struct frame_decoder *decoder, uint8_t byte)
{
    if (decoder->length < sizeof decoder->raw) {
        decoder->raw[decoder->length++] = byte;
    } else {
        decoder->too_long = true;
    }
}

/* SPEC 3.5, in its order; FRAME_NUM_ERRORS when it is a good frame. */
static enum frame_error judge(const struct frame_decoder *decoder)
{
    if (decoder->collected > FRAME_MAX_COBS_BYTES) {
        return FRAME_TOO_LONG;
    }
    if (decoder->block_left > 0) {
        return FRAME_BAD_COBS;
    }
    if (decoder->too_long) {
        return FRAME_TOO_LONG;
    }
    if (decoder->length < FRAME_OVERHEAD_BYTES) {
        return FRAME_TOO_SHORT;
    }
    const size_t crc_at = (size_t)decoder->length - FRAME_CRC_BYTES;
    return crc32c(decoder->raw, crc_at) == get_u32(decoder->raw + crc_at) ? FRAME_NUM_ERRORS : FRAME_BAD_CRC;
}

static bool finish(struct frame_decoder *decoder, struct frame *frame)
{
    const enum frame_error error = judge(decoder);
    if (error != FRAME_NUM_ERRORS) {
        decoder->errors[error]++;
        return false;
    }
    decoder->good++;
    frame->type = decoder->raw[0];
    frame->session = get_u16(decoder->raw + 1);
    frame->sequence = get_u16(decoder->raw + 3);
    frame->length = (uint16_t)(decoder->length - FRAME_OVERHEAD_BYTES);
    frame->payload = decoder->raw + FRAME_HEADER_BYTES;
    return true;
}

static void decode(struct frame_decoder *decoder, uint8_t byte)
{
    if (decoder->block_left > 0) {
        decoder->block_left--;
        store(decoder, byte);
        return;
    }
    /* Nothing after the block in which it became too long matters. */
    if (decoder->too_long) {
        return;
    }
    if (decoder->zero_due) {
        store(decoder, 0);
        if (decoder->too_long) {
            return;
        }
    }
    decoder->block_left = (uint8_t)(byte - 1);
    decoder->zero_due = byte != 0xFF;
}

bool frame_push(struct frame_decoder *decoder, uint8_t byte, struct frame *frame)
{
    if (byte != 0) {
        if (decoder->collected <= FRAME_MAX_COBS_BYTES) {
            decoder->collected++;
            decode(decoder, byte);
        }
        return false;
    }
    const bool good = decoder->collected > 0 && finish(decoder, frame);
    decoder->length = 0;
    decoder->collected = 0;
    decoder->block_left = 0;
    decoder->zero_due = false;
    decoder->too_long = false;
    return good;
}

uint8_t *frame_payload(struct frame_encoder *encoder)
{
    return encoder->wire + FRAME_GAP_BYTES + FRAME_HEADER_BYTES;
}

/* Puts COBS and delimiters on `count` bytes that begin at FRAME_GAP_BYTES. SPEC 3.3, 3.4. */
static size_t stuff(uint8_t *wire, size_t count)
{
    const uint8_t *raw = wire + FRAME_GAP_BYTES;
    wire[0] = 0;
    size_t code_at = 1;
    size_t next = 2;
    for (size_t i = 0; i < count; i++) {
        const uint8_t byte = raw[i];
        if (byte != 0) {
            wire[next++] = byte;
        }
        /* A block ends at a zero, and when it is full; a full one at the very end needs no successor. */
        if (byte == 0 || (next - code_at == 255 && i + 1 < count)) {
            wire[code_at] = (uint8_t)(next - code_at);
            code_at = next++;
        }
    }
    wire[code_at] = (uint8_t)(next - code_at);
    wire[next++] = 0;
    return next;
}

size_t frame_seal(struct frame_encoder *encoder, uint8_t type, uint16_t session, uint16_t sequence, size_t length)
{
    uint8_t *raw = encoder->wire + FRAME_GAP_BYTES;
    raw[0] = type;
    put_u16(raw + 1, session);
    put_u16(raw + 3, sequence);
    const size_t crc_at = FRAME_HEADER_BYTES + length;
    put_u32(raw + crc_at, crc32c(raw, crc_at));
    return stuff(encoder->wire, crc_at + FRAME_CRC_BYTES);
}
