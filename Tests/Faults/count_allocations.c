// Counts a process's heap allocations. Preloaded (LD_PRELOAD) into the program under test; glibc only.
//
// The count is the first eight bytes of the file that COUNT_ALLOCATIONS_FILE names, mapped into both processes: to read it disturbs
// nothing. It goes up before an allocation is made, by each call of the five that reach the heap; `free` is not counted.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// glibc's own entries: asking dlsym for them would allocate.
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static _Atomic uint64_t before_the_file_is_mapped;
static _Atomic uint64_t *count = &before_the_file_is_mapped;

__attribute__((constructor)) static void map_count(void) {
    const char *path = getenv("COUNT_ALLOCATIONS_FILE");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) count = mapped;
}

static void note(void) { atomic_fetch_add_explicit(count, 1, memory_order_relaxed); }

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
    note();
    return __libc_calloc(items, size);
}

void *realloc(void *old, size_t size) {
    note();
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) || alignment & (alignment - 1) || alignment == 0) return EINVAL;
    note();
    void *found = __libc_memalign(alignment, size);
    if (!found) return ENOMEM;
    *result = found;
    return 0;
}
