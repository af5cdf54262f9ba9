/* Generated from the declarations of firmware-protocol (npm run generate:firmware-header): not edited by hand. */
#include "messages.h"

static const struct msg_field welcome_fields[] = {
    { 0u, 255u, offsetof(struct msg_welcome, version_major), MSG_U8 },
    { 0u, 255u, offsetof(struct msg_welcome, version_minor), MSG_U8 },
    { 0u, 4294967295u, offsetof(struct msg_welcome, session), MSG_U32 },
    { 0u, 1u, offsetof(struct msg_welcome, resumed), MSG_U8 },
    { 0u, 4294967295u, offsetof(struct msg_welcome, boot_id), MSG_U32 },
    { 1u, 32u, offsetof(struct msg_welcome, window), MSG_U8 },
    { 1u, 65535u, offsetof(struct msg_welcome, num_elements), MSG_U16 },
    { 1u, 16u, offsetof(struct msg_welcome, phase_bits), MSG_U8 },
    { 0u, 16u, offsetof(struct msg_welcome, delay_bits), MSG_U8 },
    { 0u, 16u, offsetof(struct msg_welcome, amplitude_bits), MSG_U8 },
    { 0u, 4294967295u, offsetof(struct msg_welcome, delay_lsb_fs), MSG_U32 },
    { 0u, 0u, offsetof(struct msg_welcome, delay_range_fs), MSG_U64 },
    { 1u, 65535u, offsetof(struct msg_welcome, memory_depth), MSG_U16 },
    { 1u, 65535u, offsetof(struct msg_welcome, queue_depth), MSG_U16 },
    { 0u, 4294967295u, offsetof(struct msg_welcome, switch_time_ns), MSG_U32 },
    { 1u, 4294967295u, offsetof(struct msg_welcome, clock_rate_hz), MSG_U32 },
    { 64u, 1024u, offsetof(struct msg_welcome, max_payload), MSG_U16 },
    { 0u, 0u, offsetof(struct msg_welcome, model), MSG_TEXT8 },
    { 0u, 0u, offsetof(struct msg_welcome, serial_number), MSG_TEXT8 },
    { 0u, 0u, offsetof(struct msg_welcome, firmware), MSG_TEXT8 }
};
const struct msg_layout msg_welcome_layout = {
    welcome_fields, NULL, NULL,
    811, 20, 0, 0,
    MSG_FROM_BOARD, false, MSG_WELCOME
};

static const struct msg_field load_codeword_result_fields[] = {
    { 0u, 65535u, offsetof(struct msg_load_codeword_result, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_load_codeword_result, status), MSG_U8 },
    { 0u, 65535u, offsetof(struct msg_load_codeword_result, index), MSG_U16 },
    { 0u, 0u, offsetof(struct msg_load_codeword_result, hash), MSG_U64 }
};
const struct msg_layout msg_load_codeword_result_layout = {
    load_codeword_result_fields, NULL, NULL,
    13, 4, 0, 0,
    MSG_FROM_BOARD, true, MSG_LOAD_CODEWORD_RESULT
};

static const struct msg_field memory_contents_fields[] = {
    { 0u, 65535u, offsetof(struct msg_memory_contents, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_memory_contents, status), MSG_U8 },
    { 0u, 65535u, offsetof(struct msg_memory_contents, first_index), MSG_U16 },
    { 0u, 100u, offsetof(struct msg_memory_contents, entries), MSG_LIST16 }
};
static const struct msg_field memory_contents_entry_fields[] = {
    { 0u, 1u, offsetof(struct msg_memory_contents_entry, valid), MSG_U8 },
    { 0u, 0u, offsetof(struct msg_memory_contents_entry, hash), MSG_U64 }
};
const struct msg_layout msg_memory_contents_layout = {
    memory_contents_fields, memory_contents_entry_fields, NULL,
    907, 4, 2, 9,
    MSG_FROM_BOARD, true, MSG_MEMORY_CONTENTS
};

static const struct msg_field queue_slots_result_fields[] = {
    { 0u, 65535u, offsetof(struct msg_queue_slots_result, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_queue_slots_result, status), MSG_U8 },
    { 0u, 65535u, offsetof(struct msg_queue_slots_result, accepted), MSG_U16 },
    { 0u, 65535u, offsetof(struct msg_queue_slots_result, free), MSG_U16 }
};
const struct msg_layout msg_queue_slots_result_layout = {
    queue_slots_result_fields, NULL, NULL,
    7, 4, 0, 0,
    MSG_FROM_BOARD, true, MSG_QUEUE_SLOTS_RESULT
};

static const struct msg_field arm_result_fields[] = {
    { 0u, 65535u, offsetof(struct msg_arm_result, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_arm_result, status), MSG_U8 }
};
const struct msg_layout msg_arm_result_layout = {
    arm_result_fields, NULL, NULL,
    3, 2, 0, 0,
    MSG_FROM_BOARD, true, MSG_ARM_RESULT
};

static const struct msg_field stop_result_fields[] = {
    { 0u, 65535u, offsetof(struct msg_stop_result, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_stop_result, status), MSG_U8 },
    { 0u, 65535u, offsetof(struct msg_stop_result, dropped), MSG_U16 }
};
const struct msg_layout msg_stop_result_layout = {
    stop_result_fields, NULL, NULL,
    5, 3, 0, 0,
    MSG_FROM_BOARD, true, MSG_STOP_RESULT
};

static const struct msg_field mute_result_fields[] = {
    { 0u, 65535u, offsetof(struct msg_mute_result, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_mute_result, status), MSG_U8 }
};
const struct msg_layout msg_mute_result_layout = {
    mute_result_fields, NULL, NULL,
    3, 2, 0, 0,
    MSG_FROM_BOARD, true, MSG_MUTE_RESULT
};

static const struct msg_field clock_reading_fields[] = {
    { 0u, 4294967295u, offsetof(struct msg_clock_reading, token), MSG_U32 },
    { 0u, 0u, offsetof(struct msg_clock_reading, received_ticks), MSG_U64 },
    { 0u, 0u, offsetof(struct msg_clock_reading, sent_ticks), MSG_U64 }
};
const struct msg_layout msg_clock_reading_layout = {
    clock_reading_fields, NULL, NULL,
    20, 3, 0, 0,
    MSG_FROM_BOARD, false, MSG_CLOCK_READING
};

static const struct msg_field query_receipts_result_fields[] = {
    { 0u, 65535u, offsetof(struct msg_query_receipts_result, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_query_receipts_result, status), MSG_U8 },
    { 0u, 65535u, offsetof(struct msg_query_receipts_result, found), MSG_U16 }
};
const struct msg_layout msg_query_receipts_result_layout = {
    query_receipts_result_fields, NULL, NULL,
    5, 3, 0, 0,
    MSG_FROM_BOARD, true, MSG_QUERY_RECEIPTS_RESULT
};

static const struct msg_field telemetry_fields[] = {
    { (uint32_t)(-32768), 32767u, offsetof(struct msg_telemetry, temperature_centi_c), MSG_I16 },
    { 0u, 65535u, offsetof(struct msg_telemetry, supply_mv), MSG_U16 },
    { 0u, 65535u, offsetof(struct msg_telemetry, queue_depth), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_telemetry, flags), MSG_U8 },
    { 0u, 0u, offsetof(struct msg_telemetry, ticks), MSG_U64 }
};
const struct msg_layout msg_telemetry_layout = {
    telemetry_fields, NULL, NULL,
    15, 5, 0, 0,
    MSG_FROM_BOARD, false, MSG_TELEMETRY
};

static const struct msg_field line_delays_fields[] = {
    { 0u, 65535u, offsetof(struct msg_line_delays, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_line_delays, status), MSG_U8 },
    { 0u, 1024u, offsetof(struct msg_line_delays, num_lines), MSG_U16 },
    { 0u, 65535u, offsetof(struct msg_line_delays, line), MSG_U16 },
    { 0u, 65535u, offsetof(struct msg_line_delays, first_element), MSG_U16 },
    { 0u, 240u, offsetof(struct msg_line_delays, delays), MSG_LIST16 }
};
static const struct msg_field line_delays_entry_fields[] = {
    { 0u, 4294967295u, offsetof(struct msg_line_delays_entry, delay_fs), MSG_U32 }
};
const struct msg_layout msg_line_delays_layout = {
    line_delays_fields, line_delays_entry_fields, NULL,
    971, 6, 1, 4,
    MSG_FROM_BOARD, true, MSG_LINE_DELAYS
};

static const struct msg_field geometry_result_fields[] = {
    { 0u, 65535u, offsetof(struct msg_geometry_result, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_geometry_result, status), MSG_U8 },
    { 0u, 1u, offsetof(struct msg_geometry_result, corrections), MSG_U8 }
};
const struct msg_layout msg_geometry_result_layout = {
    geometry_result_fields, NULL, NULL,
    4, 3, 0, 0,
    MSG_FROM_BOARD, true, MSG_GEOMETRY_RESULT
};

static const struct msg_field corrections_result_fields[] = {
    { 0u, 65535u, offsetof(struct msg_corrections_result, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_corrections_result, status), MSG_U8 }
};
const struct msg_layout msg_corrections_result_layout = {
    corrections_result_fields, NULL, NULL,
    3, 2, 0, 0,
    MSG_FROM_BOARD, true, MSG_CORRECTIONS_RESULT
};

static const struct msg_field load_foci_result_fields[] = {
    { 0u, 65535u, offsetof(struct msg_load_foci_result, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_load_foci_result, status), MSG_U8 },
    { 0u, 65535u, offsetof(struct msg_load_foci_result, loaded), MSG_U16 }
};
const struct msg_layout msg_load_foci_result_layout = {
    load_foci_result_fields, NULL, NULL,
    5, 3, 0, 0,
    MSG_FROM_BOARD, true, MSG_LOAD_FOCI_RESULT
};

static const struct msg_field load_splits_result_fields[] = {
    { 0u, 65535u, offsetof(struct msg_load_splits_result, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_load_splits_result, status), MSG_U8 },
    { 0u, 65535u, offsetof(struct msg_load_splits_result, loaded), MSG_U16 }
};
const struct msg_layout msg_load_splits_result_layout = {
    load_splits_result_fields, NULL, NULL,
    5, 3, 0, 0,
    MSG_FROM_BOARD, true, MSG_LOAD_SPLITS_RESULT
};

static const struct msg_field refused_fields[] = {
    { 0u, 65535u, offsetof(struct msg_refused, request), MSG_U16 },
    { 0u, 255u, offsetof(struct msg_refused, status), MSG_U8 },
    { 0u, 255u, offsetof(struct msg_refused, type), MSG_U8 }
};
const struct msg_layout msg_refused_layout = {
    refused_fields, NULL, NULL,
    4, 3, 0, 0,
    MSG_FROM_BOARD, true, MSG_REFUSED
};

static const struct msg_field receipts_fields[] = {
    { 0u, 40u, offsetof(struct msg_receipts, entries), MSG_LIST16 }
};
static const struct msg_field receipts_entry_fields[] = {
    { 0u, 4294967295u, offsetof(struct msg_receipts_entry, slot), MSG_U32 },
    { 0u, 65535u, offsetof(struct msg_receipts_entry, index), MSG_U16 },
    { 0u, 0u, offsetof(struct msg_receipts_entry, hash), MSG_U64 },
    { 0u, 0u, offsetof(struct msg_receipts_entry, ticks), MSG_U64 },
    { 0u, 255u, offsetof(struct msg_receipts_entry, status), MSG_U8 }
};
const struct msg_layout msg_receipts_layout = {
    receipts_fields, receipts_entry_fields, NULL,
    922, 1, 5, 23,
    MSG_FROM_BOARD, true, MSG_RECEIPTS
};

static const struct msg_field fault_fields[] = {
    { 0u, 65535u, offsetof(struct msg_fault, code), MSG_U16 },
    { 0u, 4294967295u, offsetof(struct msg_fault, detail), MSG_U32 },
    { 0u, 0u, offsetof(struct msg_fault, ticks), MSG_U64 }
};
const struct msg_layout msg_fault_layout = {
    fault_fields, NULL, NULL,
    14, 3, 0, 0,
    MSG_FROM_BOARD, true, MSG_FAULT
};
