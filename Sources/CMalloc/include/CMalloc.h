#ifndef CMALLOC_H
#define CMALLOC_H

// What Swift's Glibc module does not have of the allocator.

/// malloc_trim(3): gives the pages of free memory back to the system, of every arena. Takes milliseconds where there are many.
void cmalloc_trim(void);
/// mallopt(3), M_MMAP_THRESHOLD: blocks of at least `bytes` are mapped on their own and go back to the system when they are freed. Left to
/// itself the threshold rises to that of the largest one freed, and all later ones tear holes into the arenas.
void cmalloc_map_from(int bytes);

#endif
