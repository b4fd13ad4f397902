#ifndef CMALLOC_H
#define CMALLOC_H

// What Swift's Glibc module does not have of the allocator.

/// malloc_trim(3): gives the pages of free memory back to the system, of every arena. Takes milliseconds where there are many.
void cmalloc_trim(void);

#endif
