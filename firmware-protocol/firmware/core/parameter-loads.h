/* Codewords that come as a few parameters, and what they are expanded by. SPEC 6.15 to 6.18. */
#ifndef BEAM_PARAMETER_LOADS_H
#define BEAM_PARAMETER_LOADS_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "expansion.h"
#include "messages.h"

struct board;

/* All zero: no geometry is in force. */
struct parameter_loads {
#if BOARD_EXPANSION
    bool knows_geometry;
    struct msg_set_geometry geometry;
#if BOARD_CORRECTIONS
    double phase_errors[BOARD_NUM_ELEMENTS];
    double delay_errors[BOARD_NUM_ELEMENTS];
#endif
    /* The entry that is being expanded; while there is none, how far it is is all zero. */
    struct expansion expansion;
#endif
    /* The load that is being carried out: its entries, so many of them loaded, and why not the next. */
    struct msg_list entries;
    uint16_t loaded;
    enum status status;
};

/* They are carried out as every request is: requests.c. */
bool set_geometry(struct board *board, const union msg_any *request, uint16_t sequence);
bool set_corrections(struct board *board, const union msg_any *request, uint16_t sequence);
bool load_foci(struct board *board, const union msg_any *request, uint16_t sequence);
bool load_splits(struct board *board, const union msg_any *request, uint16_t sequence);

#endif
