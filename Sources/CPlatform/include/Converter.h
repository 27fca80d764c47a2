#ifndef EVERPART_CONVERTER_H
#define EVERPART_CONVERTER_H

// What running a program that nobody trusts needs of the system: one that opens files by name, loads libraries
// and starts threads, so that a filter of system calls alone cannot hold it.

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "Worker.h"

// What a converter may use.
struct everpart_converter_limits {
  uint64_t memory_bytes;
  uint64_t cpu_seconds;
  uint64_t output_bytes;
};

// The exit codes of a worker whose converter ended with something else than success, could not be started, or
// had a signal end it.
#define EVERPART_CONVERTER_REFUSED 21
#define EVERPART_CONVERTER_ABSENT 22
#define EVERPART_CONVERTER_DIED 23

// Takes from this process, which has a single thread, what its children must not have: network, other
// processes and mounts of the system are out of sight from the next fork on. The kernel kills it with its parent.
//
// Returns 0; or -1 with errno set where a limit failed or the kernel gives no namespaces: then nothing may run.
int everpart_isolate(pid_t parent, struct everpart_confinement *confinement);

// A file in memory that no program inherits. Returns its descriptor, or -1 with errno set.
int everpart_memory_file(const char *name);

// Runs a program until it ends, in a file system of its own: the system's programs and libraries, read-only, and
// /job with part.step and part.stl, which are the two descriptors. It gets no variable. Everything that it has
// started ends with it. Needs a process that everpart_isolate has isolated.
//
// hidden are paths that are not to be seen even where they lie among the system's programs, NULL-terminated.
// Returns 0, or one of the codes above.
int everpart_convert(
  char *const arguments[], int input, int output, char *const hidden[],
  const struct everpart_converter_limits *limits);

#endif
