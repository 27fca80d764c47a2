#define _GNU_SOURCE
#include "ConfinementProbe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Worker.h"

struct probed {
  struct everpart_probed_call *calls;
  int count, most;
};

static void note(struct probed *probed, const char *name, long result) {
  const int fault = result < 0 ? errno : 0;
  if (probed->count < probed->most) {
    probed->calls[probed->count++] = (struct everpart_probed_call){name, fault};
  }
}

static long mapped(int protection) {
  return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

// Straight to the kernel: a library's function may use another call than the one that it is named after.
static void try_all(struct probed *probed, void *page) {
  struct rlimit64 limits;
  char *const none[] = {NULL};
  const long self = getpid();
#define TRY(name, ...) note(probed, #name, syscall(SYS_##name, __VA_ARGS__))
  TRY(openat, AT_FDCWD, "/dev/null", O_RDONLY, 0);
#ifdef SYS_open
  TRY(open, "/dev/null", O_RDONLY, 0);
  TRY(fork, 0);
  TRY(unlink, "/nonexistent/x");
#endif
  TRY(openat2, AT_FDCWD, "/dev/null", NULL, (size_t)0);
  TRY(unlinkat, AT_FDCWD, "/nonexistent/x", 0);
  TRY(getdents64, 0, NULL, 0);
  TRY(dup, 0);
  TRY(socket, AF_INET, SOCK_STREAM, 0);
  TRY(socketpair, AF_UNIX, SOCK_STREAM, 0, NULL);
  TRY(connect, 0, NULL, 0);
  TRY(sendto, 0, NULL, (size_t)0, 0, NULL, 0);
  TRY(sendmsg, 0, NULL, 0);
  TRY(ptrace, PTRACE_TRACEME, 0L, NULL, NULL);
  TRY(process_vm_readv, self, NULL, 0UL, NULL, 0UL, 0UL);
  TRY(kill, self, 0);
  TRY(tgkill, self, self, 0);
  TRY(pidfd_open, self, 0);
  TRY(clone, SIGCHLD, NULL, NULL, NULL, 0UL);
  TRY(execve, "/nonexistent", none, none);
  TRY(execveat, AT_FDCWD, "/nonexistent", none, none, 0);
  TRY(unshare, 0);
  TRY(prctl, 3 /* PR_GET_DUMPABLE */, 0L, 0L, 0L, 0L);
  TRY(prlimit64, 0, RLIMIT_NOFILE, NULL, &limits);
  TRY(memfd_create, "x", 0);
  TRY(shmget, 0L, (size_t)0, 0);
  TRY(ioctl, 0, 0UL, NULL);
  TRY(getppid, 0);
  TRY(setsid, 0);
#undef TRY
  note(probed, "mmap executable", mapped(PROT_READ | PROT_EXEC));
  note(probed, "mprotect executable", mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

int everpart_probe_confinement(struct everpart_probed_call calls[], int most) {
  // Shared, so that the child can write there without a call.
  const size_t bytes = sizeof(struct probed) + (size_t)most * sizeof *calls;
  struct probed *shared =
    mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return -1;
  *shared = (struct probed){(struct everpart_probed_call *)(shared + 1), 0, most};
  const pid_t parent = getpid();
  int status = -1;
  const pid_t child = fork();
  if (child == 0) {
    struct everpart_confinement has;
    if (everpart_confine(256 << 20, 10, parent, &has) != 0) _exit(3);
    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) _exit(4);
    try_all(shared, page);
    // What a worker needs goes through all the same.
    _exit(mapped(PROT_READ | PROT_WRITE) == 0 ? 0 : 5);
  }
  if (child > 0) {
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  const int count = status == 0 ? shared->count : -1;
  if (count > 0) memcpy(calls, shared->calls, (size_t)count * sizeof *calls);
  munmap(shared, bytes);
  return count;
}
