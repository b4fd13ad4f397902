// One closed-loop load generator for every row and every contender, so that the generator is never the difference.
//
// Each connection sends a batch (one or more whole requests), waits for all its replies, and sends the next. Batches are
// templates, read from a file: a little-endian u32 of length, then the bytes, repeated. In them two placeholders are
// overwritten in place before each sending, at the cost of a few nanoseconds:
//     @@@@@@@@@@@@@@@@   16 hex digits of a counter that never repeats: the event id
//     ########           8 decimal digits of a deal in [0, deals), in scattered order, each once in `deals` uses
// One thread, one core, loopback only; bounded by time (--seconds) or by batches (--count), and always by alarm().
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
    CONNECTIONS_MAX = 1024,
    BATCHES_MAX = 65536,
    INPUT_BYTES = 128 << 10,
    DRAIN_SECONDS = 20,    // what is in flight at the end may still be answered
    GREETING_BYTES = 128,  // what Tarantool says first
    GRACE_SECONDS = 60,    // past the planned end the process ends itself
    COUNT_SECONDS_MAX = 600,
    HISTOGRAM_SUB = 32,    // buckets per power of two: 3 % wide
    HISTOGRAM_SIZE = 64 * HISTOGRAM_SUB,
};

static const char ID_PLACEHOLDER[] = "@@@@@@@@@@@@@@@@";
static const char DEAL_PLACEHOLDER[] = "########";
static const uint64_t SCATTER = 2654435761;  // a prime: times it, modulo `deals`, is a permutation

typedef struct {
    char *bytes;
    uint32_t length;
    uint32_t *id_offsets, id_count;
    uint32_t *deal_offsets, deal_count;
} Batch;

typedef struct {
    int fd;
    char *output;  // the batch being sent
    uint32_t output_length, output_sent;
    char *input;   // replies not yet parsed
    size_t input_length;
    uint32_t replies_missing;
    uint64_t sent_at_ns;
} Connection;

static struct {
    int port, connections;
    uint32_t replies_per_batch;
    enum { HTTP, RESP, IPROTO } protocol;
    double seconds, warmup;
    uint64_t count, deals, ids_from;
    const char *file;
} options = {.connections = 1, .replies_per_batch = 1, .deals = 1};

static Batch batches[BATCHES_MAX];
static uint32_t batch_count;
static uint64_t next_batch, next_id, next_deal;
static uint64_t histogram[HISTOGRAM_SIZE];
static uint64_t replies_total, replies_measured, errors;
static bool measuring;
static char first_error[400];

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

static void load_batches(void) {
    FILE *file = fopen(options.file, "rb");
    if (!file) fail("cannot open %s: %s", options.file, strerror(errno));
    uint32_t length;
    while (fread(&length, sizeof length, 1, file) == 1) {
        if (batch_count == BATCHES_MAX || length == 0 || length > 64u << 20) fail("%s: too many or too long", options.file);
        Batch *batch = &batches[batch_count++];
        batch->bytes = malloc(length);
        batch->length = length;
        if (fread(batch->bytes, 1, length, file) != length) fail("%s: cut short", options.file);
        batch->id_count = find_all(batch, ID_PLACEHOLDER, &batch->id_offsets);
        batch->deal_count = find_all(batch, DEAL_PLACEHOLDER, &batch->deal_offsets);
    }
    fclose(file);
    if (batch_count == 0) fail("%s: empty", options.file);
}

static void put_hex(char *at, uint64_t value) {
    for (int i = 15; i >= 0; i--, value >>= 4) at[i] = "0123456789abcdef"[value & 15];
}

static void put_decimal(char *at, uint32_t value) {
    for (int i = 7; i >= 0; i--, value /= 10) at[i] = (char)('0' + value % 10);
}

// MARK: connections

static void flush_output(Connection *connection) {
    while (connection->output_sent < connection->output_length) {
        ssize_t n = send(connection->fd, connection->output + connection->output_sent,
                         connection->output_length - connection->output_sent, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EAGAIN || errno == EINTR) return;
            fail("send: %s after %llu replies", strerror(errno), (unsigned long long)replies_total);
        }
        connection->output_sent += (uint32_t)n;
    }
}

static void send_batch(Connection *connection, uint64_t now) {
    const Batch *batch = &batches[next_batch++ % batch_count];
    memcpy(connection->output, batch->bytes, batch->length);
    for (uint32_t i = 0; i < batch->id_count; i++) put_hex(connection->output + batch->id_offsets[i], next_id++);
    for (uint32_t i = 0; i < batch->deal_count; i++)
        put_decimal(connection->output + batch->deal_offsets[i], (uint32_t)(next_deal++ * SCATTER % options.deals));
    connection->output_length = batch->length;
    connection->output_sent = 0;
    connection->replies_missing = options.replies_per_batch;
    connection->sent_at_ns = now;
    flush_output(connection);
}

static int open_connection(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("cannot connect to port %d: %s", options.port, strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    char greeting[GREETING_BYTES];
    if (options.protocol == IPROTO && recv(fd, greeting, sizeof greeting, MSG_WAITALL) != sizeof greeting)
        fail("no greeting from port %d", options.port);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

// MARK: replies

static void note_error(const char *reply, size_t length) {
    if (errors++ == 0) snprintf(first_error, sizeof first_error, "%.*s", (int)(length < 380 ? length : 380), reply);
}

// Length of the whole HTTP reply at `p`, or 0 when it is not all there.
static size_t http_reply(const char *p, size_t available) {
    const char *head_end = memmem(p, available, "\r\n\r\n", 4);
    if (!head_end) return 0;
    size_t body = 0;
    for (const char *line = p; line < head_end;) {
        line = (const char *)memchr(line, '\n', (size_t)(head_end + 4 - line)) + 1;
        if ((*line | 0x20) == 'c' && strncasecmp(line, "content-length:", 15) == 0) body = strtoul(line + 15, NULL, 10);
    }
    size_t whole = (size_t)(head_end - p) + 4 + body;
    if (whole > INPUT_BYTES) fail("a reply of %zu bytes is too long", whole);
    if (whole > available) return 0;
    if (memcmp(p + 9, "200", 3) != 0) note_error(p, whole);
    return whole;
}

// Length of the whole RESP reply at `p` (simple, error, integer or bulk), or 0 when it is not all there.
static size_t resp_reply(const char *p, size_t available) {
    const char *line_end = memchr(p, '\n', available);
    if (!line_end) return 0;
    size_t whole = (size_t)(line_end - p) + 1;
    if (*p == '$') {
        long length = strtol(p + 1, NULL, 10);
        if (length >= 0) whole += (size_t)length + 2;
        if (whole > available) return 0;
        if (length < 0) note_error(p, whole);
    } else if (*p != '+' && *p != ':') {
        note_error(p, whole);
    }
    return whole;
}

// Length of the whole Tarantool reply at `p`, or 0 when it is not all there: 0xce, a u32 of length, then the header's map,
// which Tarantool begins with its status as a u32: 0x83 0x00 0xce and four bytes, 0 for success.
static size_t iproto_reply(const char *p, size_t available) {
    const unsigned char *u = (const unsigned char *)p;
    if (available < 12) return 0;
    size_t whole = 5 + ((size_t)u[1] << 24 | (size_t)u[2] << 16 | (size_t)u[3] << 8 | u[4]);
    if (u[0] != 0xce || u[6] != 0 || u[7] != 0xce || whole > INPUT_BYTES) fail("not a Tarantool reply");
    if (whole > available) return 0;
    if (u[8] | u[9] | u[10] | u[11]) note_error(p, whole);
    return whole;
}

static size_t reply_length(const char *p, size_t available) {
    switch (options.protocol) {
        case HTTP: return http_reply(p, available);
        case RESP: return resp_reply(p, available);
        default: return iproto_reply(p, available);
    }
}

static void record_latency(uint64_t ns) {
    if (ns < HISTOGRAM_SUB) ns = HISTOGRAM_SUB;
    int power = 63 - __builtin_clzll(ns);
    uint64_t sub = (ns >> (power - 5)) & (HISTOGRAM_SUB - 1);
    histogram[power * HISTOGRAM_SUB + (int)sub]++;
}

static double quantile_us(double q) {
    uint64_t total = 0, seen = 0;
    for (int i = 0; i < HISTOGRAM_SIZE; i++) total += histogram[i];
    for (int i = 0; i < HISTOGRAM_SIZE; i++) {
        seen += histogram[i];
        if (total && seen >= (uint64_t)(q * (double)total + 0.5) && histogram[i])
            return (double)(1ull << (i / HISTOGRAM_SUB)) * (1 + (i % HISTOGRAM_SUB + 1.0) / HISTOGRAM_SUB) / 1e3;
    }
    return 0;
}

// Reads what is there; true when the batch has all its replies.
static bool take_replies(Connection *connection) {
    for (;;) {
        size_t room = INPUT_BYTES - connection->input_length;
        ssize_t n = recv(connection->fd, connection->input + connection->input_length, room, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
        if (n <= 0)
            fail("the server closed a connection after %llu replies: %s", (unsigned long long)replies_total,
                 n < 0 ? strerror(errno) : "end of file");
        connection->input_length += (size_t)n;
        size_t parsed = 0, length;
        while (connection->replies_missing && parsed < connection->input_length &&
               (length = reply_length(connection->input + parsed, connection->input_length - parsed))) {
            parsed += length;
            connection->replies_missing--;
            replies_total++;
            replies_measured += measuring;
        }
        connection->input_length -= parsed;
        memmove(connection->input, connection->input + parsed, connection->input_length);
        if (connection->replies_missing == 0) return true;
        if ((size_t)n < room) return false;  // edge-triggered: a short read means that there is no more
    }
}

// MARK: the run

static void parse_options(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (!strcmp(name, "--port")) options.port = atoi(value);
        else if (!strcmp(name, "--connections")) options.connections = atoi(value);
        else if (!strcmp(name, "--replies")) options.replies_per_batch = (uint32_t)atoi(value);
        else if (!strcmp(name, "--protocol")) options.protocol = !strcmp(value, "http") ? HTTP : !strcmp(value, "resp") ? RESP : IPROTO;
        else if (!strcmp(name, "--seconds")) options.seconds = atof(value);
        else if (!strcmp(name, "--warmup")) options.warmup = atof(value);
        else if (!strcmp(name, "--count")) options.count = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--deals")) options.deals = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--ids-from")) options.ids_from = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--batches")) options.file = value;
        else fail("unknown option %s", name);
    }
    if (argc % 2 == 0 || !options.file || !options.port || options.connections < 1 || options.connections > CONNECTIONS_MAX ||
        !options.replies_per_batch || !options.deals || options.deals > 100000000 || (!options.count && options.seconds <= 0))
        fail("usage: --port P --batches FILE (--seconds S [--warmup S] | --count N) [--connections C] [--replies R] "
             "[--protocol http|resp|iproto] [--deals N] [--ids-from N]");
}

int main(int argc, char **argv) {
    parse_options(argc, argv);
    load_batches();
    alarm((unsigned)(options.count ? COUNT_SECONDS_MAX : options.warmup + options.seconds) + GRACE_SECONDS);
    next_id = options.ids_from;
    uint32_t longest = 0;
    for (uint32_t i = 0; i < batch_count; i++)
        if (batches[i].length > longest) longest = batches[i].length;

    static Connection connections[CONNECTIONS_MAX];
    int poll = epoll_create1(0), in_flight = 0;
    for (int i = 0; i < options.connections; i++) {
        Connection *connection = &connections[i];
        *connection = (Connection){.fd = open_connection(), .output = malloc(longest), .input = malloc(INPUT_BYTES)};
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};
        epoll_ctl(poll, EPOLL_CTL_ADD, connection->fd, &event);
    }

    uint64_t start = now_ns(), measure_from = start + (uint64_t)(options.warmup * 1e9);
    uint64_t end = options.count ? UINT64_MAX : measure_from + (uint64_t)(options.seconds * 1e9);
    uint64_t drain_until = UINT64_MAX, measured_end = 0, now = start;
    double cpu_from = cpu_seconds(), cpu_to = 0;
    if (options.warmup <= 0) measuring = true;
    for (int i = 0; i < options.connections && (!options.count || next_batch < options.count); i++, in_flight++)
        send_batch(&connections[i], now);

    while (in_flight > 0) {
        struct epoll_event events[CONNECTIONS_MAX];
        Connection *answered[CONNECTIONS_MAX];
        int answered_count = 0;
        int ready = epoll_wait(poll, events, CONNECTIONS_MAX, 50);
        now = now_ns();
        if (!measuring && !measured_end && now >= measure_from) {
            measuring = true;
            measure_from = now;
            cpu_from = cpu_seconds();
        }
        if (measuring && now >= end) {
            measuring = false;
            measured_end = now;
            cpu_to = cpu_seconds();
            drain_until = now + DRAIN_SECONDS * 1000000000ull;
        }
        if (now > drain_until) fail("%d batches were still unanswered %d s after the end", in_flight, DRAIN_SECONDS);
        for (int i = 0; i < ready; i++) {
            Connection *connection = events[i].data.ptr;
            if (connection->output_sent < connection->output_length) flush_output(connection);
            if (!(events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) || connection->replies_missing == 0) continue;
            if (!take_replies(connection)) continue;
            if (measuring) record_latency(now_ns() - connection->sent_at_ns);
            answered[answered_count++] = connection;
        }
        // First read all that is there, then send: bursts let a server group what it syncs, as redis-benchmark does.
        for (int i = 0; i < answered_count; i++) {
            now = now_ns();
            bool more = options.count ? next_batch < options.count : now < end;
            if (more) send_batch(answered[i], now);
            else in_flight--;
        }
    }
    if (!measured_end) {
        measured_end = now_ns();
        cpu_to = cpu_seconds();
    }
    double seconds = (double)(measured_end - measure_from) / 1e9;
    if (errors) fprintf(stderr, "generator: %llu error replies; the first: %s\n", (unsigned long long)errors, first_error);
    printf("{\"seconds\": %.6f, \"replies\": %llu, \"replies_total\": %llu, \"batches_total\": %llu, \"errors\": %llu, "
           "\"cpu_share\": %.3f, \"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f}\n",
           seconds, (unsigned long long)replies_measured, (unsigned long long)replies_total, (unsigned long long)next_batch,
           (unsigned long long)errors, (cpu_to - cpu_from) / seconds, quantile_us(0.5), quantile_us(0.99), quantile_us(0.999));
    return errors ? 2 : 0;
}
