/* Generated from the declarations of firmware-protocol (npm run generate:firmware-header): not edited by hand. */
#include "messages.h"

static const struct msg_field hello_fields[] = {
    { 1347177794u, 1347177794u, offsetof(struct msg_hello, magic), MSG_U32 },
    { 0u, 255u, offsetof(struct msg_hello, version_major), MSG_U8 },
    { 0u, 255u, offsetof(struct msg_hello, version_minor), MSG_U8 },
    { 1u, 4294967295u, offsetof(struct msg_hello, session), MSG_U32 },
    { 1u, 32u, offsetof(struct msg_hello, window), MSG_U8 },
    { 0u, 65535u, offsetof(struct msg_hello, watchdog_ms), MSG_U16 }
};
const struct msg_layout msg_hello_layout = {
    hello_fields, NULL, &msg_welcome_layout,
    13, 6, 0, 0,
    MSG_FROM_HOST, false, MSG_HELLO
};

static const struct msg_field load_codeword_fields[] = {
    { 0u, 65535u, offsetof(struct msg_load_codeword, index), MSG_U16 },
    { 0u, 65535u, offsetof(struct msg_load_codeword, offset), MSG_U16 },
    { 0u, 1u, offsetof(struct msg_load_codeword, last), MSG_U8 },
    { 0u, 0u, offsetof(struct msg_load_codeword, hash), MSG_U64 },
    { 0u, 1000u, offsetof(struct msg_load_codeword, data), MSG_BYTES16 }
};
const struct msg_layout msg_load_codeword_layout = {
    load_codeword_fields, NULL, &msg_load_codeword_result_layout,
    1015, 5, 0, 0,
    MSG_FROM_HOST, true, MSG_LOAD_CODEWORD
};

static const struct msg_field query_memory_fields[] = {
    { 0u, 65535u, offsetof(struct msg_query_memory, first_index), MSG_U16 },
    { 0u, 100u, offsetof(struct msg_query_memory, count), MSG_U16 }
};
const struct msg_layout msg_query_memory_layout = {
    query_memory_fields, NULL, &msg_memory_contents_layout,
    4, 2, 0, 0,
    MSG_FROM_HOST, true, MSG_QUERY_MEMORY
};

static const struct msg_field queue_slots_fields[] = {
    { 0u, 150u, offsetof(struct msg_queue_slots, entries), MSG_LIST16 }
};
static const struct msg_field queue_slots_entry_fields[] = {
    { 0u, 4294967295u, offsetof(struct msg_queue_slots_entry, slot), MSG_U32 },
    { 0u, 65535u, offsetof(struct msg_queue_slots_entry, index), MSG_U16 }
};
const struct msg_layout msg_queue_slots_layout = {
    queue_slots_fields, queue_slots_entry_fields, &msg_queue_slots_result_layout,
    902, 1, 2, 6,
    MSG_FROM_HOST, true, MSG_QUEUE_SLOTS
};

static const struct msg_field arm_fields[] = {
    { 0u, 1u, offsetof(struct msg_arm, mode), MSG_U8 },
    { 0u, 4294967295u, offsetof(struct msg_arm, first_slot), MSG_U32 },
    { 0u, 0u, offsetof(struct msg_arm, start_ticks), MSG_U64 },
    { 1u, 4294967295u, offsetof(struct msg_arm, slot_ticks), MSG_U32 }
};
const struct msg_layout msg_arm_layout = {
    arm_fields, NULL, &msg_arm_result_layout,
    17, 4, 0, 0,
    MSG_FROM_HOST, true, MSG_ARM
};

const struct msg_layout msg_stop_layout = {
    NULL, NULL, &msg_stop_result_layout,
    0, 0, 0, 0,
    MSG_FROM_HOST, true, MSG_STOP
};

static const struct msg_field mute_fields[] = {
    { 0u, 1u, offsetof(struct msg_mute, muted), MSG_U8 }
};
const struct msg_layout msg_mute_layout = {
    mute_fields, NULL, &msg_mute_result_layout,
    1, 1, 0, 0,
    MSG_FROM_HOST, true, MSG_MUTE
};

static const struct msg_field read_clock_fields[] = {
    { 0u, 4294967295u, offsetof(struct msg_read_clock, token), MSG_U32 }
};
const struct msg_layout msg_read_clock_layout = {
    read_clock_fields, NULL, &msg_clock_reading_layout,
    4, 1, 0, 0,
    MSG_FROM_HOST, false, MSG_READ_CLOCK
};

static const struct msg_field query_receipts_fields[] = {
    { 0u, 4294967295u, offsetof(struct msg_query_receipts, first_slot), MSG_U32 },
    { 0u, 65535u, offsetof(struct msg_query_receipts, count), MSG_U16 }
};
const struct msg_layout msg_query_receipts_layout = {
    query_receipts_fields, NULL, &msg_query_receipts_result_layout,
    6, 2, 0, 0,
    MSG_FROM_HOST, true, MSG_QUERY_RECEIPTS
};

const struct msg_layout msg_read_telemetry_layout = {
    NULL, NULL, &msg_telemetry_layout,
    0, 0, 0, 0,
    MSG_FROM_HOST, false, MSG_READ_TELEMETRY
};

static const struct msg_field read_lines_fields[] = {
    { 0u, 65535u, offsetof(struct msg_read_lines, line), MSG_U16 },
    { 0u, 65535u, offsetof(struct msg_read_lines, first_element), MSG_U16 },
    { 0u, 240u, offsetof(struct msg_read_lines, count), MSG_U16 }
};
const struct msg_layout msg_read_lines_layout = {
    read_lines_fields, NULL, &msg_line_delays_layout,
    6, 3, 0, 0,
    MSG_FROM_HOST, true, MSG_READ_LINES
};

static const struct msg_field set_geometry_fields[] = {
    { 1u, 65535u, offsetof(struct msg_set_geometry, array_elements), MSG_U16 },
    { 0u, 65535u, offsetof(struct msg_set_geometry, first_element), MSG_U16 },
    { 0u, 1u, offsetof(struct msg_set_geometry, mirrored), MSG_U8 },
    { 1u, 0u, offsetof(struct msg_set_geometry, carrier_hz), MSG_F64 },
    { 2u, 0u, offsetof(struct msg_set_geometry, speed_of_light), MSG_F64 },
    { 3u, 0u, offsetof(struct msg_set_geometry, spacing), MSG_F64 },
    { 4u, 0u, offsetof(struct msg_set_geometry, spacing_turns), MSG_F64 }
};
const struct msg_layout msg_set_geometry_layout = {
    set_geometry_fields, NULL, &msg_geometry_result_layout,
    37, 7, 0, 0,
    MSG_FROM_HOST, true, MSG_SET_GEOMETRY
};

static const struct msg_field set_corrections_fields[] = {
    { 0u, 1u, offsetof(struct msg_set_corrections, kind), MSG_U8 },
    { 0u, 65535u, offsetof(struct msg_set_corrections, first_element), MSG_U16 },
    { 0u, 120u, offsetof(struct msg_set_corrections, values), MSG_LIST16 }
};
static const struct msg_field set_corrections_entry_fields[] = {
    { 5u, 0u, offsetof(struct msg_set_corrections_entry, value), MSG_F64 }
};
const struct msg_layout msg_set_corrections_layout = {
    set_corrections_fields, set_corrections_entry_fields, &msg_corrections_result_layout,
    965, 3, 1, 8,
    MSG_FROM_HOST, true, MSG_SET_CORRECTIONS
};

static const struct msg_field load_foci_fields[] = {
    { 0u, 36u, offsetof(struct msg_load_foci, entries), MSG_LIST16 }
};
static const struct msg_field load_foci_entry_fields[] = {
    { 0u, 65535u, offsetof(struct msg_load_foci_entry, index), MSG_U16 },
    { 0u, 0u, offsetof(struct msg_load_foci_entry, hash), MSG_U64 },
    { 0u, 3u, offsetof(struct msg_load_foci_entry, kind), MSG_U8 },
    { 0u, 1u, offsetof(struct msg_load_foci_entry, corrected), MSG_U8 },
    { 0u, 0u, offsetof(struct msg_load_foci_entry, a), MSG_F64 },
    { 0u, 0u, offsetof(struct msg_load_foci_entry, b), MSG_F64 }
};
const struct msg_layout msg_load_foci_layout = {
    load_foci_fields, load_foci_entry_fields, &msg_load_foci_result_layout,
    1010, 1, 6, 28,
    MSG_FROM_HOST, true, MSG_LOAD_FOCI
};

static const struct msg_field load_splits_fields[] = {
    { 0u, 19u, offsetof(struct msg_load_splits, entries), MSG_LIST16 }
};
static const struct msg_field load_splits_entry_fields[] = {
    { 0u, 65535u, offsetof(struct msg_load_splits_entry, index), MSG_U16 },
    { 0u, 0u, offsetof(struct msg_load_splits_entry, hash), MSG_U64 },
    { 0u, 1u, offsetof(struct msg_load_splits_entry, corrected), MSG_U8 },
    { 0u, 65535u, offsetof(struct msg_load_splits_entry, line), MSG_U16 },
    { 0u, 0u, offsetof(struct msg_load_splits_entry, phase_sin), MSG_F64 },
    { 0u, 0u, offsetof(struct msg_load_splits_entry, phase_ring), MSG_F64 },
    { 0u, 0u, offsetof(struct msg_load_splits_entry, delay_sin), MSG_F64 },
    { 0u, 0u, offsetof(struct msg_load_splits_entry, delay_ring), MSG_F64 },
    { 6u, 0u, offsetof(struct msg_load_splits_entry, shift), MSG_F64 }
};
const struct msg_layout msg_load_splits_layout = {
    load_splits_fields, load_splits_entry_fields, &msg_load_splits_result_layout,
    1009, 1, 9, 53,
    MSG_FROM_HOST, true, MSG_LOAD_SPLITS
};

static const struct msg_field ack_fields[] = {
    { 0u, 65535u, offsetof(struct msg_ack, next), MSG_U16 },
    { 0u, 4294967295u, offsetof(struct msg_ack, bitmap), MSG_U32 }
};
const struct msg_layout msg_ack_layout = {
    ack_fields, NULL, NULL,
    6, 2, 0, 0,
    MSG_FROM_EITHER, false, MSG_ACK
};
