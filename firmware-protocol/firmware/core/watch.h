/* What the board looks at by itself, on ordinary time: the host's silence, its own condition. SPEC 6.10, 8.2, 9.2. */
#ifndef BEAM_WATCH_H
#define BEAM_WATCH_H

#include <stdint.h>

struct board;

/* Returns when to look again. */
uint64_t watch_run(struct board *board, uint64_t now);

#endif
