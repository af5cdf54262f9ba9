#include "watch.h"

#include "board.h"
#include "times.h"

#define PERIOD_MS 1000

/* SPEC 8.2. */
static uint64_t watchdog(struct board *board, uint64_t now)
{
    if (board->watchdog_ms == 0 || board->watchdog_muted) {
        return TIMES_NEVER;
    }
    const uint64_t at = board->heard_at + times_ms(board->watchdog_ms);
    if (now < at) {
        return at;
    }
    slots_hold(board);
    board->watchdog_muted = true;
    board_fault(board, FAULT_WATCHDOG, board->watchdog_ms, now);
    (void)slots_run(board);
    return TIMES_NEVER;
}

/* Faults 3 and 4, once each time that a limit is passed. */
static void condition(struct board *board, uint64_t now)
{
    const int16_t temperature = hal_temperature_centi_c(board->hal);
    const bool hot = temperature > BOARD_HOT_CENTI_C;
    if (hot && !board->hot) {
        board_fault(board, FAULT_OVER_TEMPERATURE, (uint32_t)temperature, now);
    }
    board->hot = hot;
    const uint16_t supply = hal_supply_mv(board->hal);
    const bool low = supply < BOARD_LOW_SUPPLY_MV;
    if (low && !board->low_supply) {
        board_fault(board, FAULT_UNDER_VOLTAGE, supply, now);
    }
    board->low_supply = low;
}

uint64_t watch_run(struct board *board, uint64_t now)
{
    if (board->session == 0) {
        return TIMES_NEVER;
    }
    if (now >= board->telemetry_at) {
        board->transmit.telemetry = true;
        condition(board, now);
        /* From the last time, not from now, so that it stays once a second; after a standstill, from now. */
        board->telemetry_at += times_ms(PERIOD_MS);
        if (board->telemetry_at <= now) {
            board->telemetry_at = now + times_ms(PERIOD_MS);
        }
    }
    return times_earlier(watchdog(board, now), board->telemetry_at);
}
