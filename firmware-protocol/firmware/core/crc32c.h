/* CRC-32C (Castagnoli), SPEC 3.2. */
#ifndef BEAM_CRC32C_H
#define BEAM_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Of the nine bytes `123456789`: 0xE3069283. */
uint32_t crc32c(const uint8_t *bytes, size_t count);

#endif
