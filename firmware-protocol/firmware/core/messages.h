/* Generated from the declarations of firmware-protocol (npm run generate:firmware-header): not edited by hand. */
#ifndef BEAM_MESSAGES_H
#define BEAM_MESSAGES_H

#include "host-messages.h"
#include "board-messages.h"

#define PROTOCOL_VERSION_MAJOR 1
#define PROTOCOL_VERSION_MINOR 2
#define HELLO_MAGIC UINT32_C(0x504C4D42)

/* Longest payloads of either side, bytes. */
#define MSG_HOST_MAX_PAYLOAD 1015
#define MSG_BOARD_MAX_PAYLOAD 971

enum status {
    STATUS_OK = 0,
    STATUS_UNKNOWN_MESSAGE = 1,
    STATUS_MALFORMED = 2,
    STATUS_BAD_INDEX = 3,
    STATUS_HASH_MISMATCH = 4,
    STATUS_QUEUE_FULL = 5,
    STATUS_SLOT_ORDER = 6,
    STATUS_NOT_LOADED = 7,
    STATUS_BAD_TIMING = 8,
    STATUS_NOT_ARMED = 9,
    STATUS_NO_CAPABILITY = 10,
    STATUS_BAD_CODE = 11
};

enum receipt {
    RECEIPT_LATCHED = 0,
    RECEIPT_LATE = 1,
    RECEIPT_MISSED = 2
};

enum fault {
    FAULT_WATCHDOG = 1,
    FAULT_LATCH_MISSED = 2,
    FAULT_OVER_TEMPERATURE = 3,
    FAULT_UNDER_VOLTAGE = 4,
    FAULT_MEMORY = 5,
    FAULT_MALFORMED_MESSAGE = 6,
    FAULT_POWER_UP = 7
};

enum telemetry_flag {
    TELEMETRY_FLAG_MUTED = 1,
    TELEMETRY_FLAG_ARMED = 2,
    TELEMETRY_FLAG_WATCHDOG_FIRED = 4
};

enum arm_mode {
    ARM_MODE_TIME = 0,
    ARM_MODE_TRIGGER = 1
};

/* Room for any message. */
union msg_any {
    struct msg_hello hello;
    struct msg_load_codeword load_codeword;
    struct msg_query_memory query_memory;
    struct msg_queue_slots queue_slots;
    struct msg_arm arm;
    struct msg_stop stop;
    struct msg_mute mute;
    struct msg_read_clock read_clock;
    struct msg_query_receipts query_receipts;
    struct msg_read_telemetry read_telemetry;
    struct msg_read_lines read_lines;
    struct msg_set_geometry set_geometry;
    struct msg_set_corrections set_corrections;
    struct msg_load_foci load_foci;
    struct msg_load_splits load_splits;
    struct msg_ack ack;
    struct msg_welcome welcome;
    struct msg_load_codeword_result load_codeword_result;
    struct msg_memory_contents memory_contents;
    struct msg_queue_slots_result queue_slots_result;
    struct msg_arm_result arm_result;
    struct msg_stop_result stop_result;
    struct msg_mute_result mute_result;
    struct msg_clock_reading clock_reading;
    struct msg_query_receipts_result query_receipts_result;
    struct msg_telemetry telemetry;
    struct msg_line_delays line_delays;
    struct msg_geometry_result geometry_result;
    struct msg_corrections_result corrections_result;
    struct msg_load_foci_result load_foci_result;
    struct msg_load_splits_result load_splits_result;
    struct msg_refused refused;
    struct msg_receipts receipts;
    struct msg_fault fault;
};

#define MSG_NUM_LAYOUTS 34
extern const struct msg_layout *const msg_layouts[MSG_NUM_LAYOUTS];

#endif
