/*
 * Skeleton for Zephyr: the sources of core/ and this file as an application. Set sizes in core/config.h; fill in what is marked YOURS.
 * BOARD_CLOCK_HZ must be CONFIG_SYS_CLOCK_HW_CYCLES_PER_SEC; this wants CONFIG_TIMER_HAS_64BIT_CYCLE_COUNTER,
 * CONFIG_UART_INTERRUPT_DRIVEN, CONFIG_RING_BUFFER, CONFIG_ENTROPY_GENERATOR, CONFIG_SPI.
 *
 * The board is one thread, the loop of main(). Interrupts give its semaphore; a k_timer wakes it. Front ends are latched by a
 * counter device whose alarm pulses the latch line: board_run needs only to be called some time afterwards.
 */
#include <string.h>

#include <zephyr/device.h>
#include <zephyr/drivers/counter.h>
#include <zephyr/drivers/gpio.h>
#include <zephyr/drivers/uart.h>
#include <zephyr/kernel.h>
#include <zephyr/random/random.h>
#include <zephyr/sys/ring_buffer.h>

#include "board.h"
#include "times.h"

struct hal {
    const struct device *uart;
    const struct device *latch_timer;
    struct k_sem wake;
    struct k_spinlock lock;
    bool prepared;
    bool latched;
    uint64_t latch_at;
    uint64_t latched_at;
    bool edge;
    uint64_t edge_at;
};

static struct hal hal = {
    /* YOURS: the line, and the counter whose alarm latches. */
    .uart = DEVICE_DT_GET(DT_CHOSEN(zephyr_console)),
    .latch_timer = DEVICE_DT_GET(DT_NODELABEL(counter0)),
};
static struct board board;

RING_BUF_DECLARE(received, 1024);

static void pulse_latch_line(void)
{
    /* YOURS. */
}

static void on_uart(const struct device *uart, void *unused)
{
    uint8_t bytes[16];
    ARG_UNUSED(unused);
    while (uart_irq_update(uart) && uart_irq_is_pending(uart)) {
        if (uart_irq_rx_ready(uart)) {
            const int count = uart_fifo_read(uart, bytes, sizeof bytes);
            /* What does not fit is lost, as the protocol allows. */
            (void)ring_buf_put(&received, bytes, count > 0 ? (uint32_t)count : 0);
        } else {
            /* Room again, or all sent: the loop goes on. */
            uart_irq_tx_disable(uart);
            break;
        }
    }
    k_sem_give(&hal.wake);
}

/* Latches, in an interrupt. */
static void latch(uint64_t now)
{
    pulse_latch_line();
    hal.prepared = false;
    hal.latched = true;
    hal.latched_at = now;
    k_sem_give(&hal.wake);
}

static void on_latch_time(const struct device *timer, uint8_t channel, uint32_t ticks, void *unused)
{
    ARG_UNUSED(timer);
    ARG_UNUSED(channel);
    ARG_UNUSED(ticks);
    ARG_UNUSED(unused);
    const k_spinlock_key_t key = k_spin_lock(&hal.lock);
    if (hal.prepared) {
        latch(k_cycle_get_64());
    }
    k_spin_unlock(&hal.lock, key);
}

/* YOURS: connect it to the pin with gpio_init_callback. */
void on_trigger(const struct device *port, struct gpio_callback *callback, uint32_t pins)
{
    ARG_UNUSED(port);
    ARG_UNUSED(callback);
    ARG_UNUSED(pins);
    const k_spinlock_key_t key = k_spin_lock(&hal.lock);
    hal.edge = true;
    hal.edge_at = k_cycle_get_64();
    if (hal.prepared && hal.latch_at == HAL_AT_TRIGGER) {
        latch(hal.edge_at);
    }
    k_spin_unlock(&hal.lock, key);
    k_sem_give(&hal.wake);
}

int main(void)
{
    (void)k_sem_init(&hal.wake, 0, 1);
    uart_irq_callback_user_data_set(hal.uart, on_uart, NULL);
    uart_irq_rx_enable(hal.uart);
    (void)counter_start(hal.latch_timer);
    board_power_up(&board, &hal);
    for (;;) {
        const uint64_t next = board_run(&board);
        const uint64_t now = hal_ticks(&hal);
        if (next == TIMES_NEVER) {
            (void)k_sem_take(&hal.wake, K_FOREVER);
        } else if (next > now) {
            (void)k_sem_take(&hal.wake, K_CYC(next - now));
        }
    }
}

size_t hal_read(struct hal *of, uint8_t *bytes, size_t most)
{
    ARG_UNUSED(of);
    return ring_buf_get(&received, bytes, (uint32_t)most);
}

size_t hal_write(struct hal *of, const uint8_t *bytes, size_t count)
{
    const int written = uart_fifo_fill(of->uart, bytes, (int)count);
    if (written < (int)count) {
        uart_irq_tx_enable(of->uart);
    }
    return written > 0 ? (size_t)written : 0;
}

bool hal_sent_all(struct hal *of)
{
    if (uart_irq_tx_complete(of->uart) > 0) {
        return true;
    }
    uart_irq_tx_enable(of->uart);
    return false;
}

uint64_t hal_ticks(struct hal *of)
{
    ARG_UNUSED(of);
    return k_cycle_get_64();
}

uint32_t hal_boot_id(struct hal *of)
{
    ARG_UNUSED(of);
    return sys_rand32_get();
}

const char *hal_serial_number(struct hal *of)
{
    ARG_UNUSED(of);
    /* YOURS: hwinfo_get_device_id. */
    return "0001";
}

/* BOARD_LATCH_AHEAD is 1 here: one codeword in the front ends' input registers. */
void hal_prepare(struct hal *of, const uint8_t *settings, uint64_t at)
{
    ARG_UNUSED(settings);
    /* YOURS: the packed settings of SPEC 4.1 to the front ends, with spi_write. */
    const k_spinlock_key_t key = k_spin_lock(&of->lock);
    const uint64_t now = k_cycle_get_64();
    of->prepared = true;
    of->latch_at = at;
    if (at <= now) {
        latch(now);
    } else if (at != HAL_AT_TRIGGER) {
        const struct counter_alarm_cfg alarm = {
            .callback = on_latch_time,
            .ticks = counter_us_to_ticks(of->latch_timer, (at - now) * 1000000u / BOARD_CLOCK_HZ),
        };
        (void)counter_set_channel_alarm(of->latch_timer, 0, &alarm);
    }
    k_spin_unlock(&of->lock, key);
}

bool hal_latched(struct hal *of, uint64_t *ticks)
{
    const k_spinlock_key_t key = k_spin_lock(&of->lock);
    const bool latched = of->latched;
    *ticks = of->latched_at;
    of->latched = false;
    k_spin_unlock(&of->lock, key);
    return latched;
}

void hal_withdraw(struct hal *of)
{
    const k_spinlock_key_t key = k_spin_lock(&of->lock);
    of->prepared = false;
    (void)counter_cancel_channel_alarm(of->latch_timer, 0);
    k_spin_unlock(&of->lock, key);
}

bool hal_triggered(struct hal *of, uint64_t *ticks)
{
    const k_spinlock_key_t key = k_spin_lock(&of->lock);
    const bool edge = of->edge;
    *ticks = of->edge_at;
    of->edge = false;
    k_spin_unlock(&of->lock, key);
    return edge;
}

void hal_output(struct hal *of, enum hal_output output)
{
    ARG_UNUSED(of);
    ARG_UNUSED(output);
    /* YOURS: bias or enable line of the front ends. HAL_OUTPUT_AT_LATCH: on with the next pulse of the latch line. */
}

int16_t hal_temperature_centi_c(struct hal *of)
{
    ARG_UNUSED(of);
    /* YOURS: sensor_sample_fetch. */
    return 2500;
}

uint16_t hal_supply_mv(struct hal *of)
{
    ARG_UNUSED(of);
    /* YOURS: adc_read. */
    return 5000;
}

uint32_t hal_line_delay_fs(struct hal *of, uint16_t line, uint16_t element)
{
    ARG_UNUSED(of);
    ARG_UNUSED(line);
    ARG_UNUSED(element);
    return 0;
}
