#include "hal-posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "bytes.h"

#define NS_PER_S UINT64_C(1000000000)
/* Start, 8 data, stop. */
#define BITS_PER_BYTE 10
/* What a UART holds. */
#define FIFO_BYTES 64
/* What a host does not read for so long is lost, as on a line without flow control. */
#define BLOCKED_NS NS_PER_S

/* Raw, as cfmakeraw, which POSIX does not have. */
static void make_raw(struct termios *settings)
{
    settings->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    settings->c_oflag &= ~(tcflag_t)OPOST;
    settings->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    settings->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
    settings->c_cflag |= CS8;
}

bool hal_posix_open(struct hal *hal, char *path, size_t size)
{
    struct termios settings;
    hal->master = posix_openpt(O_RDWR | O_NOCTTY);
    if (hal->master < 0 || grantpt(hal->master) != 0 || unlockpt(hal->master) != 0) {
        return false;
    }
    const char *const name = ptsname(hal->master);
    if (name == NULL || strlen(name) >= size) {
        return false;
    }
    strcpy(path, name);
    hal->slave = open(path, O_RDWR | O_NOCTTY);
    if (hal->slave < 0 || tcgetattr(hal->slave, &settings) != 0) {
        return false;
    }
    make_raw(&settings);
    return tcsetattr(hal->slave, TCSANOW, &settings) == 0 && fcntl(hal->master, F_SETFL, O_NONBLOCK) == 0;
}

void hal_posix_power_up(struct hal *hal)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    hal->origin_s = (uint64_t)now.tv_sec;
    hal->origin_ns = (uint64_t)now.tv_nsec;
    /* An odd step goes through all numbers before it comes to one again. */
    hal->boot_id += UINT32_C(0x9E3779B9);
    hal->to_host.free_ns = 0;
    hal->to_board.free_ns = 0;
    hal->blocked_since_ns = 0;
    hal->num_prepared = 0;
    hal->edge = false;
    hal_output(hal, HAL_OUTPUT_OFF);
}

uint64_t hal_posix_now_ns(const struct hal *hal)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return ((uint64_t)now.tv_sec - hal->origin_s) * NS_PER_S + (uint64_t)now.tv_nsec - hal->origin_ns;
}

uint64_t hal_ticks(struct hal *hal)
{
    const uint64_t ns = hal_posix_now_ns(hal);
    return ns / NS_PER_S * BOARD_CLOCK_HZ + ns % NS_PER_S * BOARD_CLOCK_HZ / NS_PER_S;
}

static uint64_t byte_ns(const struct hal *hal)
{
    return BITS_PER_BYTE * NS_PER_S / hal->baud;
}

/* Bytes that the line takes now: its FIFO less what is still in it. */
static size_t room(const struct hal *hal, const struct pace *pace, size_t most)
{
    if (hal->baud == 0) {
        return most;
    }
    const uint64_t now = hal_posix_now_ns(hal);
    const uint64_t held = pace->free_ns > now ? (pace->free_ns - now + byte_ns(hal) - 1) / byte_ns(hal) : 0;
    const size_t free = held >= FIFO_BYTES ? 0 : FIFO_BYTES - (size_t)held;
    return free < most ? free : most;
}

static void took(const struct hal *hal, struct pace *pace, size_t count)
{
    if (hal->baud != 0) {
        const uint64_t now = hal_posix_now_ns(hal);
        pace->free_ns = (pace->free_ns > now ? pace->free_ns : now) + count * byte_ns(hal);
    }
}

size_t hal_read(struct hal *hal, uint8_t *bytes, size_t most)
{
    const ssize_t count = read(hal->master, bytes, room(hal, &hal->to_board, most));
    if (count <= 0) {
        return 0;
    }
    took(hal, &hal->to_board, (size_t)count);
    return (size_t)count;
}

size_t hal_write(struct hal *hal, const uint8_t *bytes, size_t count)
{
    const size_t most = room(hal, &hal->to_host, count);
    if (most == 0) {
        return 0;
    }
    const ssize_t written = write(hal->master, bytes, most);
    if (written > 0) {
        hal->blocked_since_ns = 0;
        took(hal, &hal->to_host, (size_t)written);
        return (size_t)written;
    }
    const uint64_t now = hal_posix_now_ns(hal);
    if (hal->blocked_since_ns == 0) {
        hal->blocked_since_ns = now;
    } else if (now - hal->blocked_since_ns > BLOCKED_NS) {
        (void)tcflush(hal->slave, TCIFLUSH);
        hal->blocked_since_ns = 0;
    }
    return 0;
}

bool hal_sent_all(struct hal *hal)
{
    return hal->baud == 0 || hal_posix_now_ns(hal) >= hal->to_host.free_ns;
}

bool hal_posix_may_read(const struct hal *hal)
{
    return room(hal, &hal->to_board, 1) > 0;
}

uint64_t hal_posix_line_due_ns(const struct hal *hal)
{
    /* A pseudo-terminal that is full is looked at again after a while. */
    uint64_t due = hal->blocked_since_ns > 0 ? hal_posix_now_ns(hal) + NS_PER_S / 1000 : UINT64_MAX;
    if (hal->baud != 0) {
        const uint64_t now = hal_posix_now_ns(hal);
        if (hal->to_host.free_ns > now && hal->to_host.free_ns < due) {
            due = hal->to_host.free_ns;
        }
        if (hal->to_board.free_ns > now && hal->to_board.free_ns < due) {
            due = hal->to_board.free_ns;
        }
    }
    return due;
}

uint32_t hal_boot_id(struct hal *hal)
{
    return hal->boot_id;
}

const char *hal_serial_number(struct hal *hal)
{
    return hal->serial_number;
}

static struct prepared *prepared_at(struct hal *hal, size_t k)
{
    return &hal->prepared[(hal->first_prepared + k) % BOARD_LATCH_AHEAD];
}

void hal_prepare(struct hal *hal, const uint8_t *settings, uint64_t at)
{
    struct prepared *const prepared = prepared_at(hal, hal->num_prepared++);
    const uint64_t now = hal_ticks(hal);
    prepared->at = at < now ? now : at;
    memcpy(prepared->settings, settings, BOARD_CODEWORD_BYTES);
}

/* What a listener hears, who stands in for antennas in the same room. */
static void radiate(const struct hal *hal, const struct prepared *prepared)
{
    uint8_t told[8 + BOARD_CODEWORD_BYTES];
    const uint64_t ns = prepared->at / BOARD_CLOCK_HZ * NS_PER_S + prepared->at % BOARD_CLOCK_HZ * NS_PER_S / BOARD_CLOCK_HZ;
    put_u64(told, hal->origin_s * NS_PER_S + hal->origin_ns + ns);
    memcpy(told + 8, prepared->settings, BOARD_CODEWORD_BYTES);
    if (write(hal->air, told, sizeof told) < 0) {
        perror("beamboard: nobody takes what is radiated");
        exit(1);
    }
}

bool hal_latched(struct hal *hal, uint64_t *ticks)
{
    if (hal->num_prepared == 0) {
        return false;
    }
    const struct prepared *const prepared = prepared_at(hal, 0);
    /* The sequencer works without this code: it latched when it was time, however late that is noticed here. */
    if (prepared->at > hal_ticks(hal)) {
        return false;
    }
    *ticks = prepared->at;
    if (hal->air >= 0) {
        radiate(hal, prepared);
    }
    hal->first_prepared = (hal->first_prepared + 1) % BOARD_LATCH_AHEAD;
    hal->num_prepared--;
    return true;
}

void hal_withdraw(struct hal *hal)
{
    const uint64_t now = hal_ticks(hal);
    while (hal->num_prepared > 0 && prepared_at(hal, hal->num_prepared - 1)->at > now) {
        hal->num_prepared--;
    }
}

void hal_posix_trigger(struct hal *hal)
{
    hal->edge = true;
    hal->edge_at = hal_ticks(hal);
    if (hal->num_prepared > 0 && prepared_at(hal, 0)->at == HAL_AT_TRIGGER) {
        prepared_at(hal, 0)->at = hal->edge_at;
    }
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
    hal->output = output;
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
    /* Each line 1 ps longer from element to element than the one before. */
    return (uint32_t)line * element * 1000u;
}
