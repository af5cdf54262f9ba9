/* Generated from the declarations of firmware-protocol (npm run generate:firmware-header): not edited by hand. */
#ifndef BEAM_HOST_MESSAGES_H
#define BEAM_HOST_MESSAGES_H

#include "layout.h"

/* Hello, datagram of the host. */
#define MSG_HELLO 0x01
struct msg_hello {
    uint32_t magic;
    uint8_t version_major;
    uint8_t version_minor;
    uint32_t session;
    uint8_t window; /* frames */
    uint16_t watchdog_ms; /* ms */
};
extern const struct msg_layout msg_hello_layout;

/* LoadCodeword, reliable of the host. */
#define MSG_LOAD_CODEWORD 0x02
struct msg_load_codeword {
    uint16_t index;
    uint16_t offset; /* bytes */
    uint8_t last;
    uint64_t hash;
    struct msg_bytes data;
};
extern const struct msg_layout msg_load_codeword_layout;

/* QueryMemory, reliable of the host. */
#define MSG_QUERY_MEMORY 0x03
struct msg_query_memory {
    uint16_t first_index;
    uint16_t count;
};
extern const struct msg_layout msg_query_memory_layout;

/* QueueSlots, reliable of the host. */
#define MSG_QUEUE_SLOTS 0x04
#define MSG_QUEUE_SLOTS_MAX_ENTRIES 150
#define MSG_QUEUE_SLOTS_ENTRY_BYTES 6
struct msg_queue_slots_entry {
    uint32_t slot;
    uint16_t index;
};
struct msg_queue_slots {
    struct msg_list entries;
};
extern const struct msg_layout msg_queue_slots_layout;

/* Arm, reliable of the host. */
#define MSG_ARM 0x05
struct msg_arm {
    uint8_t mode;
    uint32_t first_slot;
    uint64_t start_ticks; /* ticks */
    uint32_t slot_ticks; /* ticks */
};
extern const struct msg_layout msg_arm_layout;

/* Stop, reliable of the host. */
#define MSG_STOP 0x06
struct msg_stop {
    uint8_t nothing;
};
extern const struct msg_layout msg_stop_layout;

/* Mute, reliable of the host. */
#define MSG_MUTE 0x07
struct msg_mute {
    uint8_t muted;
};
extern const struct msg_layout msg_mute_layout;

/* ReadClock, datagram of the host. */
#define MSG_READ_CLOCK 0x08
struct msg_read_clock {
    uint32_t token;
};
extern const struct msg_layout msg_read_clock_layout;

/* QueryReceipts, reliable of the host. */
#define MSG_QUERY_RECEIPTS 0x09
struct msg_query_receipts {
    uint32_t first_slot;
    uint16_t count; /* slots */
};
extern const struct msg_layout msg_query_receipts_layout;

/* ReadTelemetry, datagram of the host. */
#define MSG_READ_TELEMETRY 0x0A
struct msg_read_telemetry {
    uint8_t nothing;
};
extern const struct msg_layout msg_read_telemetry_layout;

/* ReadLines, reliable of the host. */
#define MSG_READ_LINES 0x0B
struct msg_read_lines {
    uint16_t line;
    uint16_t first_element;
    uint16_t count; /* elements */
};
extern const struct msg_layout msg_read_lines_layout;

/* SetGeometry, reliable of the host. */
#define MSG_SET_GEOMETRY 0x0C
struct msg_set_geometry {
    uint16_t array_elements;
    uint16_t first_element;
    uint8_t mirrored;
    double carrier_hz; /* Hz */
    double speed_of_light; /* m/s */
    double spacing; /* m */
    double spacing_turns; /* wavelengths */
};
extern const struct msg_layout msg_set_geometry_layout;

/* SetCorrections, reliable of the host. */
#define MSG_SET_CORRECTIONS 0x0D
#define MSG_SET_CORRECTIONS_MAX_ENTRIES 120
#define MSG_SET_CORRECTIONS_ENTRY_BYTES 8
struct msg_set_corrections_entry {
    double value; /* rad or s */
};
struct msg_set_corrections {
    uint8_t kind;
    uint16_t first_element;
    struct msg_list values;
};
extern const struct msg_layout msg_set_corrections_layout;

/* LoadFoci, reliable of the host. */
#define MSG_LOAD_FOCI 0x0E
#define MSG_LOAD_FOCI_MAX_ENTRIES 36
#define MSG_LOAD_FOCI_ENTRY_BYTES 28
struct msg_load_foci_entry {
    uint16_t index;
    uint64_t hash;
    uint8_t kind;
    uint8_t corrected;
    double a;
    double b;
};
struct msg_load_foci {
    struct msg_list entries;
};
extern const struct msg_layout msg_load_foci_layout;

/* LoadSplits, reliable of the host. */
#define MSG_LOAD_SPLITS 0x11
#define MSG_LOAD_SPLITS_MAX_ENTRIES 19
#define MSG_LOAD_SPLITS_ENTRY_BYTES 53
struct msg_load_splits_entry {
    uint16_t index;
    uint64_t hash;
    uint8_t corrected;
    uint16_t line;
    double phase_sin;
    double phase_ring; /* 1/m */
    double delay_sin;
    double delay_ring; /* 1/m */
    double shift; /* s */
};
struct msg_load_splits {
    struct msg_list entries;
};
extern const struct msg_layout msg_load_splits_layout;

/* Ack, datagram of both. */
#define MSG_ACK 0x7F
struct msg_ack {
    uint16_t next;
    uint32_t bitmap;
};
extern const struct msg_layout msg_ack_layout;

#endif
