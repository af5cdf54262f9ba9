/* Payloads to and from structs, driven by the layouts of messages.c. SPEC 2 and 9.3. */
#ifndef BEAM_CODEC_H
#define BEAM_CODEC_H

#include "messages.h"

/* Why a payload is malformed. SPEC 9.3. */
enum msg_result { MSG_OK, MSG_TOO_SHORT, MSG_TRAILING_BYTES, MSG_BAD_COUNT, MSG_BAD_TEXT, MSG_OUT_OF_RANGE };

/* NULL for a type that this version does not know. */
const struct msg_layout *msg_layout_of(uint8_t type);

/* Whether frames of a type are numbered and acknowledged, also of one that is not known. SPEC 5.1. */
bool msg_is_reliable(uint8_t type);

/* Decodes a payload into the struct of its layout, of which nothing counts unless it returns MSG_OK. */
enum msg_result msg_decode(const struct msg_layout *layout, const uint8_t *payload, size_t length, void *message);

/* Entry `k` of the list of a message that was decoded. */
void msg_entry(const struct msg_layout *layout, const struct msg_list *list, size_t k, void *entry);

/* Encodes a struct whose values are in range, at most layout->max_payload bytes; returns how many. */
size_t msg_encode(const struct msg_layout *layout, const void *message, uint8_t *payload);

/* Encodes one entry of the layout's list, layout->entry_bytes bytes; returns where the next one goes. */
uint8_t *msg_put_entry(const struct msg_layout *layout, const void *entry, uint8_t *at);

#endif
