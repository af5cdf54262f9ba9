/* Well-formed UTF-8, as RFC 3629 has it. */
#ifndef BEAM_UTF8_H
#define BEAM_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_is_well_formed(const uint8_t *bytes, size_t count);

#endif
