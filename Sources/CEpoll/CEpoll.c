// Not in the header: there this would change what other modules see of the same system headers.
#define _GNU_SOURCE
#include "CEpoll.h"

#include <sched.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

const uint32_t cepoll_in = EPOLLIN, cepoll_out = EPOLLOUT, cepoll_rdhup = EPOLLRDHUP, cepoll_err = EPOLLERR,
               cepoll_hup = EPOLLHUP, cepoll_et = EPOLLET;

int cepoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cepoll_wait_nanoseconds(int poller, struct epoll_event *events, int events_max, uint64_t nanoseconds) {
    struct timespec timeout = {.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
    return epoll_pwait2(poller, events, events_max, &timeout, NULL);
}

int cepoll_take_exact_timers(void) { return prctl(PR_SET_TIMERSLACK, 1); }

int cepoll_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cepoll_accept(int socket) { return accept4(socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int cepoll_stream_socket(int family) { return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

int cepoll_take_short_slices(void) {
    // glibc 2.36 has neither the call nor the type; this is its first version (SCHED_ATTR_SIZE_VER0).
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {.size = 48, .policy = SCHED_OTHER, .runtime = 100000};
    return (int)syscall(SYS_sched_setattr, 0, &attributes, 0);
}

int cepoll_usable_processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}
