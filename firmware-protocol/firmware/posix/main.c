/*
 * The reference firmware as a program: prints the path of a pseudo-terminal, and is a board behind it until it is ended.
 * SIGUSR1 raises the trigger input, SIGHUP takes the power away and gives it back.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "board.h"
#include "hal-posix.h"
#include "times.h"

#define NS_PER_S UINT64_C(1000000000)

static const char USAGE[] =
    "usage: beamboard [--boot N] [--baud N] [--serial TEXT] [--air N] [--with-stdin]\n"
    "  --boot N       where boot ids begin; without it they depend on the time\n"
    "  --baud N       bits per second of the line; without it bytes take no time\n"
    "  --serial TEXT  serial number\n"
    "  --air N        descriptor that is told of every latch: ns of the monotonic clock in 8 bytes, then the packed codeword\n"
    "  --with-stdin   ends when standard input does\n";

static volatile sig_atomic_t triggered;
static volatile sig_atomic_t power_cycled;
static volatile sig_atomic_t ended;

static void on_signal(int number)
{
    if (number == SIGUSR1) {
        triggered = 1;
    } else if (number == SIGHUP) {
        power_cycled = 1;
    } else {
        ended = 1;
    }
}

/* Signals are taken only while the program waits; returns the mask that lets them in. */
static sigset_t take_signals(void)
{
    static const int numbers[] = { SIGUSR1, SIGHUP, SIGTERM, SIGINT };
    struct sigaction action;
    sigset_t blocked;
    sigset_t before;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    (void)sigemptyset(&action.sa_mask);
    (void)sigemptyset(&blocked);
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
        (void)sigaction(numbers[k], &action, NULL);
        (void)sigaddset(&blocked, numbers[k]);
    }
    (void)sigprocmask(SIG_BLOCK, &blocked, &before);
    return before;
}

static uint32_t number(const char *text)
{
    char *end;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || *text == '\0' || *end != '\0' || value > UINT32_MAX) {
        fprintf(stderr, "beamboard: %s is no number of 32 bits\n%s", text, USAGE);
        exit(2);
    }
    return (uint32_t)value;
}

/* Returns whether the program ends with its standard input. */
static bool options(struct hal *hal, int count, char **texts)
{
    bool with_stdin = false;
    hal->boot_id = (uint32_t)time(NULL) * 1009u + (uint32_t)getpid();
    hal->serial_number = "REF-0001";
    hal->air = -1;
    for (int k = 1; k < count; k++) {
        const bool has_value = k + 1 < count;
        if (strcmp(texts[k], "--with-stdin") == 0) {
            with_stdin = true;
        } else if (strcmp(texts[k], "--boot") == 0 && has_value) {
            hal->boot_id = number(texts[++k]);
        } else if (strcmp(texts[k], "--baud") == 0 && has_value) {
            hal->baud = number(texts[++k]);
        } else if (strcmp(texts[k], "--air") == 0 && has_value) {
            hal->air = (int)number(texts[++k]);
        } else if (strcmp(texts[k], "--serial") == 0 && has_value) {
            hal->serial_number = texts[++k];
        } else {
            fprintf(stderr, "beamboard: %s is no option, or has no value\n%s", texts[k], USAGE);
            exit(2);
        }
    }
    return with_stdin;
}

/* Until `due`, ns since power-up, or until something happens. Returns false when standard input has ended. */
static bool wait_until(struct hal *hal, uint64_t due, bool with_stdin, const sigset_t *mask)
{
    const uint64_t now = hal_posix_now_ns(hal);
    const uint64_t wait = due > now ? due - now : 0;
    struct timespec timeout;
    fd_set readable;
    fd_set writable;
    timeout.tv_sec = (time_t)(wait / NS_PER_S);
    timeout.tv_nsec = (long)(wait % NS_PER_S);
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    if (hal_posix_may_read(hal)) {
        FD_SET(hal->master, &readable);
    }
    if (hal->blocked_since_ns > 0) {
        FD_SET(hal->master, &writable);
    }
    if (with_stdin) {
        FD_SET(STDIN_FILENO, &readable);
    }
    if (pselect(hal->master + 1, &readable, &writable, NULL, due == UINT64_MAX ? NULL : &timeout, mask) <= 0) {
        return true;
    }
    uint8_t ignored[64];
    return !with_stdin || !FD_ISSET(STDIN_FILENO, &readable) || read(STDIN_FILENO, ignored, sizeof ignored) > 0;
}

/* Rounded up, so that the tick has come when the wait is over. */
static uint64_t ns_of(uint64_t ticks)
{
    if (ticks / BOARD_CLOCK_HZ >= UINT32_MAX) {
        return UINT64_MAX;
    }
    return ticks / BOARD_CLOCK_HZ * NS_PER_S + (ticks % BOARD_CLOCK_HZ * NS_PER_S + BOARD_CLOCK_HZ - 1) / BOARD_CLOCK_HZ;
}

int main(int count, char **texts)
{
    static struct hal hal;
    static struct board board;
    static uint8_t lost[256];
    char path[128];
    const bool with_stdin = options(&hal, count, texts);
    const sigset_t mask = take_signals();
    if (!hal_posix_open(&hal, path, sizeof path)) {
        perror("beamboard: no pseudo-terminal");
        return 1;
    }
    printf("%s\n", path);
    (void)fflush(stdout);
    hal_posix_power_up(&hal);
    board_power_up(&board, &hal);
    for (;;) {
        if (triggered) {
            triggered = 0;
            hal_posix_trigger(&hal);
        }
        const uint64_t next = ns_of(board_run(&board));
        if (!wait_until(&hal, times_earlier(next, hal_posix_line_due_ns(&hal)), with_stdin, &mask) || ended) {
            return 0;
        }
        if (power_cycled) {
            power_cycled = 0;
            while (read(hal.master, lost, sizeof lost) > 0) {
            }
            hal_posix_power_up(&hal);
            board_power_up(&board, &hal);
        }
    }
}
