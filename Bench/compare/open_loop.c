// The open-loop load generator: requests arrive at a rate, whether or not earlier ones were answered.
//
// Arrivals are a Poisson process with a fixed seed, so that every run offers the same instants. Each takes a free connection, or
// waits in a bounded queue; one that finds the queue full is dropped and counted. Latency runs from the instant at which an
// arrival was *intended*, so that a server which stalls is charged with everything that it kept waiting (no coordinated
// omission: G. Tene, "How NOT to Measure Latency"; wrk2). It is reported apart for answers of 200, of 503 and all others,
// and again from the instant of sending, which leaves out the wait for a connection.
//
// With --rest a connection that was answered 503 is not used again for so long: its client heeds `Retry-After`.
//
// A spike multiplies the rate between two instants; what arrives before, in and after it is reported apart. All else is bounded by
// time, and by alarm(). An arrival is a batch (see load.h); what is counted are its requests.
#include "load.h"

#include <math.h>
#include <sys/prctl.h>

enum {
    CONNECTIONS_MAX = 8192,
    QUEUE_MAX = 1 << 20,
    SECONDS_MAX = 6 * 3600,
    BUCKETS_PER_SECOND = 10,
    BUCKETS_MAX = SECONDS_MAX * BUCKETS_PER_SECOND,
    DRAIN_SECONDS = 5,                // past the last arrival: what is unanswered then is reported as such
    TICK_NS = 10 * 1000 * 1000,       // how often lost connections are opened again
    SECOND_NS = 1000 * 1000 * 1000,
};

typedef enum { OK, SHED, ERROR, CLASSES } Class;
typedef enum { BEFORE, SPIKE, AFTER, PHASES } Phase;
static const char *const CLASS_NAMES[] = {"ok", "shed", "errors"};
static const char *const PHASE_NAMES[] = {"before", "spike", "after"};

typedef struct {
    enum { CLOSED, CONNECTING, FREE, BUSY, RESTING } state;
    int fd;
    char *output;
    uint32_t output_length, output_sent;
    char *input;
    size_t input_length;
    uint32_t replies_missing;
    uint64_t intended_ns, sent_ns;
    uint64_t rests_until_ns;
    bool closes;   // the server said that it ends the connection
    bool in_ring;  // of the free ones; stays there when the connection is lost
} Connection;

// What became of the arrivals of one phase, in requests.
typedef struct {
    uint64_t offered, sent, dropped, in_time;
    uint64_t answered[CLASSES];
    Histogram from_intended[CLASSES], from_sent[CLASSES];
} Tally;

// The same per tenth of a second, by the instant of the arrival.
typedef struct {
    uint32_t offered, in_time, shed;
} Bucket;

static struct {
    int port, connections, queue;
    uint32_t replies_per_batch;
    Protocol protocol;
    double rate, seconds, warmup, deadline, rest, spike, spike_from, spike_to;
    uint64_t deals, ids_from, seed;
    const char *file;
} options = {.connections = 1, .queue = 1024, .replies_per_batch = 1, .deals = 1, .deadline = 1, .spike = 1, .seed = 1};

static Connection connections[CONNECTIONS_MAX];
static Connection *free_ring[CONNECTIONS_MAX];  // in turn, so that no connection lies idle
static uint32_t free_head, free_count;
static uint64_t queue[QUEUE_MAX];  // the intended instants of those that wait
static uint32_t queue_head, queue_count;
static int poller;
static int busy_count;
static uint64_t start_ns, end_ns;  // of what is counted
static Tally tallies[PHASES];
static Bucket buckets[BUCKETS_MAX];
static Histogram lateness;  // how late this process noticed an arrival: the generator's own fault
static uint64_t batches_total, connections_lost;
static uint64_t random_state;

// MARK: arrivals

// In (0, 1]: xorshift64*, S. Vigna.
static double random_unit(void) {
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (double)((random_state * 2685821657736338717ull >> 11) + 1) / 9007199254740992.0;
}

static uint64_t instant(double seconds) { return start_ns + (uint64_t)(seconds * 1e9); }

static Phase phase_of(uint64_t t) {
    if (options.spike == 1 || t < instant(options.spike_from)) return BEFORE;
    return t < instant(options.spike_to) ? SPIKE : AFTER;
}

// The arrival after `t`. A gap that crosses a change of rate is drawn anew from there, which is exact: the process has no memory.
static uint64_t arrival_after(uint64_t t) {
    for (;;) {
        Phase phase = phase_of(t);
        uint64_t next = t + (uint64_t)(-log(random_unit()) / (options.rate * (phase == SPIKE ? options.spike : 1)) * 1e9);
        if (phase_of(next) == phase) return next;
        t = instant(phase == BEFORE ? options.spike_from : options.spike_to);
    }
}

static bool is_counted(uint64_t intended) { return intended >= start_ns && intended < end_ns; }

static Bucket *bucket_of(uint64_t intended) {
    return &buckets[(intended - start_ns) / (SECOND_NS / BUCKETS_PER_SECOND)];
}

static void note_answers(Connection *connection, Class class, uint32_t count, uint64_t now) {
    if (!is_counted(connection->intended_ns)) return;
    Tally *tally = &tallies[phase_of(connection->intended_ns)];
    Bucket *bucket = bucket_of(connection->intended_ns);
    uint64_t took = now - connection->intended_ns;
    tally->answered[class] += count;
    for (uint32_t i = 0; i < count; i++) {
        record(&tally->from_intended[class], took);
        record(&tally->from_sent[class], now - connection->sent_ns);
    }
    if (class == SHED) bucket->shed += count;
    if (class == OK && took <= (uint64_t)(options.deadline * 1e9)) {
        tally->in_time += count;
        bucket->in_time += count;
    }
}

// MARK: connections

static void set_free(Connection *connection) {
    connection->state = FREE;
    if (connection->in_ring) return;
    connection->in_ring = true;
    free_ring[(free_head + free_count++) % CONNECTIONS_MAX] = connection;
}

static void open_connection(Connection *connection) {
    struct sockaddr_in address = loopback(options.port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    if (fd < 0) fail("socket: %s", strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) {
        close(fd);
        return;  // the next tick tries again
    }
    connection->fd = fd;
    connection->state = CONNECTING;
    connection->input_length = 0;
    connection->output_length = connection->output_sent = 0;
    connection->closes = false;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

// Ends a connection; what it still owes is an error.
static void lose(Connection *connection, uint64_t now) {
    if (connection->state == CLOSED) return;
    if (connection->state == BUSY) {
        note_answers(connection, ERROR, connection->replies_missing, now);
        busy_count--;
    }
    if (!connection->closes) connections_lost++;
    close(connection->fd);
    connection->state = CLOSED;
}

static void flush_output(Connection *connection) {
    while (connection->output_sent < connection->output_length) {
        ssize_t n = send(connection->fd, connection->output + connection->output_sent,
                         connection->output_length - connection->output_sent, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n < 0) return;  // the event that tells of the end follows, and an answer sent before it may still be read
        connection->output_sent += (uint32_t)n;
    }
}

static Connection *take_free(void) {
    while (free_count > 0) {
        Connection *connection = free_ring[free_head];
        free_head = (free_head + 1) % CONNECTIONS_MAX;
        free_count--;
        connection->in_ring = false;
        if (connection->state == FREE) return connection;
    }
    return NULL;
}

static void send_batch(Connection *connection, uint64_t intended, uint64_t now) {
    connection->output_length = fill_batch(connection->output, options.deals);
    connection->output_sent = 0;
    connection->replies_missing = options.replies_per_batch;
    connection->intended_ns = intended;
    connection->sent_ns = now;
    connection->state = BUSY;
    busy_count++;
    batches_total++;
    if (is_counted(intended)) tallies[phase_of(intended)].sent += options.replies_per_batch;
    flush_output(connection);
}

// Reads what is there, and makes the connection free once it has all its replies.
static void take_replies(Connection *connection) {
    for (;;) {
        size_t room = INPUT_BYTES - connection->input_length;
        ssize_t n = recv(connection->fd, connection->input + connection->input_length, room, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        uint64_t now = now_ns();
        if (n <= 0) return lose(connection, now);
        connection->input_length += (size_t)n;
        size_t parsed = 0;
        while (connection->replies_missing && parsed < connection->input_length) {
            Reply reply = next_reply(options.protocol, connection->input + parsed, connection->input_length - parsed);
            if (!reply.length) break;
            parsed += reply.length;
            connection->replies_missing--;
            connection->closes |= reply.closes;
            if (reply.status == 503) connection->rests_until_ns = now + (uint64_t)(options.rest * 1e9);
            note_answers(connection, reply.status == 200 ? OK : reply.status == 503 ? SHED : ERROR, 1, now);
        }
        connection->input_length -= parsed;
        memmove(connection->input, connection->input + parsed, connection->input_length);
        if (connection->state == BUSY && connection->replies_missing == 0) {
            busy_count--;
            if (connection->rests_until_ns > now) connection->state = RESTING;
            else set_free(connection);
        }
        if (connection->closes) return lose(connection, now);
        if ((size_t)n < room) return;  // edge-triggered: a short read means that there is no more
    }
}

static void handle(Connection *connection, uint32_t events) {
    if (connection->state == CLOSED) return;
    if (connection->state == CONNECTING) {
        if (events & (EPOLLERR | EPOLLHUP)) return lose(connection, now_ns());
        if (events & EPOLLOUT) set_free(connection);
    }
    if (connection->output_sent < connection->output_length) flush_output(connection);
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) take_replies(connection);
    // A short read may have left the end of the stream unread, and no further event tells of it.
    if ((connection->state == FREE || connection->state == RESTING) && events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) lose(connection, now_ns());
}

static void open_lost(void) {
    for (int i = 0; i < options.connections; i++)
        if (connections[i].state == CLOSED) open_connection(&connections[i]);
}

static void wake_rested(uint64_t now) {
    for (int i = 0; i < options.connections; i++)
        if (connections[i].state == RESTING && now >= connections[i].rests_until_ns) set_free(&connections[i]);
}

// MARK: the run

static void drop(uint64_t intended) {
    if (is_counted(intended)) tallies[phase_of(intended)].dropped += options.replies_per_batch;
}

static void arrive(uint64_t intended) {
    if (is_counted(intended)) {
        tallies[phase_of(intended)].offered += options.replies_per_batch;
        bucket_of(intended)->offered += options.replies_per_batch;
    }
    if (queue_count < (uint32_t)options.queue) queue[(queue_head + queue_count++) % QUEUE_MAX] = intended;
    else drop(intended);
}

static void send_waiting(uint64_t now) {
    Connection *connection;
    while (queue_count > 0 && (connection = take_free())) {
        uint64_t intended = queue[queue_head];
        queue_head = (queue_head + 1) % QUEUE_MAX;
        queue_count--;
        send_batch(connection, intended, now);
    }
}

static void run(void) {
    uint64_t now = now_ns(), last_tick = now, next = arrival_after(now);
    struct epoll_event events[1024];
    while (next < end_ns || ((queue_count || busy_count) && now < end_ns + DRAIN_SECONDS * (uint64_t)SECOND_NS)) {
        for (; next <= now && next < end_ns; next = arrival_after(next)) {
            record(&lateness, now - next);
            arrive(next);
            // Not all late ones first: with free connections the queue is only a passage.
            send_waiting(now);
        }
        send_waiting(now);
        uint64_t wake = last_tick + TICK_NS;
        if (next < end_ns && next < wake) wake = next;
        now = now_ns();
        struct timespec timeout = {.tv_nsec = wake > now ? (long)(wake - now) : 0};
        int ready = epoll_pwait2(poller, events, sizeof events / sizeof *events, &timeout, NULL);
        for (int i = 0; i < ready; i++) handle(events[i].data.ptr, events[i].events);
        now = now_ns();
        if (now >= last_tick + TICK_NS) {
            open_lost();
            wake_rested(now);
            last_tick = now;
        }
    }
    for (; queue_count > 0; queue_count--, queue_head = (queue_head + 1) % QUEUE_MAX) drop(queue[queue_head]);
}

// MARK: the report

static void print_quantiles(const char *name, const Histogram *histogram) {
    printf(", \"%s\": {\"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"p999\": %.1f, \"max\": %.1f}", name,
           quantile_us(histogram, 0.5), quantile_us(histogram, 0.9), quantile_us(histogram, 0.99),
           quantile_us(histogram, 0.999), (double)histogram->max_ns / 1e3);
}

static void print_phase(Phase phase, double seconds) {
    const Tally *tally = &tallies[phase];
    uint64_t unanswered = tally->sent - tally->answered[OK] - tally->answered[SHED] - tally->answered[ERROR];
    printf("\"%s\": {\"seconds\": %.3f, \"offered\": %llu, \"sent\": %llu, \"dropped\": %llu, \"in_time\": %llu, \"unanswered\": %llu",
           PHASE_NAMES[phase], seconds, (unsigned long long)tally->offered, (unsigned long long)tally->sent,
           (unsigned long long)tally->dropped, (unsigned long long)tally->in_time, (unsigned long long)unanswered);
    for (Class class = OK; class < CLASSES; class++) {
        char name[32];
        printf(", \"%s\": %llu", CLASS_NAMES[class], (unsigned long long)tally->answered[class]);
        snprintf(name, sizeof name, "%s_us", CLASS_NAMES[class]);
        print_quantiles(name, &tally->from_intended[class]);
        snprintf(name, sizeof name, "%s_sent_us", CLASS_NAMES[class]);
        print_quantiles(name, &tally->from_sent[class]);
    }
    printf("}");
}

static void print_report(double cpu_share) {
    bool spikes = options.spike != 1;
    printf("{\"seconds\": %.3f, \"batches_total\": %llu, \"connections_lost\": %llu, \"cpu_share\": %.3f", options.seconds,
           (unsigned long long)batches_total, (unsigned long long)connections_lost, cpu_share);
    print_quantiles("lateness_us", &lateness);
    printf(", \"phases\": {");
    print_phase(BEFORE, spikes ? options.spike_from : options.seconds);
    if (spikes) {
        printf(", ");
        print_phase(SPIKE, options.spike_to - options.spike_from);
        printf(", ");
        print_phase(AFTER, options.seconds - options.spike_to);
    }
    printf("}, \"bucket_seconds\": %.3f, \"buckets\": [", 1.0 / BUCKETS_PER_SECOND);
    for (int i = 0; i < (int)(options.seconds * BUCKETS_PER_SECOND); i++)
        printf("%s{\"offered\": %u, \"in_time\": %u, \"shed\": %u}", i ? ", " : "", buckets[i].offered, buckets[i].in_time,
               buckets[i].shed);
    printf("]}\n");
}

static void parse_options(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (!strcmp(name, "--port")) options.port = atoi(value);
        else if (!strcmp(name, "--connections")) options.connections = atoi(value);
        else if (!strcmp(name, "--queue")) options.queue = atoi(value);
        else if (!strcmp(name, "--replies")) options.replies_per_batch = (uint32_t)atoi(value);
        else if (!strcmp(name, "--protocol")) options.protocol = !strcmp(value, "http") ? HTTP : RESP;
        else if (!strcmp(name, "--rate")) options.rate = atof(value);
        else if (!strcmp(name, "--seconds")) options.seconds = atof(value);
        else if (!strcmp(name, "--warmup")) options.warmup = atof(value);
        else if (!strcmp(name, "--deadline")) options.deadline = atof(value);
        else if (!strcmp(name, "--rest")) options.rest = atof(value);
        else if (!strcmp(name, "--spike")) options.spike = atof(value);
        else if (!strcmp(name, "--spike-from")) options.spike_from = atof(value);
        else if (!strcmp(name, "--spike-to")) options.spike_to = atof(value);
        else if (!strcmp(name, "--deals")) options.deals = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--ids-from")) options.ids_from = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--seed")) options.seed = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--batches")) options.file = value;
        else fail("unknown option %s", name);
    }
    bool spike_fits = options.spike == 1 || (options.spike > 0 && 0 <= options.spike_from && options.spike_from < options.spike_to &&
                                             options.spike_to <= options.seconds);
    if (argc % 2 == 0 || !options.file || !options.port || options.connections < 1 || options.connections > CONNECTIONS_MAX ||
        options.queue < 1 || options.queue > QUEUE_MAX || !options.replies_per_batch || !options.deals || options.deals > 100000000 ||
        options.rate <= 0 || options.rate > 1e7 || options.seconds <= 0 || options.seconds > SECONDS_MAX || options.warmup < 0 ||
        options.warmup > SECONDS_MAX || options.rest < 0 || options.rest > SECONDS_MAX || !options.seed || !spike_fits)
        fail("usage: --port P --batches FILE --rate R --seconds S [--warmup S] [--deadline S] [--rest S] [--spike FACTOR --spike-from S "
             "--spike-to S] [--connections C] [--queue Q] [--replies R] [--protocol http|resp] [--deals N] [--ids-from N] [--seed N]");
}

int main(int argc, char **argv) {
    parse_options(argc, argv);
    uint32_t longest = load_batches(options.file);
    alarm((unsigned)(options.warmup + options.seconds) + DRAIN_SECONDS + GRACE_SECONDS);
    prctl(PR_SET_TIMERSLACK, 1);  // the default lets a wait end 50 µs late
    struct rlimit files = {CONNECTIONS_MAX + 64, CONNECTIONS_MAX + 64};
    setrlimit(RLIMIT_NOFILE, &files);
    next_id = options.ids_from;
    random_state = options.seed;
    poller = epoll_create1(0);
    for (int i = 0; i < options.connections; i++) {
        connections[i].output = malloc(longest);
        connections[i].input = malloc(INPUT_BYTES);
    }
    open_lost();
    start_ns = now_ns() + (uint64_t)(options.warmup * 1e9);
    end_ns = start_ns + (uint64_t)(options.seconds * 1e9);
    double cpu_from = cpu_seconds();
    run();
    print_report((cpu_seconds() - cpu_from) / ((double)(now_ns() - start_ns) / 1e9 + options.warmup));
    return 0;
}
