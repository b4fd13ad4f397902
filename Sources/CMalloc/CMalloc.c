#include "CMalloc.h"

#include <malloc.h>

void cmalloc_trim(void) {
    malloc_trim(0);
}
