// The closed-loop load generator for every row and every contender, so that the generator is never the difference.
//
// Each connection sends a batch (one or more whole requests, see load.h), waits for all its replies, and sends the next.
// One thread, one core, loopback only; bounded by time (--seconds) or by batches (--count), and always by alarm().
#include "load.h"

enum {
    CONNECTIONS_MAX = 1024,
    DRAIN_SECONDS = 20,    // what is in flight at the end may still be answered
    GREETING_BYTES = 128,  // what Tarantool says first
    COUNT_SECONDS_MAX = 600,
};

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
    Protocol protocol;
    double seconds, warmup;
    uint64_t count, deals, ids_from;
    const char *file;
} options = {.connections = 1, .replies_per_batch = 1, .deals = 1};

static Histogram histogram;
static uint64_t replies_total, replies_measured, errors;
static bool measuring;
static char first_error[400];

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
    connection->output_length = fill_batch(connection->output, options.deals);
    connection->output_sent = 0;
    connection->replies_missing = options.replies_per_batch;
    connection->sent_at_ns = now;
    flush_output(connection);
}

static int open_connection(void) {
    struct sockaddr_in address = loopback(options.port);
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
        size_t parsed = 0;
        while (connection->replies_missing && parsed < connection->input_length) {
            const char *at = connection->input + parsed;
            Reply reply = next_reply(options.protocol, at, connection->input_length - parsed);
            if (!reply.length) break;
            if (reply.status != 200) note_error(at, reply.length);
            parsed += reply.length;
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
    uint32_t longest = load_batches(options.file);
    alarm((unsigned)(options.count ? COUNT_SECONDS_MAX : options.warmup + options.seconds) + GRACE_SECONDS);
    next_id = options.ids_from;

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
            if (measuring) record(&histogram, now_ns() - connection->sent_at_ns);
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
           (unsigned long long)errors, (cpu_to - cpu_from) / seconds, quantile_us(&histogram, 0.5), quantile_us(&histogram, 0.99), quantile_us(&histogram, 0.999));
    return errors ? 2 : 0;
}
