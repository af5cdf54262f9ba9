/* The codeword memory, and loading it in chunks. SPEC 4 and 6.2. */
#ifndef BEAM_CODEWORDS_H
#define BEAM_CODEWORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "messages.h"

/* All zero: nothing is valid. */
struct codewords {
    uint8_t packed[BOARD_MEMORY_DEPTH][BOARD_CODEWORD_BYTES];
    uint64_t hash[BOARD_MEMORY_DEPTH];
    bool valid[BOARD_MEMORY_DEPTH];
    /* The one load that has begun: it is written where it will stand, as an entry is invalid until its last chunk. */
    bool loading;
    uint16_t load_index;
    uint16_t load_length;
    uint64_t load_hash;
};

/* The packed codeword at an index; NULL when it is not valid, or beyond the memory. */
const uint8_t *codewords_at(const struct codewords *codewords, uint16_t index);

/* The hash of a valid entry; 0 of any other. */
uint64_t codewords_hash(const struct codewords *codewords, uint16_t index);

/* Takes one chunk; returns its status. */
enum status codewords_load(struct codewords *codewords, const struct msg_load_codeword *chunk);

/*
 * The place of a codeword that the board makes itself, all zero; its entry is invalid, and a load of it that
 * had begun is lost (SPEC 6.17). `index` is within the memory.
 */
uint8_t *codewords_open(struct codewords *codewords, uint16_t index);

/* The codeword that was made there is whole; returns whether its hash is this one, and so whether it is valid. */
bool codewords_close(struct codewords *codewords, uint16_t index, uint64_t hash);

/* The session that was loading is over. */
void codewords_end_load(struct codewords *codewords);

/* Writes a code as `bits` bits from bit `at` on of a string of zeros; what has more bits is cut off. SPEC 4.1. */
void put_code(uint8_t *packed, uint32_t at, uint16_t code, unsigned bits);

/* FNV-1a, 64 bits, over the packed bytes: SPEC 4.3. */
uint64_t content_hash(const uint8_t *packed, size_t count);

#endif
