// What the two load generators share: batches of requests as templates, replies of three protocols, and a histogram.
//
// Batches are read from a file: a little-endian u32 of length, then the bytes, repeated. In them three placeholders are
// overwritten in place before each sending, at the cost of a few nanoseconds:
//     @@@@@@@@@@@@@@@@   16 hex digits of a counter that never repeats: the event id
//     ########           8 decimal digits of a deal in [0, deals), in scattered order, each once in `deals` uses
//     &&&                3 decimal digits of the merchant that this deal belongs to, always the same one
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    BATCHES_MAX = 65536,
    INPUT_BYTES = 128 << 10,
    GRACE_SECONDS = 60,    // past the planned end the process ends itself
    MERCHANT_MIN = 100,    // JSON knows no leading zeros
    MERCHANTS = 900,
    HISTOGRAM_SUB = 32,    // buckets per power of two: 3 % wide
    HISTOGRAM_SIZE = 64 * HISTOGRAM_SUB,
};

static const char ID_PLACEHOLDER[] = "@@@@@@@@@@@@@@@@";
static const char DEAL_PLACEHOLDER[] = "########";
static const char MERCHANT_PLACEHOLDER[] = "&&&";
static const uint64_t SCATTER = 2654435761;  // a prime: times it, modulo `deals`, is a permutation

typedef struct {
    char *bytes;
    uint32_t length;
    uint32_t *id_offsets, id_count;
    uint32_t *deal_offsets, deal_count;
    uint32_t *merchant_offsets, merchant_count;  // none, or one for each deal
} Batch;

static Batch batches[BATCHES_MAX];
static uint32_t batch_count;
static uint64_t next_batch, next_id, next_deal;

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("generator: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// MARK: batches

static uint32_t find_all(const Batch *batch, const char *what, uint32_t **offsets) {
    uint32_t count = 0, capacity = 0, width = (uint32_t)strlen(what);
    const char *end = batch->bytes + batch->length, *at = batch->bytes;
    while ((at = memmem(at, (size_t)(end - at), what, width))) {
        if (count == capacity) {
            capacity = capacity ? capacity * 2 : 4;
            *offsets = realloc(*offsets, capacity * sizeof **offsets);
        }
        (*offsets)[count++] = (uint32_t)(at - batch->bytes);
        at += width;
    }
    return count;
}

// Reads all batches; the length of the longest.
static uint32_t load_batches(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail("cannot open %s: %s", path, strerror(errno));
    uint32_t length, longest = 0;
    while (fread(&length, sizeof length, 1, file) == 1) {
        if (batch_count == BATCHES_MAX || length == 0 || length > 64u << 20) fail("%s: too many or too long", path);
        Batch *batch = &batches[batch_count++];
        batch->bytes = malloc(length);
        batch->length = length;
        if (fread(batch->bytes, 1, length, file) != length) fail("%s: cut short", path);
        batch->id_count = find_all(batch, ID_PLACEHOLDER, &batch->id_offsets);
        batch->deal_count = find_all(batch, DEAL_PLACEHOLDER, &batch->deal_offsets);
        batch->merchant_count = find_all(batch, MERCHANT_PLACEHOLDER, &batch->merchant_offsets);
        if (batch->merchant_count && batch->merchant_count != batch->deal_count) fail("%s: deals and merchants do not pair", path);
        if (length > longest) longest = length;
    }
    fclose(file);
    if (batch_count == 0) fail("%s: empty", path);
    return longest;
}

static void put_hex(char *at, uint64_t value) {
    for (int i = 15; i >= 0; i--, value >>= 4) at[i] = "0123456789abcdef"[value & 15];
}

static void put_decimal(char *at, int digits, uint32_t value) {
    for (int i = digits - 1; i >= 0; i--, value /= 10) at[i] = (char)('0' + value % 10);
}

// Writes the next batch to `output`, which holds the longest; its length.
static uint32_t fill_batch(char *output, uint64_t deals) {
    const Batch *batch = &batches[next_batch++ % batch_count];
    memcpy(output, batch->bytes, batch->length);
    for (uint32_t i = 0; i < batch->id_count; i++) put_hex(output + batch->id_offsets[i], next_id++);
    for (uint32_t i = 0; i < batch->deal_count; i++) {
        uint32_t deal = (uint32_t)(next_deal++ * SCATTER % deals);
        put_decimal(output + batch->deal_offsets[i], 8, deal);
        if (batch->merchant_count) put_decimal(output + batch->merchant_offsets[i], 3, MERCHANT_MIN + deal % MERCHANTS);
    }
    return batch->length;
}

// MARK: replies

typedef enum { HTTP, RESP, IPROTO } Protocol;

typedef struct {
    size_t length;  // 0 when it is not all there
    int status;     // HTTP's; of the other protocols 200 for success and 500 for an error
    bool closes;    // the server says that it ends the connection after it
} Reply;

static Reply http_reply(const char *p, size_t available) {
    const char *head_end = memmem(p, available, "\r\n\r\n", 4);
    if (!head_end) return (Reply){0};
    size_t body = 0;
    bool closes = false;
    for (const char *line = p; line < head_end;) {
        line = (const char *)memchr(line, '\n', (size_t)(head_end + 4 - line)) + 1;
        if ((*line | 0x20) != 'c') continue;
        if (strncasecmp(line, "content-length:", 15) == 0) body = strtoul(line + 15, NULL, 10);
        else if (strncasecmp(line, "connection: close", 17) == 0) closes = true;
    }
    size_t whole = (size_t)(head_end - p) + 4 + body;
    if (whole > INPUT_BYTES) fail("a reply of %zu bytes is too long", whole);
    if (whole > available) return (Reply){0};
    return (Reply){whole, atoi(p + 9), closes};
}

// Simple, error, integer or bulk.
static Reply resp_reply(const char *p, size_t available) {
    const char *line_end = memchr(p, '\n', available);
    if (!line_end) return (Reply){0};
    size_t whole = (size_t)(line_end - p) + 1;
    if (*p != '$') return (Reply){whole, *p == '+' || *p == ':' ? 200 : 500, false};
    long length = strtol(p + 1, NULL, 10);
    if (length >= 0) whole += (size_t)length + 2;
    if (whole > available) return (Reply){0};
    return (Reply){whole, length < 0 ? 500 : 200, false};
}

// Tarantool's: 0xce, a u32 of length, then the header's map, which Tarantool begins with its status as a u32: 0x83 0x00 0xce
// and four bytes, 0 for success.
static Reply iproto_reply(const char *p, size_t available) {
    const unsigned char *u = (const unsigned char *)p;
    if (available < 12) return (Reply){0};
    size_t whole = 5 + ((size_t)u[1] << 24 | (size_t)u[2] << 16 | (size_t)u[3] << 8 | u[4]);
    if (u[0] != 0xce || u[6] != 0 || u[7] != 0xce || whole > INPUT_BYTES) fail("not a Tarantool reply");
    if (whole > available) return (Reply){0};
    return (Reply){whole, u[8] | u[9] | u[10] | u[11] ? 500 : 200, false};
}

static Reply next_reply(Protocol protocol, const char *p, size_t available) {
    switch (protocol) {
        case HTTP: return http_reply(p, available);
        case RESP: return resp_reply(p, available);
        default: return iproto_reply(p, available);
    }
}

// MARK: latencies

typedef struct {
    uint64_t counts[HISTOGRAM_SIZE];
    uint64_t max_ns;
} Histogram;

static void record(Histogram *histogram, uint64_t ns) {
    if (ns > histogram->max_ns) histogram->max_ns = ns;
    if (ns < HISTOGRAM_SUB) ns = HISTOGRAM_SUB;
    int power = 63 - __builtin_clzll(ns);
    uint64_t sub = (ns >> (power - 5)) & (HISTOGRAM_SUB - 1);
    histogram->counts[power * HISTOGRAM_SUB + (int)sub]++;
}

// The upper edge of the bucket that the quantile falls in; 0 when nothing was recorded.
static double quantile_us(const Histogram *histogram, double q) {
    uint64_t total = 0, seen = 0;
    for (int i = 0; i < HISTOGRAM_SIZE; i++) total += histogram->counts[i];
    for (int i = 0; i < HISTOGRAM_SIZE; i++) {
        seen += histogram->counts[i];
        if (total && seen >= (uint64_t)(q * (double)total + 0.5) && histogram->counts[i])
            return (double)(1ull << (i / HISTOGRAM_SUB)) * (1 + (i % HISTOGRAM_SUB + 1.0) / HISTOGRAM_SUB) / 1e3;
    }
    return 0;
}
