#ifndef CEPOLL_H
#define CEPOLL_H

#include <stdint.h>
#include <sys/epoll.h>

// Linux calls that Swift's Glibc module does not have, and flags that it cannot import. Errors are told as in the manual pages:
// -1 and `errno`.

extern const uint32_t cepoll_in, cepoll_out, cepoll_rdhup, cepoll_err, cepoll_hup, cepoll_et;

/// epoll_create1(EPOLL_CLOEXEC)
int cepoll_create(void);
/// epoll_pwait2(2) without a signal mask (Linux 5.11): waits at most so many nanoseconds.
int cepoll_wait_nanoseconds(int poller, struct epoll_event *events, int events_max, uint64_t nanoseconds);
/// The calling thread's timed waits end within a nanosecond of their time where the kernel's timers allow it, and not within
/// the default 50 µs (PR_SET_TIMERSLACK, prctl(2)).
int cepoll_take_exact_timers(void);
/// eventfd(2): close-on-exec, non-blocking, 0.
int cepoll_eventfd(void);
/// accept4(2): close-on-exec, non-blocking.
int cepoll_accept(int socket);
/// socket(2): a stream, close-on-exec, non-blocking.
int cepoll_stream_socket(int family);
/// Asks for the calling thread to be run soon after it wakes, for a short while at a time: a slice of 0.1 ms (sched_setattr(2),
/// `sched_runtime` of SCHED_OTHER, Linux 6.12). Its share of the processor stays the same. -1 where the kernel does not know it.
int cepoll_take_short_slices(void);
/// The processors that this process may run on (sched_getaffinity(2)): fewer than the machine has under taskset or a cpuset.
/// 0 when the kernel does not tell.
int cepoll_usable_processors(void);

#endif
