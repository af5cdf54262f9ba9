/* Generated from the declarations of firmware-protocol (npm run generate:firmware-header): not edited by hand. */
#ifndef BEAM_BOARD_MESSAGES_H
#define BEAM_BOARD_MESSAGES_H

#include "layout.h"

/* Welcome, datagram of the board. */
#define MSG_WELCOME 0x81
struct msg_welcome {
    uint8_t version_major;
    uint8_t version_minor;
    uint32_t session;
    uint8_t resumed;
    uint32_t boot_id;
    uint8_t window; /* frames */
    uint16_t num_elements;
    uint8_t phase_bits; /* bits */
    uint8_t delay_bits; /* bits */
    uint8_t amplitude_bits; /* bits */
    uint32_t delay_lsb_fs; /* fs */
    uint64_t delay_range_fs; /* fs */
    uint16_t memory_depth; /* codewords */
    uint16_t queue_depth; /* slots */
    uint32_t switch_time_ns; /* ns */
    uint32_t clock_rate_hz; /* Hz */
    uint16_t max_payload; /* bytes */
    struct msg_bytes model;
    struct msg_bytes serial_number;
    struct msg_bytes firmware;
};
extern const struct msg_layout msg_welcome_layout;

/* LoadCodewordResult, reliable of the board. */
#define MSG_LOAD_CODEWORD_RESULT 0x82
struct msg_load_codeword_result {
    uint16_t request;
    uint8_t status;
    uint16_t index;
    uint64_t hash;
};
extern const struct msg_layout msg_load_codeword_result_layout;

/* MemoryContents, reliable of the board. */
#define MSG_MEMORY_CONTENTS 0x83
#define MSG_MEMORY_CONTENTS_MAX_ENTRIES 100
#define MSG_MEMORY_CONTENTS_ENTRY_BYTES 9
struct msg_memory_contents_entry {
    uint8_t valid;
    uint64_t hash;
};
struct msg_memory_contents {
    uint16_t request;
    uint8_t status;
    uint16_t first_index;
    struct msg_list entries;
};
extern const struct msg_layout msg_memory_contents_layout;

/* QueueSlotsResult, reliable of the board. */
#define MSG_QUEUE_SLOTS_RESULT 0x84
struct msg_queue_slots_result {
    uint16_t request;
    uint8_t status;
    uint16_t accepted; /* slots */
    uint16_t free; /* slots */
};
extern const struct msg_layout msg_queue_slots_result_layout;

/* ArmResult, reliable of the board. */
#define MSG_ARM_RESULT 0x85
struct msg_arm_result {
    uint16_t request;
    uint8_t status;
};
extern const struct msg_layout msg_arm_result_layout;

/* StopResult, reliable of the board. */
#define MSG_STOP_RESULT 0x86
struct msg_stop_result {
    uint16_t request;
    uint8_t status;
    uint16_t dropped; /* slots */
};
extern const struct msg_layout msg_stop_result_layout;

/* MuteResult, reliable of the board. */
#define MSG_MUTE_RESULT 0x87
struct msg_mute_result {
    uint16_t request;
    uint8_t status;
};
extern const struct msg_layout msg_mute_result_layout;

/* ClockReading, datagram of the board. */
#define MSG_CLOCK_READING 0x88
struct msg_clock_reading {
    uint32_t token;
    uint64_t received_ticks; /* ticks */
    uint64_t sent_ticks; /* ticks */
};
extern const struct msg_layout msg_clock_reading_layout;

/* QueryReceiptsResult, reliable of the board. */
#define MSG_QUERY_RECEIPTS_RESULT 0x89
struct msg_query_receipts_result {
    uint16_t request;
    uint8_t status;
    uint16_t found; /* slots */
};
extern const struct msg_layout msg_query_receipts_result_layout;

/* Telemetry, datagram of the board. */
#define MSG_TELEMETRY 0x8A
struct msg_telemetry {
    int16_t temperature_centi_c; /* 0.01 °C */
    uint16_t supply_mv; /* mV */
    uint16_t queue_depth; /* slots */
    uint8_t flags;
    uint64_t ticks; /* ticks */
};
extern const struct msg_layout msg_telemetry_layout;

/* LineDelays, reliable of the board. */
#define MSG_LINE_DELAYS 0x8B
#define MSG_LINE_DELAYS_MAX_ENTRIES 240
#define MSG_LINE_DELAYS_ENTRY_BYTES 4
struct msg_line_delays_entry {
    uint32_t delay_fs; /* fs */
};
struct msg_line_delays {
    uint16_t request;
    uint8_t status;
    uint16_t num_lines;
    uint16_t line;
    uint16_t first_element;
    struct msg_list delays;
};
extern const struct msg_layout msg_line_delays_layout;

/* GeometryResult, reliable of the board. */
#define MSG_GEOMETRY_RESULT 0x8C
struct msg_geometry_result {
    uint16_t request;
    uint8_t status;
    uint8_t corrections;
};
extern const struct msg_layout msg_geometry_result_layout;

/* CorrectionsResult, reliable of the board. */
#define MSG_CORRECTIONS_RESULT 0x8D
struct msg_corrections_result {
    uint16_t request;
    uint8_t status;
};
extern const struct msg_layout msg_corrections_result_layout;

/* LoadFociResult, reliable of the board. */
#define MSG_LOAD_FOCI_RESULT 0x8E
struct msg_load_foci_result {
    uint16_t request;
    uint8_t status;
    uint16_t loaded; /* codewords */
};
extern const struct msg_layout msg_load_foci_result_layout;

/* LoadSplitsResult, reliable of the board. */
#define MSG_LOAD_SPLITS_RESULT 0x91
struct msg_load_splits_result {
    uint16_t request;
    uint8_t status;
    uint16_t loaded; /* codewords */
};
extern const struct msg_layout msg_load_splits_result_layout;

/* Refused, reliable of the board. */
#define MSG_REFUSED 0x8F
struct msg_refused {
    uint16_t request;
    uint8_t status;
    uint8_t type;
};
extern const struct msg_layout msg_refused_layout;

/* Receipts, reliable of the board. */
#define MSG_RECEIPTS 0x90
#define MSG_RECEIPTS_MAX_ENTRIES 40
#define MSG_RECEIPTS_ENTRY_BYTES 23
struct msg_receipts_entry {
    uint32_t slot;
    uint16_t index;
    uint64_t hash;
    uint64_t ticks; /* ticks */
    uint8_t status;
};
struct msg_receipts {
    struct msg_list entries;
};
extern const struct msg_layout msg_receipts_layout;

/* Fault, reliable of the board. */
#define MSG_FAULT 0x92
struct msg_fault {
    uint16_t code;
    uint32_t detail;
    uint64_t ticks; /* ticks */
};
extern const struct msg_layout msg_fault_layout;

#endif
