#ifndef CCRC32C_H
#define CCRC32C_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720 §12.1) of `length` bytes, continuing from `crc`
/// (0 at the start). Uses the processor's instruction where there is one: it is the one inner loop of the log that
/// Swift cannot reach.
uint32_t ccrc32c_update(uint32_t crc, const void *bytes, size_t length);

#endif
