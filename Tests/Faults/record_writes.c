// Records what a process does to the files of one directory, and what it sends to sockets, in one order. Preloaded (LD_PRELOAD)
// into the program under test; glibc only. `power_loss.py` reads the record.
//
// RECORD_DIRECTORY is the directory, without links in it; RECORD_FILE takes the entries, each by one `writev` with O_APPEND, so
// that the kernel orders those of all threads and of child processes:
//     u32 kind, u32 length of the name, u64 offset, u64 length, u64 bytes that follow; the name in the directory; the bytes
// A write, a change of size or a send is recorded before it is made: nobody can have seen it earlier. A sync is recorded when it
// begins and when it has succeeded, both under one number: it covers what was recorded before it began.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum Kind { WRITE, RESIZE, ALLOCATE, SYNC_BEGINS, SYNC_ENDS, RANGE_SYNCED, CREATED, RENAMED, SENT, FAILED };

// Of what is sent to a socket: an acknowledgement is shorter.
enum { SENT_BYTES_MAX = 1024, PIECES_MAX = 64 };

typedef struct {
    uint32_t kind, name_length;
    uint64_t offset, length, byte_count;
} Entry;

static int record = -1;
static char directory[PATH_MAX];
static size_t directory_length;

__attribute__((constructor)) static void open_record(void) {
    const char *path = getenv("RECORD_FILE"), *watched = getenv("RECORD_DIRECTORY");
    if (!path || !watched || strlen(watched) >= sizeof directory) return;
    strcpy(directory, watched);
    directory_length = strlen(directory);
    record = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CLOEXEC);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// MARK: entries

static void append(enum Kind kind, const char *name, uint64_t offset, uint64_t length, const struct iovec *pieces, int count) {
    int saved = errno;
    struct iovec all[PIECES_MAX + 2];
    Entry entry = {kind, (uint32_t)strlen(name), offset, length, 0};
    all[0] = (struct iovec){&entry, sizeof entry};
    all[1] = (struct iovec){(void *)name, entry.name_length};
    if (count > PIECES_MAX) abort();
    for (int i = 0; i < count; i++) {
        all[i + 2] = pieces[i];
        entry.byte_count += pieces[i].iov_len;
    }
    ssize_t whole = (ssize_t)(sizeof entry + entry.name_length + entry.byte_count);
    // A record with a hole proves nothing: better no run.
    if (syscall(SYS_writev, record, all, count + 2) != whole) abort();
    errno = saved;
}

// Whether `path` is the directory or in it; its name there, empty for the directory itself.
static int is_watched(const char *path, const char **name) {
    if (strncmp(path, directory, directory_length) != 0) return 0;
    if (path[directory_length] == '/') *name = path + directory_length + 1;
    else if (path[directory_length] == 0) *name = "";
    else return 0;
    return 1;
}

static int is_watched_file(int file, char path[PATH_MAX], const char **name) {
    if (record < 0) return 0;
    int saved = errno;
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    errno = saved;
    if (length < 0) return 0;
    path[length] = 0;
    return is_watched(path, name);
}

static int is_socket(int file) {
    struct stat status;
    int saved = errno, result = record >= 0 && fstat(file, &status) == 0 && S_ISSOCK(status.st_mode);
    errno = saved;
    return result;
}

static void note_sent(const struct iovec *pieces, int count) {
    struct iovec first[PIECES_MAX];
    size_t room = SENT_BYTES_MAX;
    int used = 0;
    for (; used < count && used < PIECES_MAX && room > 0; used++) {
        first[used] = pieces[used];
        if (first[used].iov_len > room) first[used].iov_len = room;
        room -= first[used].iov_len;
    }
    append(SENT, "", 0, 0, first, used);
}

// MARK: writes

static uint64_t length_of(const struct iovec *pieces, int count) {
    uint64_t length = 0;
    for (int i = 0; i < count; i++) length += pieces[i].iov_len;
    return length;
}

// Around a write at `offset`, or at the file's position when that is negative.
#define WRITING(file, offset, pieces, count, call)                                                          \
    char path[PATH_MAX];                                                                                    \
    const char *name;                                                                                       \
    if (!is_watched_file(file, path, &name)) {                                                              \
        if (is_socket(file)) note_sent(pieces, count);                                                      \
        return call;                                                                                        \
    }                                                                                                       \
    uint64_t at = (offset) < 0 ? (uint64_t)lseek(file, 0, SEEK_CUR) : (uint64_t)(offset);                   \
    uint64_t length = length_of(pieces, count);                                                             \
    append(WRITE, name, at, length, pieces, count);                                                         \
    ssize_t written = call;                                                                                 \
    if (written != (ssize_t)length) append(FAILED, name, at, length, NULL, 0);                              \
    /* O_SYNC contains O_DSYNC: the write is durable when it returns, and what it needs to be found. */     \
    else if (fcntl(file, F_GETFL) & O_DSYNC) append(RANGE_SYNCED, name, at, length, NULL, 0);               \
    return written

ssize_t write(int file, const void *bytes, size_t count) {
    struct iovec piece = {(void *)bytes, count};
    WRITING(file, -1, &piece, 1, REAL(write)(file, bytes, count));
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    struct iovec piece = {(void *)bytes, count};
    WRITING(file, offset, &piece, 1, REAL(pwrite)(file, bytes, count, offset));
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) { return pwrite(file, bytes, count, offset); }

ssize_t writev(int file, const struct iovec *pieces, int count) {
    WRITING(file, -1, pieces, count, REAL(writev)(file, pieces, count));
}

ssize_t pwritev(int file, const struct iovec *pieces, int count, off_t offset) {
    WRITING(file, offset, pieces, count, REAL(pwritev)(file, pieces, count, offset));
}

ssize_t pwritev64(int file, const struct iovec *pieces, int count, off64_t offset) { return pwritev(file, pieces, count, offset); }

ssize_t send(int file, const void *bytes, size_t count, int flags) {
    struct iovec piece = {(void *)bytes, count};
    if (record >= 0) note_sent(&piece, 1);
    return REAL(send)(file, bytes, count, flags);
}

ssize_t sendmsg(int file, const struct msghdr *message, int flags) {
    if (record >= 0) note_sent(message->msg_iov, (int)message->msg_iovlen);
    return REAL(sendmsg)(file, message, flags);
}

// MARK: sizes

int ftruncate(int file, off_t size) {
    char path[PATH_MAX];
    const char *name;
    if (is_watched_file(file, path, &name)) append(RESIZE, name, (uint64_t)size, 0, NULL, 0);
    return REAL(ftruncate)(file, size);
}

int ftruncate64(int file, off64_t size) { return ftruncate(file, size); }

int fallocate(int file, int mode, off_t offset, off_t length) {
    char path[PATH_MAX];
    const char *name;
    // A mode that keeps the size, or removes what was there, is not modelled.
    if (is_watched_file(file, path, &name)) append(mode == 0 ? ALLOCATE : FAILED, name, (uint64_t)offset, (uint64_t)length, NULL, 0);
    return REAL(fallocate)(file, mode, offset, length);
}

int fallocate64(int file, int mode, off64_t offset, off64_t length) { return fallocate(file, mode, offset, length); }

int posix_fallocate(int file, off_t offset, off_t length) {
    char path[PATH_MAX];
    const char *name;
    if (is_watched_file(file, path, &name)) append(ALLOCATE, name, (uint64_t)offset, (uint64_t)length, NULL, 0);
    return REAL(posix_fallocate)(file, offset, length);
}

int posix_fallocate64(int file, off64_t offset, off64_t length) { return posix_fallocate(file, offset, length); }

// MARK: syncs

// Threads sync beside each other: the number says which beginning belongs to which end.
static uint64_t next_sync(void) {
    static _Atomic uint64_t count;
    return (uint64_t)getpid() << 40 | count++;
}

#define SYNCING(file, call)                                      \
    char path[PATH_MAX];                                         \
    const char *name;                                            \
    if (!is_watched_file(file, path, &name)) return call;        \
    uint64_t number = next_sync();                               \
    append(SYNC_BEGINS, name, number, 0, NULL, 0);               \
    int result = call;                                           \
    if (result == 0) append(SYNC_ENDS, name, number, 0, NULL, 0); \
    return result

int fsync(int file) { SYNCING(file, REAL(fsync)(file)); }

int fdatasync(int file) { SYNCING(file, REAL(fdatasync)(file)); }

// MARK: names

static void note_open(const char *path, int flags) {
    const char *name;
    if (record < 0 || !(flags & O_CREAT) || !is_watched(path, &name)) return;
    int saved = errno;
    if (faccessat(AT_FDCWD, path, F_OK, 0) != 0) append(CREATED, name, 0, 0, NULL, 0);
    if (flags & O_TRUNC) append(RESIZE, name, 0, 0, NULL, 0);
    errno = saved;
}

#define OPENING(path, flags, real)         \
    mode_t mode = 0;                       \
    if (flags & (O_CREAT | O_TMPFILE)) {   \
        va_list more;                      \
        va_start(more, flags);             \
        mode = va_arg(more, mode_t);       \
        va_end(more);                      \
    }                                      \
    note_open(path, flags);                \
    return real

int open(const char *path, int flags, ...) { OPENING(path, flags, REAL(open)(path, flags, mode)); }

int open64(const char *path, int flags, ...) { OPENING(path, flags, REAL(open64)(path, flags, mode)); }

int openat(int base, const char *path, int flags, ...) { OPENING(path, flags, REAL(openat)(base, path, flags, mode)); }

int openat64(int base, const char *path, int flags, ...) { OPENING(path, flags, REAL(openat64)(base, path, flags, mode)); }

int rename(const char *from, const char *to) {
    const char *name;
    if (record >= 0 && (is_watched(from, &name) || is_watched(to, &name))) append(RENAMED, name, 0, 0, NULL, 0);
    return REAL(rename)(from, to);
}
