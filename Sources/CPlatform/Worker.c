#define _GNU_SOURCE
#include "Worker.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// MARK: starting

int everpart_pipe(int ends[2], bool waits) {
  return pipe2(ends, waits ? O_CLOEXEC : O_CLOEXEC | O_NONBLOCK);
}

static int add_actions(posix_spawn_file_actions_t *actions, int input, int output) {
  int fault = posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO);
  if (!fault) fault = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
  // Something that is open: what a library prints would else go to whatever gets its number.
  if (!fault) {
    fault = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  if (!fault) fault = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
  if (!fault) fault = posix_spawn_file_actions_addchdir_np(actions, "/");
  return fault;
}

static int set_attributes(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int fault = posix_spawnattr_setsigmask(attributes, &none);
  if (!fault) fault = posix_spawnattr_setsigdefault(attributes, &all);
  // A session of its own: Ctrl-C in the server's terminal is the server's to handle.
  if (!fault) {
    fault = posix_spawnattr_setflags(
      attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  }
  return fault;
}

int everpart_spawn_worker(
  const char *program, char *const arguments[], int input, int output, pid_t *worker
) {
  // Descriptors that are themselves among those that are replaced would be lost on the way.
  if (input <= STDERR_FILENO || output <= STDERR_FILENO) return EBADF;
  posix_spawn_file_actions_t actions;
  int fault = posix_spawn_file_actions_init(&actions);
  if (fault) return fault;
  posix_spawnattr_t attributes;
  fault = posix_spawnattr_init(&attributes);
  if (!fault) {
    char *const nothing[] = {NULL};
    fault = add_actions(&actions, input, output);
    if (!fault) fault = set_attributes(&attributes);
    if (!fault) fault = posix_spawn(worker, program, &actions, &attributes, arguments, nothing);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return fault;
}

// MARK: the filter of system calls

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define ALLOW(name) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), ANSWER(SECCOMP_RET_ALLOW)
// Memory that can be executed is made before the filter, by the loader, and never again.
#define ALLOW_WITHOUT_EXECUTION(name) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4), LOAD(args[2]), \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1), \
    ANSWER(SECCOMP_RET_ERRNO | EPERM), ANSWER(SECCOMP_RET_ALLOW)

// What is not named fails with EPERM: opening, connecting, starting, signalling, asking who else is there.
// Failing is milder than ending the worker and keeps out as much: libraries that look whether a file is
// there go on without it.
static bool install_filter(void) {
#ifdef ARCHITECTURE
  struct sock_filter filter[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    ANSWER(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
    ALLOW(read),
    ALLOW(write),
    ALLOW(readv),
    ALLOW(writev),
    ALLOW(close),
    ALLOW(futex),
    ALLOW(brk),
    ALLOW(munmap),
    ALLOW(mremap),
    ALLOW(madvise),
    ALLOW_WITHOUT_EXECUTION(mmap),
    ALLOW_WITHOUT_EXECUTION(mprotect),
    ALLOW(getrandom),
    ALLOW(clock_gettime),
    ALLOW(gettimeofday),
    ALLOW(sched_yield),
    ALLOW(sched_getaffinity),
    ALLOW(getpid),
    ALLOW(gettid),
    ALLOW(rt_sigaction),
    ALLOW(rt_sigprocmask),
    ALLOW(rt_sigreturn),
    ALLOW(restart_syscall),
    ALLOW(exit),
    ALLOW(exit_group),
    ANSWER(SECCOMP_RET_ERRNO | EPERM),
  };
  const struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  return syscall(
           SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
#else
  return false;
#endif
}

// MARK: confining

static bool become_first_to_go(void) {
  // The files in /proc of a process that cannot be dumped belong to root.
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  bool is_written = score >= 0 && write(score, "1000", 4) == 4;
  if (score >= 0) close(score);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  return is_written;
}

// The bytes that are mapped now: `RLIMIT_AS` counts all of them, the program and its libraries too.
static uint64_t mapped_bytes(void) {
  FILE *statistics = fopen("/proc/self/statm", "re");
  unsigned long long pages = 0;
  if (!statistics) return 0;
  if (fscanf(statistics, "%llu", &pages) != 1) pages = 0;
  fclose(statistics);
  return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int limit(int resource, uint64_t most) {
  const struct rlimit both = {most, most};
  return setrlimit(resource, &both);
}

// SIGXCPU, which says what it is, and SIGKILL a second later for whoever ignores it.
static int limit_processor(uint64_t seconds) {
  const struct rlimit both = {seconds, seconds + 1};
  return setrlimit(RLIMIT_CPU, &both);
}

static bool leave_network(void) {
  const int apart = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
  if (unshare(apart) == 0) return true;
  // Everybody may have a user namespace, on most systems, and in it everything else.
  return unshare(CLONE_NEWUSER | apart) == 0;
}

static bool become_nobody(void) {
  const uid_t nobody = 65534;
  if (geteuid() != 0) return false;
  return setgroups(0, NULL) == 0 && setresgid(nobody, nobody, nobody) == 0
    && setresuid(nobody, nobody, nobody) == 0;
}

static void drop_capabilities(void) {
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  syscall(SYS_capset, &head, none);
}

static uint64_t memory_max;

// Swift ends a process that gets no memory as it ends one with any other fault. Whether it was that can
// only be guessed: something that grows by doubling fails once it has a third of what there is.
static void tell_out_of_memory(int fault) {
  const size_t rest = memory_max / 3 * 2;
  void *probe =
    mmap(NULL, rest, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (probe == MAP_FAILED) _exit(EVERPART_OUT_OF_MEMORY);
  signal(fault, SIG_DFL);
}

int everpart_confine(
  uint64_t memory_bytes, uint64_t cpu_seconds, pid_t parent,
  struct everpart_confinement *confinement
) {
  memset(confinement, 0, sizeof *confinement);
  confinement->first_to_go = become_first_to_go();
  const uint64_t mapped = mapped_bytes();
  confinement->network = leave_network();
  confinement->nobody = become_nobody();
  drop_capabilities();
  // Changing the user has reset both of these.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return -1;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return -1;
  if (getppid() != parent) {
    errno = ESRCH;
    return -1;
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  memory_max = memory_bytes;
  const int faults[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGSEGV};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    const struct sigaction tell = {.sa_handler = tell_out_of_memory};
    if (sigaction(faults[i], &tell, NULL) != 0) return -1;
  }
  if (limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_FSIZE, 0) != 0 || limit(RLIMIT_NPROC, 0) != 0
    || limit(RLIMIT_NOFILE, STDERR_FILENO + 1) != 0 || limit_processor(cpu_seconds) != 0
    || limit(RLIMIT_AS, mapped + memory_bytes) != 0) {
    return -1;
  }
  confinement->filter = install_filter();
  return 0;
}
