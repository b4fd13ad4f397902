#include "ccrc32c.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

// Bit by bit: correct everywhere, for processors without the instruction and for the test of the others.
static uint32_t update_portable(uint32_t crc, const uint8_t *p, size_t length) {
    while (length--) {
        crc ^= *p++;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1)));
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2")))
static uint32_t update_hardware(uint32_t crc, const uint8_t *p, size_t length) {
    uint64_t wide = crc;
    for (; length >= 8; p += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    crc = (uint32_t)wide;
    while (length--) crc = _mm_crc32_u8(crc, *p++);
    return crc;
}
#elif defined(__ARM_FEATURE_CRC32)
static uint32_t update_hardware(uint32_t crc, const uint8_t *p, size_t length) {
    for (; length >= 8; p += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        crc = __crc32cd(crc, word);
    }
    while (length--) crc = __crc32cb(crc, *p++);
    return crc;
}
#endif

uint32_t ccrc32c_update(uint32_t crc, const void *bytes, size_t length) {
    crc = ~crc;
#if defined(__x86_64__)
    crc = __builtin_cpu_supports("sse4.2") ? update_hardware(crc, bytes, length) : update_portable(crc, bytes, length);
#elif defined(__ARM_FEATURE_CRC32)
    crc = update_hardware(crc, bytes, length);
#else
    crc = update_portable(crc, bytes, length);
#endif
    return ~crc;
}
