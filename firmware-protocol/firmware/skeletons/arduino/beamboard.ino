/*
 * Skeleton for an Arduino-style board: a sketch. Put core/ beside it as a library, set its sizes in core/config.h, and fill in
 * what is marked YOURS. BOARD_CLOCK_HZ is 1000000 and BOARD_LATCH_AHEAD 1 for what stands here.
 *
 * It latches from loop(): good to tens of microseconds, so slots are often reported late. For slots on time, let a timer's
 * compare output pulse the latch line, and report the time at which it did.
 */
#include <Arduino.h>
#include <SPI.h>

extern "C" {
#include "board.h"
}

/* YOURS: pins. */
static const int LATCH_PIN = 9;
static const int OUTPUT_ENABLE_PIN = 10;
static const int TRIGGER_PIN = 2;

struct hal {
    uint32_t last_micros;
    uint64_t micros_before;
    bool prepared;
    uint64_t latch_at;
    bool latched;
    uint64_t latched_at;
    volatile bool edge;
    volatile uint32_t edge_micros;
};

static struct hal hal;
static struct board board;

static void on_trigger()
{
    hal.edge_micros = micros();
    hal.edge = true;
    if (hal.prepared && hal.latch_at == HAL_AT_TRIGGER) {
        digitalWrite(LATCH_PIN, HIGH);
        digitalWrite(LATCH_PIN, LOW);
    }
}

/* Pulses the latch line when it is time; called from loop() as often as can be. */
static void latch_if_due()
{
    if (hal.prepared && hal_ticks(&hal) >= hal.latch_at) {
        digitalWrite(LATCH_PIN, HIGH);
        digitalWrite(LATCH_PIN, LOW);
        hal.latched_at = hal_ticks(&hal);
        hal.latched = true;
        hal.prepared = false;
    }
}

void setup()
{
    Serial.begin(1000000);
    SPI.begin();
    pinMode(LATCH_PIN, OUTPUT);
    pinMode(OUTPUT_ENABLE_PIN, OUTPUT);
    pinMode(TRIGGER_PIN, INPUT);
    attachInterrupt(digitalPinToInterrupt(TRIGGER_PIN), on_trigger, RISING);
    board_power_up(&board, &hal);
}

void loop()
{
    latch_if_due();
    (void)board_run(&board);
}

extern "C" {

size_t hal_read(struct hal *, uint8_t *bytes, size_t most)
{
    size_t count = 0;
    while (count < most && Serial.available() > 0) {
        bytes[count++] = (uint8_t)Serial.read();
    }
    return count;
}

size_t hal_write(struct hal *, const uint8_t *bytes, size_t count)
{
    const size_t room = (size_t)Serial.availableForWrite();
    return Serial.write(bytes, count < room ? count : room);
}

bool hal_sent_all(struct hal *)
{
    /* YOURS: whether the transmitter is idle. Waiting is simpler, and a frame of the FIFO is short. */
    Serial.flush();
    return true;
}

/* micros() wraps after 71 minutes; this is called far more often. */
uint64_t hal_ticks(struct hal *of)
{
    const uint32_t now = micros();
    of->micros_before += (uint32_t)(now - of->last_micros);
    of->last_micros = now;
    return of->micros_before;
}

uint32_t hal_boot_id(struct hal *)
{
    /* YOURS: a counter in EEPROM, counted up here. */
    return (uint32_t)analogRead(0) << 16 ^ micros();
}

const char *hal_serial_number(struct hal *)
{
    /* YOURS. */
    return "0001";
}

void hal_prepare(struct hal *of, const uint8_t *settings, uint64_t at)
{
    /* YOURS: from the packed settings of SPEC 4.1 to what your front ends want; they take it in at the latch pulse. */
    for (size_t k = 0; k < BOARD_CODEWORD_BYTES; k++) {
        SPI.transfer(settings[k]);
    }
    of->latch_at = at;
    of->prepared = true;
    latch_if_due();
}

bool hal_latched(struct hal *of, uint64_t *ticks)
{
    latch_if_due();
    *ticks = of->latched_at;
    const bool latched = of->latched;
    of->latched = false;
    return latched;
}

void hal_withdraw(struct hal *of)
{
    latch_if_due();
    of->prepared = false;
}

bool hal_triggered(struct hal *of, uint64_t *ticks)
{
    if (!of->edge) {
        return false;
    }
    const uint64_t now = hal_ticks(of);
    *ticks = now - (uint32_t)((uint32_t)now - of->edge_micros);
    of->edge = false;
    if (of->prepared && of->latch_at == HAL_AT_TRIGGER) {
        of->prepared = false;
        of->latched = true;
        of->latched_at = *ticks;
    }
    return true;
}

void hal_output(struct hal *, enum hal_output output)
{
    /* Latched means amplitudes that are not 0: before the first latch the front ends are dark by themselves. */
    digitalWrite(OUTPUT_ENABLE_PIN, output == HAL_OUTPUT_OFF ? LOW : HIGH);
}

int16_t hal_temperature_centi_c(struct hal *)
{
    /* YOURS. */
    return 2500;
}

uint16_t hal_supply_mv(struct hal *)
{
    /* YOURS. */
    return 5000;
}

uint32_t hal_line_delay_fs(struct hal *, uint16_t, uint16_t)
{
    return 0;
}

}
