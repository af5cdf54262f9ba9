#include "hal-lm3s6965.h"

#include <string.h>

#include "config.h"
#include "lm3s6965.h"

/* A power of two, so that counters may wrap. */
#define RING_BYTES 1024u
#define BAUD 115200u

/* What the front ends have been given ahead. The evaluation board has none: the latch line is modelled, as is its timer. */
struct prepared {
    uint64_t at;
    uint8_t settings[BOARD_CODEWORD_BYTES];
};

struct hal {
    /* Between interrupt and loop: the interrupt moves `received_to`, the loop `received_from`. */
    volatile uint8_t received[RING_BYTES];
    volatile uint32_t received_to;
    volatile uint32_t received_from;
    /* Something came that the loop has not looked at. */
    volatile bool awake;

    /* Turns of the 24-bit counter. */
    volatile uint32_t turns;

    volatile bool edge;
    volatile uint64_t edge_at;

    struct prepared prepared[BOARD_LATCH_AHEAD];
    uint16_t first_prepared;
    uint16_t num_prepared;
    uint8_t radiated[BOARD_CODEWORD_BYTES];
    enum hal_output output;
    /* The line is busy, and nothing but time ends that. */
    bool waits_for_line;
};

static struct hal hal_lm3s6965;

/*
 * They keep their values over a reset. The first is to be different after every loss of power: a real board takes it from
 * non-volatile memory, QEMU from its command line (-device loader).
 */
static struct {
    uint32_t power_seed;
    uint32_t resets;
} kept __attribute__((section(".kept")));

static inline void disable_interrupts(void)
{
    __asm volatile("cpsid i" ::: "memory");
}

static inline void enable_interrupts(void)
{
    __asm volatile("cpsie i" ::: "memory");
}

void on_systick(void)
{
    hal_lm3s6965.turns++;
}

void on_alarm(void)
{
    TIMER0_ICR = TIMER_INT_A;
    hal_lm3s6965.awake = true;
}

void on_uart(void)
{
    struct hal *const hal = &hal_lm3s6965;
    UART0_ICR = UART_INT_RX | UART_INT_TX | UART_INT_RX_TIMEOUT;
    while ((UART0_FR & UART_FR_RX_EMPTY) == 0) {
        if (hal->received_to - hal->received_from == RING_BYTES) {
            /* Full: what the FIFO cannot hold is lost until the loop has read. */
            UART0_IM &= ~(UART_INT_RX | UART_INT_RX_TIMEOUT);
            break;
        }
        hal->received[hal->received_to % RING_BYTES] = (uint8_t)UART0_DR;
        hal->received_to++;
    }
    /* It only tells that there is room again. */
    UART0_IM &= ~UART_INT_TX;
    hal->awake = true;
}

void on_trigger(void)
{
    struct hal *const hal = &hal_lm3s6965;
    GPIOF_ICR = GPIOF_SELECT;
    hal->edge_at = hal_ticks(hal);
    hal->edge = true;
    hal->awake = true;
}

/* 50 MHz: the crystal of 8 MHz, the PLL, and a fourth of its 200 MHz. */
static void start_clock(void)
{
    SYSCTL_RCC = (SYSCTL_RCC | SYSCTL_RCC_BYPASS) & ~SYSCTL_RCC_USE_DIVISOR;
    SYSCTL_RCC = (SYSCTL_RCC & ~SYSCTL_RCC_SOURCE) | SYSCTL_RCC_8_MHZ;
    SYSCTL_RCC = (SYSCTL_RCC & ~SYSCTL_RCC_DIVISOR) | SYSCTL_RCC_BY_4 | SYSCTL_RCC_USE_DIVISOR;
    while ((SYSCTL_RIS & SYSCTL_RIS_PLL_LOCKED) == 0) {
    }
    SYSCTL_RCC &= ~SYSCTL_RCC_BYPASS;
}

struct hal *hal_lm3s6965_start(void)
{
    kept.resets++;
    start_clock();
    SYSCTL_RCGC1 |= SYSCTL_RCGC1_UART0 | SYSCTL_RCGC1_TIMER0;
    SYSCTL_RCGC2 |= SYSCTL_RCGC2_GPIOA | SYSCTL_RCGC2_GPIOF;
    /* The data sheet wants three clock cycles before the first access. */
    (void)SYSCTL_RCGC2;
    (void)SYSCTL_RCGC2;

    SYST_RVR = SYST_TICKS - 1;
    SYST_CVR = 0;
    SYST_CSR = SYST_CSR_RUN;

    GPIOA_AFSEL |= GPIOA_UART0;
    GPIOA_DEN |= GPIOA_UART0;
    /* In 64ths of a divisor, rounded. */
    const uint32_t divisor = (BOARD_CLOCK_HZ * 4u + BAUD / 2) / BAUD;
    UART0_CTL = 0;
    UART0_IBRD = divisor / 64;
    UART0_FBRD = divisor % 64;
    UART0_LCRH = UART_LCRH_8N1_FIFO;
    UART0_IM = UART_INT_RX | UART_INT_RX_TIMEOUT;
    UART0_CTL = UART_CTL_ON;

    TIMER0_CTL = 0;
    TIMER0_CFG = 0;
    TIMER0_TAMR = TIMER_TAMR_ONE_SHOT;
    TIMER0_IMR = TIMER_INT_A;

    GPIOF_DEN |= GPIOF_SELECT;
    GPIOF_PUR |= GPIOF_SELECT;
    GPIOF_IEV |= GPIOF_SELECT;
    GPIOF_ICR = GPIOF_SELECT;
    GPIOF_IM |= GPIOF_SELECT;

    NVIC_ISER0 = 1u << IRQ_UART0 | 1u << IRQ_TIMER0A | 1u << IRQ_GPIOF;
    enable_interrupts();
    return &hal_lm3s6965;
}

uint64_t hal_ticks(struct hal *hal)
{
    uint32_t turns;
    uint32_t value;
    do {
        turns = hal->turns;
        value = SYST_CVR;
        if ((SCB_ICSR & SCB_ICSR_SYSTICK_PENDS) != 0) {
            /* It has turned, and the interrupt has not run: an interrupt of the same priority may be running. */
            value = SYST_CVR;
            turns++;
            break;
        }
    } while (turns != hal->turns);
    return (uint64_t)turns * SYST_TICKS + (SYST_TICKS - 1 - value);
}

void hal_lm3s6965_sleep(struct hal *hal, uint64_t until)
{
    disable_interrupts();
    const uint64_t now = hal_ticks(hal);
    if (!hal->awake && !hal->waits_for_line && until > now) {
        if (until != UINT64_MAX) {
            const uint64_t wait = until - now;
            TIMER0_CTL = 0;
            TIMER0_TAILR = wait < UINT32_MAX ? (uint32_t)wait : UINT32_MAX;
            TIMER0_CTL = TIMER_CTL_A_ON;
        }
        /* An interrupt that is pending wakes it although none is taken yet: none is lost in between. */
        __asm volatile("wfi" ::: "memory");
    }
    hal->awake = false;
    hal->waits_for_line = false;
    enable_interrupts();
}

size_t hal_read(struct hal *hal, uint8_t *bytes, size_t most)
{
    size_t count = 0;
    while (count < most && hal->received_from != hal->received_to) {
        bytes[count++] = hal->received[hal->received_from % RING_BYTES];
        hal->received_from++;
    }
    if (count > 0 && (UART0_IM & UART_INT_RX) == 0) {
        disable_interrupts();
        UART0_IM |= UART_INT_RX | UART_INT_RX_TIMEOUT;
        /* What the FIFO held meanwhile raises no interrupt of its own any more. */
        NVIC_ISPR0 = 1u << IRQ_UART0;
        enable_interrupts();
    }
    return count;
}

size_t hal_write(struct hal *hal, const uint8_t *bytes, size_t count)
{
    size_t written = 0;
    (void)hal;
    while (written < count && (UART0_FR & UART_FR_TX_FULL) == 0) {
        UART0_DR = bytes[written++];
    }
    if (written < count) {
        disable_interrupts();
        UART0_IM |= UART_INT_TX;
        enable_interrupts();
    }
    return written;
}

bool hal_sent_all(struct hal *hal)
{
    /* The last bits are a matter of microseconds: waited for without sleep. */
    hal->waits_for_line = (UART0_FR & UART_FR_BUSY) != 0;
    return !hal->waits_for_line;
}

uint32_t hal_boot_id(struct hal *hal)
{
    (void)hal;
    /* An odd step goes through all numbers before it comes to one again. */
    return kept.power_seed + kept.resets * 0x9E3779B9u;
}

const char *hal_serial_number(struct hal *hal)
{
    (void)hal;
    return "LM3S-0001";
}

static struct prepared *prepared_at(struct hal *hal, unsigned k)
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

bool hal_latched(struct hal *hal, uint64_t *ticks)
{
    if (hal->num_prepared == 0) {
        return false;
    }
    const struct prepared *const prepared = prepared_at(hal, 0);
    if (prepared->at > hal_ticks(hal)) {
        return false;
    }
    *ticks = prepared->at;
    memcpy(hal->radiated, prepared->settings, BOARD_CODEWORD_BYTES);
    hal->first_prepared = (uint16_t)((hal->first_prepared + 1u) % BOARD_LATCH_AHEAD);
    hal->num_prepared--;
    return true;
}

void hal_withdraw(struct hal *hal)
{
    const uint64_t now = hal_ticks(hal);
    while (hal->num_prepared > 0) {
        const uint64_t at = prepared_at(hal, hal->num_prepared - 1u)->at;
        if (at <= now || (at == HAL_AT_TRIGGER && hal->edge)) {
            break;
        }
        hal->num_prepared--;
    }
}

bool hal_triggered(struct hal *hal, uint64_t *ticks)
{
    disable_interrupts();
    const bool edge = hal->edge;
    hal->edge = false;
    *ticks = hal->edge_at;
    enable_interrupts();
    /* The edge has latched what waited for it, whenever that is noticed here. */
    if (edge && hal->num_prepared > 0 && prepared_at(hal, 0)->at == HAL_AT_TRIGGER) {
        prepared_at(hal, 0)->at = *ticks;
    }
    return edge;
}

void hal_output(struct hal *hal, enum hal_output output)
{
    hal->output = output;
}

int16_t hal_temperature_centi_c(struct hal *hal)
{
    (void)hal;
    return 2500;
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
