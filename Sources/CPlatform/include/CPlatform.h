#ifndef EVERPART_CPLATFORM_H
#define EVERPART_CPLATFORM_H

// Small things of the C library that Swift's Glibc module does not carry.

#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "Converter.h"
#include "Worker.h"

// Fixes the allocator's two thresholds. glibc raises them by itself after each large free, and a
// server that once held a big mesh then keeps that memory for good. Blocks of 4 MiB and more are
// mapped and go back to the system when freed; the heap's top is trimmed beyond 64 MiB.
// Returns 0, or -1 when the allocator refused a value.
static inline int everpart_tune_malloc(void) {
  int mapped = mallopt(M_MMAP_THRESHOLD, 4 << 20);
  int trimmed = mallopt(M_TRIM_THRESHOLD, 64 << 20);
  return mapped == 1 && trimmed == 1 ? 0 : -1;
}

// Keeps the memory of a process that holds keys out of core files and crash reports, and other
// processes of the same user from reading it through ptrace or /proc. Swift's backtracer writes what
// the registers point at to standard error, and holds the process for seconds: a crash ends it at once
// instead. Returns 0, or -1 with errno set.
static inline int everpart_forbid_core_dumps(void) {
  const int faults[] = {SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) signal(faults[i], SIG_DFL);
  const struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// Overwrites memory with zeros in a way the compiler may not leave out.
static inline void everpart_wipe(void *memory, size_t byte_count) {
  explicit_bzero(memory, byte_count);
}

// O_TMPFILE, which is two flags in one and therefore no constant for Swift.
extern const int everpart_o_tmpfile;

// Renames a file to a name that nothing has. Returns 0, or -1 with errno set: EEXIST where something
// has the name.
int everpart_rename_new(const char *from, const char *to);

#endif
