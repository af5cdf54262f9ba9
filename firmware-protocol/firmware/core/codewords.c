#include "codewords.h"

#include <string.h>

#define FNV_BASIS UINT64_C(0xCBF29CE484222325)
#define FNV_PRIME UINT64_C(0x100000001B3)

const uint8_t *codewords_at(const struct codewords *codewords, uint16_t index)
{
    return index < BOARD_MEMORY_DEPTH && codewords->valid[index] ? codewords->packed[index] : NULL;
}

uint64_t codewords_hash(const struct codewords *codewords, uint16_t index)
{
    return codewords_at(codewords, index) == NULL ? 0 : codewords->hash[index];
}

uint64_t content_hash(const uint8_t *packed, size_t count)
{
    uint64_t hash = FNV_BASIS;
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ packed[i]) * FNV_PRIME;
    }
    return hash;
}

void put_code(uint8_t *packed, uint32_t at, uint16_t code, unsigned bits)
{
    for (unsigned bit = 0; bit < bits; bit++, at++) {
        packed[at / 8] |= (uint8_t)(((uint32_t)code >> bit & 1u) << at % 8);
    }
}

#if BOARD_DELAY_BITS > 0 || BOARD_LINE_BITS > 0
/* `bits` bits from bit `at` on of the string of SPEC 4.1. */
static uint32_t code_at(const uint8_t *packed, uint32_t at, unsigned bits)
{
    uint32_t code = 0;
    for (unsigned bit = 0; bit < bits; bit++, at++) {
        code |= ((uint32_t)packed[at / 8] >> at % 8 & 1u) << bit;
    }
    return code;
}
#endif

/* Whether every delay and line is one that the elements have: SPEC 4.4, 4.5. */
static bool within_reach(const uint8_t *packed)
{
#if BOARD_DELAY_BITS > 0 || BOARD_LINE_BITS > 0
    for (uint32_t element = 0; element < BOARD_NUM_ELEMENTS; element++) {
        const uint32_t at = element * BOARD_ELEMENT_BITS;
        const uint64_t delay = code_at(packed, at + BOARD_PHASE_BITS, BOARD_DELAY_BITS);
        if (delay * BOARD_DELAY_LSB_FS > BOARD_DELAY_RANGE_FS) {
            return false;
        }
        const uint32_t line = code_at(packed, at + BOARD_ELEMENT_BITS - BOARD_LINE_BITS, BOARD_LINE_BITS);
        if (BOARD_LINE_BITS > 0 && line + 1 > BOARD_NUM_LINES) {
            return false;
        }
    }
#else
    (void)packed;
#endif
    return true;
}

static bool padding_is_zero(const uint8_t *packed)
{
    const unsigned used = BOARD_CODEWORD_BITS % 8;
    return used == 0 || (unsigned)packed[BOARD_CODEWORD_BYTES - 1] >> used == 0;
}

/* The status of a codeword whose last chunk has come. */
static enum status whole(const struct codewords *codewords, uint16_t index)
{
    const uint8_t *const packed = codewords->packed[index];
    if (codewords->load_length != BOARD_CODEWORD_BYTES || !padding_is_zero(packed)
        || content_hash(packed, BOARD_CODEWORD_BYTES) != codewords->load_hash) {
        return STATUS_HASH_MISMATCH;
    }
    return within_reach(packed) ? STATUS_OK : STATUS_BAD_CODE;
}

enum status codewords_load(struct codewords *codewords, const struct msg_load_codeword *chunk)
{
    if (chunk->index >= BOARD_MEMORY_DEPTH) {
        return STATUS_BAD_INDEX;
    }
    codewords->valid[chunk->index] = false;
    if (chunk->offset == 0) {
        codewords->loading = true;
        codewords->load_index = chunk->index;
        codewords->load_length = 0;
        codewords->load_hash = chunk->hash;
    }
    /* Of what is refused no load goes on. */
    const bool goes_on = codewords->loading && codewords->load_index == chunk->index;
    codewords->loading = false;
    if (!goes_on || codewords->load_length != chunk->offset || codewords->load_hash != chunk->hash
        || (uint32_t)chunk->offset + chunk->data.count > BOARD_CODEWORD_BYTES) {
        return STATUS_MALFORMED;
    }
    if (chunk->data.count > 0) {
        memcpy(codewords->packed[chunk->index] + chunk->offset, chunk->data.bytes, chunk->data.count);
    }
    codewords->load_length = (uint16_t)(codewords->load_length + chunk->data.count);
    if (chunk->last == 0) {
        codewords->loading = true;
        return STATUS_OK;
    }
    const enum status status = whole(codewords, chunk->index);
    if (status == STATUS_OK) {
        codewords->hash[chunk->index] = chunk->hash;
        codewords->valid[chunk->index] = true;
    }
    return status;
}

uint8_t *codewords_open(struct codewords *codewords, uint16_t index)
{
    codewords->valid[index] = false;
    codewords->loading = codewords->loading && codewords->load_index != index;
    return memset(codewords->packed[index], 0, BOARD_CODEWORD_BYTES);
}

bool codewords_close(struct codewords *codewords, uint16_t index, uint64_t hash)
{
    codewords->hash[index] = hash;
    codewords->valid[index] = content_hash(codewords->packed[index], BOARD_CODEWORD_BYTES) == hash;
    return codewords->valid[index];
}

void codewords_end_load(struct codewords *codewords)
{
    codewords->loading = false;
}
