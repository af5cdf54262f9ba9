#include "library.h"

#include <stdlib.h>
#include <string.h>

#include "board.h"

#define LINE_BYTES 65536
/* More are not latched in one run. */
#define MAX_HEARD (BOARD_QUEUE_DEPTH + BOARD_LATCH_AHEAD)

struct front_end {
    uint64_t at;
    /* It is not latched. */
    bool fails;
    uint8_t settings[BOARD_CODEWORD_BYTES];
};

struct heard {
    struct library_latch latch;
    uint8_t settings[BOARD_CODEWORD_BYTES];
};

struct hal {
    uint64_t now;
    uint32_t boot_id;
    /* From the host, not read yet. */
    const uint8_t *received;
    size_t num_received;
    /* For the host, not taken yet. */
    uint8_t sent[LINE_BYTES];
    size_t num_sent;
    struct front_end prepared[BOARD_LATCH_AHEAD];
    size_t num_prepared;
    /* Latched, a ring; what is not listened to is lost, the oldest first. */
    struct heard heard[MAX_HEARD];
    size_t first_heard;
    size_t num_heard;
    bool sticks;
    uint32_t misses_per_million;
    uint32_t random;
    bool edge;
    uint64_t edge_at;
};

struct library_board {
    struct hal hal;
    struct board board;
};

struct library_board *library_create(uint32_t boot_id)
{
    struct library_board *const of = calloc(1, sizeof *of);
    if (of != NULL) {
        library_power_up(of, boot_id);
    }
    return of;
}

void library_destroy(struct library_board *of)
{
    free(of);
}

void library_power_up(struct library_board *of, uint32_t boot_id)
{
    const uint32_t misses_per_million = of->hal.misses_per_million;
    const uint32_t random = of->hal.random;
    memset(&of->hal, 0, sizeof of->hal);
    of->hal.boot_id = boot_id;
    /* Of the front ends, not of the board. */
    of->hal.misses_per_million = misses_per_million;
    of->hal.random = random;
    board_power_up(&of->board, &of->hal);
}

void library_trigger(struct library_board *of)
{
    of->hal.edge = true;
    of->hal.edge_at = of->hal.now;
    if (of->hal.num_prepared > 0 && of->hal.prepared[0].at == HAL_AT_TRIGGER) {
        of->hal.prepared[0].at = of->hal.now;
    }
}

void library_stick(struct library_board *of, int sticks)
{
    of->hal.sticks = sticks != 0;
}

void library_miss(struct library_board *of, uint32_t per_million, uint32_t seed)
{
    of->hal.misses_per_million = per_million;
    of->hal.random = seed;
}

uint64_t library_run(struct library_board *of, uint64_t now, const uint8_t *received, size_t count)
{
    of->hal.now = now;
    of->hal.received = received;
    of->hal.num_received = count;
    uint64_t next;
    do {
        next = board_run(&of->board);
    } while (of->hal.num_received > 0);
    return next;
}

size_t library_sent(struct library_board *of, uint8_t *bytes, size_t most)
{
    const size_t count = of->hal.num_sent < most ? of->hal.num_sent : most;
    memcpy(bytes, of->hal.sent, count);
    of->hal.num_sent -= count;
    memmove(of->hal.sent, of->hal.sent + count, of->hal.num_sent);
    return count;
}

int library_heard(struct library_board *of, struct library_latch *latch, uint8_t *settings)
{
    struct hal *const hal = &of->hal;
    if (hal->num_heard == 0) {
        return 0;
    }
    *latch = hal->heard[hal->first_heard].latch;
    memcpy(settings, hal->heard[hal->first_heard].settings, BOARD_CODEWORD_BYTES);
    hal->first_heard = (hal->first_heard + 1) % MAX_HEARD;
    hal->num_heard--;
    return 1;
}

uint32_t library_codeword_bytes(void)
{
    return BOARD_CODEWORD_BYTES;
}

uint32_t library_clock_hz(void)
{
    return BOARD_CLOCK_HZ;
}

size_t hal_read(struct hal *hal, uint8_t *bytes, size_t most)
{
    const size_t count = hal->num_received < most ? hal->num_received : most;
    if (count > 0) {
        memcpy(bytes, hal->received, count);
        hal->received += count;
        hal->num_received -= count;
    }
    return count;
}

size_t hal_write(struct hal *hal, const uint8_t *bytes, size_t count)
{
    const size_t room = LINE_BYTES - hal->num_sent;
    const size_t taken = count < room ? count : room;
    memcpy(hal->sent + hal->num_sent, bytes, taken);
    hal->num_sent += taken;
    return taken;
}

bool hal_sent_all(struct hal *hal)
{
    (void)hal;
    return true;
}

uint64_t hal_ticks(struct hal *hal)
{
    return hal->now;
}

uint32_t hal_boot_id(struct hal *hal)
{
    return hal->boot_id;
}

const char *hal_serial_number(struct hal *hal)
{
    (void)hal;
    return "LIB-0001";
}

void hal_prepare(struct hal *hal, const uint8_t *settings, uint64_t at)
{
    struct front_end *const prepared = &hal->prepared[hal->num_prepared++];
    prepared->at = at < hal->now ? hal->now : at;
    memcpy(prepared->settings, settings, BOARD_CODEWORD_BYTES);
    /* A linear congruence; its upper bits are random enough. */
    hal->random = hal->random * 1664525u + 1013904223u;
    prepared->fails = (uint64_t)hal->random * 1000000u >> 32 < hal->misses_per_million;
}

/* Told while the slot clock is that of the latch: the board collects its latches before it arms again. */
static void hear(struct hal *hal, const struct front_end *latched)
{
    const struct slots *const slots = &((struct library_board *)(void *)hal)->board.slots;
    const uint32_t after = (uint32_t)((latched->at - slots->start) / slots->slot_ticks);
    if (hal->num_heard == MAX_HEARD) {
        hal->first_heard = (hal->first_heard + 1) % MAX_HEARD;
        hal->num_heard--;
    }
    struct heard *const heard = &hal->heard[(hal->first_heard + hal->num_heard++) % MAX_HEARD];
    heard->latch.ticks = latched->at;
    heard->latch.until = slots->start + (after + UINT64_C(1)) * slots->slot_ticks;
    heard->latch.slot = slots->first_slot + after;
    memcpy(heard->settings, latched->settings, BOARD_CODEWORD_BYTES);
}

static bool was_latched(const struct hal *hal, const struct front_end *prepared)
{
    return !hal->sticks && !prepared->fails && prepared->at <= hal->now;
}

bool hal_latched(struct hal *hal, uint64_t *ticks)
{
    if (hal->num_prepared == 0 || !was_latched(hal, &hal->prepared[0])) {
        return false;
    }
    *ticks = hal->prepared[0].at;
    hear(hal, &hal->prepared[0]);
    hal->num_prepared--;
    memmove(hal->prepared, hal->prepared + 1, hal->num_prepared * sizeof hal->prepared[0]);
    return true;
}

void hal_withdraw(struct hal *hal)
{
    size_t latched = 0;
    while (latched < hal->num_prepared && was_latched(hal, &hal->prepared[latched])) {
        latched++;
    }
    hal->num_prepared = latched;
}

bool hal_triggered(struct hal *hal, uint64_t *ticks)
{
    const bool edge = hal->edge;
    hal->edge = false;
    *ticks = hal->edge_at;
    return edge;
}

void hal_output(struct hal *hal, enum hal_output output)
{
    (void)hal;
    (void)output;
}

int16_t hal_temperature_centi_c(struct hal *hal)
{
    (void)hal;
    return 4150;
}

uint16_t hal_supply_mv(struct hal *hal)
{
    (void)hal;
    return 5000;
}

uint32_t hal_line_delay_fs(struct hal *hal, uint16_t line, uint16_t element)
{
    (void)hal;
    return (uint32_t)line * element * 1000u;
}
