/*
 * What this board is: the one file of sizes. Every value can be set from the command line (-DBOARD_NUM_ELEMENTS=512);
 * those that Welcome tells are described in SPEC 6.1.
 */
#ifndef BEAM_CONFIG_H
#define BEAM_CONFIG_H

/* The array, SPEC 4. */
#ifndef BOARD_NUM_ELEMENTS
#define BOARD_NUM_ELEMENTS 64
#endif
#ifndef BOARD_PHASE_BITS
#define BOARD_PHASE_BITS 6
#endif
/* 0: no adjustable delays; LSB and range are 0 then. */
#ifndef BOARD_DELAY_BITS
#define BOARD_DELAY_BITS 0
#endif
#ifndef BOARD_DELAY_LSB_FS
#define BOARD_DELAY_LSB_FS 0
#endif
#ifndef BOARD_DELAY_RANGE_FS
#define BOARD_DELAY_RANGE_FS 0
#endif
/* 0: none, 1: on/off. */
#ifndef BOARD_AMPLITUDE_BITS
#define BOARD_AMPLITUDE_BITS 1
#endif
/* Fixed lines per element, SPEC 4.5. */
#ifndef BOARD_NUM_LINES
#define BOARD_NUM_LINES 0
#endif

/*
 * 1: makes codewords of points and split beams, SPEC 4.7. It needs a double that is IEEE 754 binary64, in hardware or by the compiler's
 * own routines; 0 leaves it out, and hosts send settings.
 */
#ifndef BOARD_EXPANSION
#define BOARD_EXPANSION 1
#endif
/* 1: takes corrections for them, SPEC 6.16: 16 bytes for each element. */
#ifndef BOARD_CORRECTIONS
#define BOARD_CORRECTIONS BOARD_EXPANSION
#endif
/* Elements that are expanded before other work has its turn: some 0.15 ms each on a processor of 50 MHz without floating point. */
#ifndef BOARD_EXPANSION_STEP
#define BOARD_EXPANSION_STEP 8
#endif

/* What it can hold. */
#ifndef BOARD_MEMORY_DEPTH
#define BOARD_MEMORY_DEPTH 64
#endif
#ifndef BOARD_QUEUE_DEPTH
#define BOARD_QUEUE_DEPTH 64
#endif
/* Frames that it takes before an Ack. Twice as many of the longest payload are kept (SPEC 5.3): the largest buffer after the memory. */
#ifndef BOARD_WINDOW
#define BOARD_WINDOW 8
#endif
#ifndef BOARD_MAX_PAYLOAD
#define BOARD_MAX_PAYLOAD 512
#endif
/* Messages, and bytes of them, that wait for the host's Ack. */
#ifndef BOARD_OUTBOX_DEPTH
#define BOARD_OUTBOX_DEPTH 32
#endif
#ifndef BOARD_OUTBOX_BYTES
#define BOARD_OUTBOX_BYTES 4096
#endif

/* Time. */
#ifndef BOARD_CLOCK_HZ
#define BOARD_CLOCK_HZ 1000000
#endif
#ifndef BOARD_SWITCH_TIME_NS
#define BOARD_SWITCH_TIME_NS 1000
#endif
/* Codewords that hal_prepare takes ahead of their latches. */
#ifndef BOARD_LATCH_AHEAD
#define BOARD_LATCH_AHEAD 4
#endif
/* 0: Arm in mode 1 is refused. */
#ifndef BOARD_HAS_TRIGGER
#define BOARD_HAS_TRIGGER 1
#endif

/* Limits of Faults 3 and 4. */
#ifndef BOARD_HOT_CENTI_C
#define BOARD_HOT_CENTI_C 8500
#endif
#ifndef BOARD_LOW_SUPPLY_MV
#define BOARD_LOW_SUPPLY_MV 4500
#endif

#ifndef BOARD_MODEL
#define BOARD_MODEL "beamloop reference firmware"
#endif
#ifndef BOARD_FIRMWARE
#define BOARD_FIRMWARE "reference 1.2"
#endif

/* What follows from it. */

/* Least number of bits that tell the lines apart, SPEC 4.5. */
#define BOARD_LINE_BITS \
    (BOARD_NUM_LINES <= 1 ? 0 : BOARD_NUM_LINES <= 2 ? 1 : BOARD_NUM_LINES <= 4 ? 2 : BOARD_NUM_LINES <= 8 ? 3 \
     : BOARD_NUM_LINES <= 16 ? 4 : BOARD_NUM_LINES <= 32 ? 5 : BOARD_NUM_LINES <= 64 ? 6 : BOARD_NUM_LINES <= 128 ? 7 \
     : BOARD_NUM_LINES <= 256 ? 8 : BOARD_NUM_LINES <= 512 ? 9 : 10)
/* Highest delay code that SPEC 4.4 allows. */
#define BOARD_MOST_DELAY_CODE ((1L << BOARD_DELAY_BITS) - 1)
#if BOARD_DELAY_BITS > 0 && BOARD_DELAY_RANGE_FS / BOARD_DELAY_LSB_FS < BOARD_MOST_DELAY_CODE
#define BOARD_LAST_DELAY_CODE (BOARD_DELAY_RANGE_FS / BOARD_DELAY_LSB_FS)
#else
#define BOARD_LAST_DELAY_CODE BOARD_MOST_DELAY_CODE
#endif
#define BOARD_ELEMENT_BITS (BOARD_PHASE_BITS + BOARD_DELAY_BITS + BOARD_AMPLITUDE_BITS + BOARD_LINE_BITS)
#define BOARD_CODEWORD_BITS (1L * BOARD_NUM_ELEMENTS * BOARD_ELEMENT_BITS)
#define BOARD_CODEWORD_BYTES ((BOARD_CODEWORD_BITS + 7) / 8)

/* Receipts that are never lost before they are acknowledged, and that can be asked for again: SPEC 7.5. */
#define BOARD_LOG_PROMISED (4L * BOARD_QUEUE_DEPTH)
/* While receipts are being repeated (6.9), as many as are queued may come on top. */
#define BOARD_LOG_DEPTH (5L * BOARD_QUEUE_DEPTH)

/* Whether it is consistent. */

#if BOARD_NUM_ELEMENTS < 1 || BOARD_NUM_ELEMENTS > 65535
#error "BOARD_NUM_ELEMENTS must be 1..65535 (SPEC 6.1)"
#endif
#if BOARD_PHASE_BITS < 1 || BOARD_PHASE_BITS > 16 || BOARD_DELAY_BITS < 0 || BOARD_DELAY_BITS > 16 \
    || BOARD_AMPLITUDE_BITS < 0 || BOARD_AMPLITUDE_BITS > 16
#error "an element has 1..16 phase bits, 0..16 delay bits and 0..16 amplitude bits (SPEC 6.1)"
#endif
#if (BOARD_DELAY_BITS == 0) != (BOARD_DELAY_LSB_FS == 0)
#error "BOARD_DELAY_LSB_FS must be set exactly where there are delay bits (SPEC 4.4)"
#endif
#if BOARD_NUM_LINES < 0 || BOARD_NUM_LINES > 1024
#error "BOARD_NUM_LINES must be 0..1024 (SPEC 6.14)"
#endif
#if BOARD_CORRECTIONS && !BOARD_EXPANSION
#error "BOARD_CORRECTIONS needs BOARD_EXPANSION: only what the board makes itself is corrected there (SPEC 6.16)"
#endif
#if BOARD_EXPANSION_STEP < 1 || BOARD_EXPANSION_STEP > 65535
#error "BOARD_EXPANSION_STEP must be 1..65535 elements"
#endif
#if BOARD_CODEWORD_BYTES > 65535
#error "a packed codeword must not exceed 65535 bytes (SPEC 4.1): fewer elements or bits"
#endif
#if BOARD_MEMORY_DEPTH < 1 || BOARD_MEMORY_DEPTH > 65535
#error "BOARD_MEMORY_DEPTH must be 1..65535 (SPEC 6.1)"
#endif
#if BOARD_QUEUE_DEPTH < 1 || BOARD_QUEUE_DEPTH > 13107
#error "BOARD_QUEUE_DEPTH must be 1..13107: the receipt log is five times as long and counted in 16 bits"
#endif
#if BOARD_WINDOW < 1 || BOARD_WINDOW > 32
#error "BOARD_WINDOW must be 1..32 frames (SPEC 2.4)"
#endif
#if BOARD_MAX_PAYLOAD < 64 || BOARD_MAX_PAYLOAD > 1024
#error "BOARD_MAX_PAYLOAD must be 64..1024 bytes (SPEC 6.1)"
#endif
#if BOARD_OUTBOX_DEPTH < 2 || BOARD_OUTBOX_DEPTH > 255
#error "BOARD_OUTBOX_DEPTH must be 2..255 messages"
#endif
#if BOARD_OUTBOX_BYTES < 1024 || BOARD_OUTBOX_BYTES > 65535
#error "BOARD_OUTBOX_BYTES must hold the longest message and be counted in 16 bits: 1024..65535"
#endif
#if BOARD_CLOCK_HZ < 10000 || BOARD_CLOCK_HZ > 4294967295
#error "BOARD_CLOCK_HZ must be 10000..4294967295: the timers of SPEC 5 need tenths of a millisecond"
#endif
#if BOARD_LATCH_AHEAD < 1 || BOARD_LATCH_AHEAD > 65535
#error "BOARD_LATCH_AHEAD must be 1..65535"
#endif

#endif
