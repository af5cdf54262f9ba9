#include "codec.h"

#include <string.h>

#include "bytes.h"
#include "utf8.h"

/* Bytes that a field takes before any text, bytes or entries. */
static size_t least_bytes(uint8_t type)
{
    switch (type) {
    case MSG_U8:
    case MSG_TEXT8:
        return 1;
    case MSG_U32:
        return 4;
    case MSG_U64:
    case MSG_F64:
        return 8;
    default:
        return 2;
    }
}

/* A reader of one payload. */
struct reader {
    const struct msg_layout *layout;
    const uint8_t *at;
    size_t left;
};

/* An IEEE 754 binary64, which a double must be here; with all exponent bits set it is no number. */
static bool real_in_range(const struct msg_field *field, uint64_t bits)
{
    const struct msg_real_range *const range = &msg_real_ranges[field->min];
    double value;
    memcpy(&value, &bits, sizeof value);
    return (bits >> 52 & 0x7FFu) != 0x7FFu && value >= range->min && value <= range->max;
}

static bool in_range(const struct msg_field *field, uint32_t value)
{
    if (field->type == MSG_I16) {
        return (int32_t)value >= (int32_t)field->min && (int32_t)value <= (int32_t)field->max;
    }
    return value >= field->min && value <= field->max;
}

/* A field of fixed size that lies whole in the payload, into the struct. */
static enum msg_result read_number(const struct msg_field *field, const uint8_t *at, void *message)
{
    void *const member = (uint8_t *)message + field->offset;
    uint32_t value = 0;
    switch (field->type) {
    case MSG_U64:
    case MSG_F64: {
        const uint64_t wide = get_u64(at);
        memcpy(member, &wide, sizeof wide);
        return field->type == MSG_U64 || real_in_range(field, wide) ? MSG_OK : MSG_OUT_OF_RANGE;
    }
    case MSG_U8:
        value = at[0];
        memcpy(member, at, 1);
        break;
    case MSG_U16: {
        const uint16_t half = get_u16(at);
        value = half;
        memcpy(member, &half, sizeof half);
        break;
    }
    case MSG_I16: {
        const uint16_t half = get_u16(at);
        /* Two's complement, without the conversion that C99 leaves open. */
        value = (half & 0x8000u) ? half | UINT32_C(0xFFFF0000) : half;
        memcpy(member, &half, sizeof half);
        break;
    }
    default:
        value = get_u32(at);
        memcpy(member, &value, sizeof value);
        break;
    }
    return in_range(field, value) ? MSG_OK : MSG_OUT_OF_RANGE;
}

static enum msg_result read_entries(struct reader *reader, uint16_t count)
{
    const struct msg_layout *const layout = reader->layout;
    /* Only looked at here: entries are decoded when they are used. The generator of the layouts sees to it that this is room enough. */
    uint64_t entry[16];
    for (size_t k = 0; k < count; k++) {
        const uint8_t *at = reader->at + k * layout->entry_bytes;
        for (size_t f = 0; f < layout->num_entry_fields; f++) {
            const enum msg_result result = read_number(&layout->entry_fields[f], at, entry);
            if (result != MSG_OK) {
                return result;
            }
            at += least_bytes(layout->entry_fields[f].type);
        }
    }
    return MSG_OK;
}

static enum msg_result read_field(struct reader *reader, const struct msg_field *field, void *message)
{
    const size_t fixed = least_bytes(field->type);
    if (reader->left < fixed) {
        return MSG_TOO_SHORT;
    }
    const uint8_t *const at = reader->at;
    reader->at += fixed;
    reader->left -= fixed;
    if (field->type < MSG_TEXT8) {
        return read_number(field, at, message);
    }
    const uint16_t count = field->type == MSG_TEXT8 ? at[0] : get_u16(at);
    /* Counts are checked before anything is looked at, so that a lying one costs nothing. */
    if (field->type != MSG_TEXT8 && count > field->max) {
        return MSG_BAD_COUNT;
    }
    const size_t bytes = field->type == MSG_LIST16 ? (size_t)count * reader->layout->entry_bytes : count;
    if (reader->left < bytes) {
        return MSG_TOO_SHORT;
    }
    enum msg_result result = MSG_OK;
    if (field->type == MSG_LIST16) {
        const struct msg_list list = { reader->at, count };
        memcpy((uint8_t *)message + field->offset, &list, sizeof list);
        result = read_entries(reader, count);
    } else {
        const struct msg_bytes held = { reader->at, count };
        memcpy((uint8_t *)message + field->offset, &held, sizeof held);
        if (field->type == MSG_TEXT8 && !utf8_is_well_formed(held.bytes, held.count)) {
            result = MSG_BAD_TEXT;
        }
    }
    reader->at += bytes;
    reader->left -= bytes;
    return result;
}

const struct msg_layout *msg_layout_of(uint8_t type)
{
    for (size_t k = 0; k < MSG_NUM_LAYOUTS; k++) {
        if (msg_layouts[k]->type == type) {
            return msg_layouts[k];
        }
    }
    return NULL;
}

bool msg_is_reliable(uint8_t type)
{
    const struct msg_layout *const layout = msg_layout_of(type);
    return layout != NULL ? layout->reliable : (type & 0x40u) == 0;
}

enum msg_result msg_decode(const struct msg_layout *layout, const uint8_t *payload, size_t length, void *message)
{
    struct reader reader = { layout, payload, length };
    for (size_t f = 0; f < layout->num_fields; f++) {
        const enum msg_result result = read_field(&reader, &layout->fields[f], message);
        if (result != MSG_OK) {
            return result;
        }
    }
    return reader.left == 0 ? MSG_OK : MSG_TRAILING_BYTES;
}

void msg_entry(const struct msg_layout *layout, const struct msg_list *list, size_t k, void *entry)
{
    const uint8_t *at = list->bytes + k * layout->entry_bytes;
    for (size_t f = 0; f < layout->num_entry_fields; f++) {
        (void)read_number(&layout->entry_fields[f], at, entry);
        at += least_bytes(layout->entry_fields[f].type);
    }
}

static uint8_t *put_number(const struct msg_field *field, const void *message, uint8_t *at)
{
    const void *const member = (const uint8_t *)message + field->offset;
    switch (field->type) {
    case MSG_U8:
        memcpy(at, member, 1);
        return at + 1;
    case MSG_U16:
    case MSG_I16: {
        uint16_t value;
        memcpy(&value, member, sizeof value);
        put_u16(at, value);
        return at + 2;
    }
    case MSG_U32: {
        uint32_t value;
        memcpy(&value, member, sizeof value);
        put_u32(at, value);
        return at + 4;
    }
    default: {
        uint64_t value;
        memcpy(&value, member, sizeof value);
        put_u64(at, value);
        return at + 8;
    }
    }
}

/* The count, and what it counts. */
static uint8_t *put_many(const struct msg_layout *layout, const struct msg_field *field, const void *member, uint8_t *at)
{
    struct msg_bytes held;
    size_t bytes;
    if (field->type == MSG_LIST16) {
        struct msg_list list;
        memcpy(&list, member, sizeof list);
        held.bytes = list.bytes;
        held.count = list.count;
        bytes = (size_t)list.count * layout->entry_bytes;
    } else {
        memcpy(&held, member, sizeof held);
        bytes = held.count;
    }
    if (field->type == MSG_TEXT8) {
        *at++ = (uint8_t)held.count;
    } else {
        put_u16(at, held.count);
        at += 2;
    }
    if (held.bytes == NULL || bytes == 0) {
        return at;
    }
    memcpy(at, held.bytes, bytes);
    return at + bytes;
}

size_t msg_encode(const struct msg_layout *layout, const void *message, uint8_t *payload)
{
    uint8_t *at = payload;
    for (size_t f = 0; f < layout->num_fields; f++) {
        const struct msg_field *const field = &layout->fields[f];
        at = field->type < MSG_TEXT8 ? put_number(field, message, at)
                                     : put_many(layout, field, (const uint8_t *)message + field->offset, at);
    }
    return (size_t)(at - payload);
}

uint8_t *msg_put_entry(const struct msg_layout *layout, const void *entry, uint8_t *at)
{
    for (size_t f = 0; f < layout->num_entry_fields; f++) {
        at = put_number(&layout->entry_fields[f], entry, at);
    }
    return at;
}
