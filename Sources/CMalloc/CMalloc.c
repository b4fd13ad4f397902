#include "CMalloc.h"

#include <malloc.h>

void cmalloc_trim(void) {
    malloc_trim(0);
}

void cmalloc_map_from(int bytes) {
    mallopt(M_MMAP_THRESHOLD, bytes);
}
