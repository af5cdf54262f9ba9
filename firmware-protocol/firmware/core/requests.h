/* Carrying out the host's requests, in order, each answered once. SPEC 6. */
#ifndef BEAM_REQUESTS_H
#define BEAM_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "receipt-log.h"

struct board;

/* What is left of the request that is being carried out: it may have to wait for room in the outbox. */
struct requests {
    bool begun;
    /* Stop: entries that were dropped. */
    uint16_t dropped;
    /* QueryReceipts: what is still to be repeated. */
    struct receipt_range range;
    uint32_t slot;
    uint32_t count;
};

/* A new session: nobody waits for what is left. */
void requests_start(struct requests *requests);

/* Carries out what waits, as far as there is room for answers. */
void requests_run(struct board *board);

#endif
