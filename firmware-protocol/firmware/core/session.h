/* Good frames of the host, and the session that they belong to. SPEC 5.9, 5.11. */
#ifndef BEAM_SESSION_H
#define BEAM_SESSION_H

#include "frame.h"

struct board;

void session_frame(struct board *board, const struct frame *frame);

#endif
