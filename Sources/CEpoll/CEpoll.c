// Not in the header: there this would change what other modules see of the same system headers.
#define _GNU_SOURCE
#include "CEpoll.h"

#include <sched.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

const uint32_t cepoll_in = EPOLLIN, cepoll_out = EPOLLOUT, cepoll_rdhup = EPOLLRDHUP, cepoll_err = EPOLLERR,
               cepoll_hup = EPOLLHUP, cepoll_et = EPOLLET;

int cepoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cepoll_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cepoll_accept(int socket) { return accept4(socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int cepoll_stream_socket(int family) { return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

int cepoll_usable_processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}
