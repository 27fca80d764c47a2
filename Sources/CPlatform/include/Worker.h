#ifndef EVERPART_WORKER_H
#define EVERPART_WORKER_H

// What starting and confining a worker needs of the system and Swift cannot call safely or at all.

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// Starts a program with two pipes as its standard input and output, /dev/null as its standard error, and
// nothing else of this process: no variable, no descriptor, no signal setting, not its terminal, not its
// directory. Returns 0 and the process's id, or an errno.
int everpart_spawn_worker(
  const char *program, char *const arguments[], int input, int output, pid_t *worker);

// A pipe whose ends no program inherits that this process starts. Returns 0, or -1 with errno set.
int everpart_pipe(int ends[2], bool waits);

// Which of the things that a kernel may refuse a worker has.
struct everpart_confinement {
  // An own, empty network.
  bool network;
  // A filter that lets through the system calls of computing, reading and writing, and no others.
  bool filter;
  // No user of this machine that owns anything; only where the broker was started as root.
  bool nobody;
  // The kernel takes the worker first when memory runs out.
  bool first_to_go;
};

// The exit code of a worker that ended because its memory was used up.
#define EVERPART_OUT_OF_MEMORY 12

// Takes everything from this process that it does not need for working on untrusted bytes: for good, and
// before it has read one. The kernel kills it with its parent. Needs a process with a single thread.
//
// memory_bytes is what it may map beyond what it has mapped now. Returns 0, or -1 with errno set when one
// of the things failed that every kernel has: limits, no new privileges, the parent's death.
int everpart_confine(
  uint64_t memory_bytes, uint64_t cpu_seconds, pid_t parent,
  struct everpart_confinement *confinement);

#endif
