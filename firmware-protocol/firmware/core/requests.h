/* Carrying out the host's requests, in order, each answered once. SPEC 6. */
#ifndef BEAM_REQUESTS_H
#define BEAM_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"
#include "receipt-log.h"

struct board;

/* What is left of the request that is being carried out: it may have to wait for room in the outbox. */
struct requests {
    bool begun;
    /* It takes many turns of the loop, and is completed when its session ends: SPEC 5.9. */
    bool is_long;
    /* Its session has ended: nobody waits for the answer. */
    bool orphaned;
    /* It may go on by a step; it could not, and must have another turn soon. */
    bool turn;
    bool waits_for_turn;
    /* Stop: entries that were dropped. */
    uint16_t dropped;
    /* QueryReceipts: what is still to be repeated. */
    struct receipt_range range;
    uint32_t slot;
    uint32_t count;
};

/* A new session. Returns whether a request of the old one, the oldest that waits, has to be completed. */
bool requests_start(struct requests *requests);

/* Carries out what waits, as far as there is room for answers; a long request, by a step at most when it is its turn. */
void requests_run(struct board *board, bool turn);

/* For those that carry out requests: */

/* A long request begins. */
void requests_begin_long(struct requests *requests);

/* Whether it may go on by a step now. */
bool requests_take_turn(struct requests *requests);

/* Answers; false where there is no room in the outbox: there is, unless the request has put other messages there or was long. */
bool requests_respond(struct board *board, const struct msg_layout *layout, const void *answer);

#endif
