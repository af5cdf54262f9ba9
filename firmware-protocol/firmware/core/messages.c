/* Generated from the declarations of firmware-protocol (npm run generate:firmware-header): not edited by hand. */
#include "messages.h"

const struct msg_layout *const msg_layouts[MSG_NUM_LAYOUTS] = {
    &msg_hello_layout,
    &msg_load_codeword_layout,
    &msg_query_memory_layout,
    &msg_queue_slots_layout,
    &msg_arm_layout,
    &msg_stop_layout,
    &msg_mute_layout,
    &msg_read_clock_layout,
    &msg_query_receipts_layout,
    &msg_read_telemetry_layout,
    &msg_read_lines_layout,
    &msg_set_geometry_layout,
    &msg_set_corrections_layout,
    &msg_load_foci_layout,
    &msg_load_splits_layout,
    &msg_ack_layout,
    &msg_welcome_layout,
    &msg_load_codeword_result_layout,
    &msg_memory_contents_layout,
    &msg_queue_slots_result_layout,
    &msg_arm_result_layout,
    &msg_stop_result_layout,
    &msg_mute_result_layout,
    &msg_clock_reading_layout,
    &msg_query_receipts_result_layout,
    &msg_telemetry_layout,
    &msg_line_delays_layout,
    &msg_geometry_result_layout,
    &msg_corrections_result_layout,
    &msg_load_foci_result_layout,
    &msg_load_splits_result_layout,
    &msg_refused_layout,
    &msg_receipts_layout,
    &msg_fault_layout
};

const struct msg_real_range msg_real_ranges[] = {
    { -1.7976931348623157e+308, 1.7976931348623157e+308 },
    { 1000000.0, 10000000000000.0 },
    { 100000000.0, 310000000.0 },
    { 1e-7, 1000.0 },
    { 0.001, 1000.0 },
    { -1000.0, 1000.0 },
    { -1.0, 1.0 }
};
