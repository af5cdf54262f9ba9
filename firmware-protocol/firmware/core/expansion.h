/*
 * Codewords from a few parameters, as every board and the host expand them: SPEC 4.7. Each operation rounds once, in the
 * order of the clause. A codeword is made in steps, so that a slow processor comes to its slots in between.
 */
#ifndef BEAM_EXPANSION_H
#define BEAM_EXPANSION_H

#include <stdbool.h>
#include <stdint.h>

#include "hal.h"
#include "messages.h"

/* What a board can set of its elements: SPEC 4.1, 4.4, 4.5. */
struct expanding_board {
    uint16_t num_elements;
    uint16_t num_lines;
    uint8_t phase_bits;
    uint8_t delay_bits;
    uint8_t amplitude_bits;
    uint8_t line_bits;
    /* Highest that it takes. */
    uint16_t last_delay_code;
    uint32_t delay_lsb_fs;
};

struct expander {
    const struct expanding_board *board;
    /* Knows the delays of lines. */
    struct hal *hal;
    const struct msg_set_geometry *geometry;
    /* By how much elements are off, rad and s, [num_elements]; both NULL: the codeword is not corrected. */
    const double *phase_errors;
    const double *delay_errors;
};

/* An entry of LoadFoci or LoadSplits. */
struct parameters {
    bool is_split;
    union {
        struct msg_load_foci_entry focus;
        struct msg_load_splits_entry split;
    } of;
};

/* How far a codeword is; all zero: nothing of it. */
struct expansion {
    /* Of the array: so many were looked at for the least delay, which is this way at the speed of light, m. */
    uint32_t looked_at;
    double least_way;
    /* Of the board: so many have their codes. */
    uint16_t expanded;
};

enum expansion_state {
    EXPANSION_GOES_ON,
    EXPANSION_WHOLE,
    /* A number on the way was not finite, or there is no such line. */
    EXPANSION_IMPOSSIBLE
};

/* Goes on with a codeword by at most so many elements; its packed bytes are zero at the beginning. */
enum expansion_state expansion_step(const struct expander *expander, const struct parameters *parameters,
                                    struct expansion *expansion, uint8_t *packed, uint16_t most);

#endif
