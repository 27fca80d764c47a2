#define _GNU_SOURCE
#include "Converter.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const uid_t nobody = 65534;

// Whoever has a user namespace of its own, because it may not have the others without, cannot become nobody.
static bool has_own_users = false;

static bool write_file(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool is_written = write(file, text, strlen(text)) == (ssize_t)strlen(text);
  close(file);
  return is_written;
}

// MARK: isolating

static bool leave_system(void) {
  const int apart = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWPID;
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (unshare(apart) == 0) return true;
  if (unshare(CLONE_NEWUSER | apart) != 0) return false;
  has_own_users = true;
  char map[64];
  write_file("/proc/self/setgroups", "deny");
  snprintf(map, sizeof map, "%u %u 1", group, group);
  if (!write_file("/proc/self/gid_map", map)) return false;
  snprintf(map, sizeof map, "%u %u 1", user, user);
  return write_file("/proc/self/uid_map", map);
}

int everpart_isolate(pid_t parent, struct everpart_confinement *confinement) {
  memset(confinement, 0, sizeof *confinement);
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  confinement->first_to_go = write_file("/proc/self/oom_score_adj", "1000");
  // Starting a program makes a process one that is dumped, and a kernel that hands cores to a program (apport,
  // systemd-coredump) heeds no limit of theirs. This is inherited: there is no memory in a core.
  if (!write_file("/proc/self/coredump_filter", "0")) return -1;
  if (!leave_system()) return -1;
  confinement->nobody = geteuid() == 0 && !has_own_users;
  confinement->network = true;
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return -1;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return -1;
  if (getppid() != parent) {
    errno = ESRCH;
    return -1;
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  const struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
#if defined(__x86_64__) || defined(__aarch64__)
  confinement->filter = true;
#endif
  return 0;
}

int everpart_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

// MARK: the file system

static bool make_read_only(const char *path, bool deeply) {
  struct mount_attr attributes = {
    .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
  return syscall(SYS_mount_setattr, AT_FDCWD, path, deeply ? AT_RECURSIVE : 0, &attributes,
           sizeof attributes)
    == 0;
}

static bool make_empty_file(const char *path) {
  const int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0444);
  if (file >= 0) close(file);
  return file >= 0;
}

// Shows one of the system's directories, or the link that it is; nothing where it is not there.
static bool show(const char *path) {
  struct stat status;
  char place[128], target[128];
  snprintf(place, sizeof place, "/tmp%s", path);
  if (lstat(path, &status) != 0) return true;
  if (S_ISLNK(status.st_mode)) {
    const ssize_t count = readlink(path, target, sizeof target - 1);
    if (count < 0) return false;
    target[count] = 0;
    return symlink(target, place) == 0;
  }
  const bool is_made = S_ISDIR(status.st_mode) ? mkdir(place, 0755) == 0 : make_empty_file(place);
  return is_made && mount(path, place, NULL, MS_BIND | MS_REC, NULL) == 0
    && make_read_only(place, true);
}

static bool show_device(const char *path) {
  char place[128];
  snprintf(place, sizeof place, "/tmp%s", path);
  return make_empty_file(place) && mount(path, place, NULL, MS_BIND, NULL) == 0;
}

// A program that is not among the system's: itself, at its place.
static bool show_program(const char *program, const char *source) {
  char place[4096];
  if (snprintf(place, sizeof place, "/tmp%s", program) >= (int)sizeof place) return false;
  if (access(place, F_OK) == 0) return true;
  for (char *slash = strchr(place + 5, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (mkdir(place, 0755) != 0 && errno != EEXIST) return false;
    *slash = '/';
  }
  return make_empty_file(place) && mount(source, place, NULL, MS_BIND, NULL) == 0
    && make_read_only(place, false);
}

static bool hide(const char *path) {
  char place[4096];
  struct stat status;
  if (snprintf(place, sizeof place, "/tmp%s", path) >= (int)sizeof place) return false;
  if (stat(place, &status) != 0) return true;
  if (S_ISDIR(status.st_mode)) return mount("none", place, "tmpfs", MS_RDONLY, "size=4k") == 0;
  return mount("/dev/null", place, NULL, MS_BIND, NULL) == 0;
}

static bool make_job(void) {
  return mkdir("/tmp/job", 0755) == 0 && symlink("/proc/self/fd/3", "/tmp/job/part.step") == 0
    && symlink("/proc/self/fd/4", "/tmp/job/part.stl") == 0;
}

// A new root over this mount namespace's /tmp, with nothing of the old one but what is shown.
static bool change_root(const char *program, char *const hidden[]) {
  static const char *const shown[] = {
    "/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/opt", "/nix",
  };
  static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/urandom"};
  // The program may itself lie below /tmp: it is found by its descriptor once that is covered.
  const int file = open(program, O_PATH | O_CLOEXEC);
  char by_descriptor[64];
  snprintf(by_descriptor, sizeof by_descriptor, "/proc/self/fd/%d", file);
  if (file < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return false;
  if (mount("none", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m") != 0) return false;
  for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
    if (!show(shown[i])) return false;
  }
  if (mkdir("/tmp/etc", 0755) != 0 || !show("/etc/ld.so.cache") || !show("/etc/alternatives")) {
    return false;
  }
  if (mkdir("/tmp/dev", 0755) != 0) return false;
  for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
    if (!show_device(devices[i])) return false;
  }
  if (mkdir("/tmp/tmp", 0755) != 0
    || mount("none", "/tmp/tmp", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=16m")
      != 0) {
    return false;
  }
  if (!make_job() || !show_program(program, by_descriptor)) return false;
  for (size_t i = 0; hidden[i]; i++) {
    if (!hide(hidden[i])) return false;
  }
  // Of this process's own processes; where that is not allowed, as in some containers, nothing runs.
  if (mkdir("/tmp/proc", 0555) != 0
    || mount("proc", "/tmp/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=2") != 0) {
    return false;
  }
  if (!make_read_only("/tmp", false)) return false;
  return chdir("/tmp") == 0 && syscall(SYS_pivot_root, ".", ".") == 0
    && umount2(".", MNT_DETACH) == 0 && chdir("/tmp") == 0;
}

// MARK: the filter of system calls

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define DENY(name) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), ANSWER(SECCOMP_RET_ERRNO | EPERM)

// A large program wants most of what there is. What it has no use for, and kernels are attacked through. And what would
// give it more than its limits, which the kernel counts for each process: other processes than itself, and memory that
// belongs to none, as that of System V does. It has threads.
static bool install_filter(void) {
#ifdef ARCHITECTURE
  struct sock_filter filter[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    ANSWER(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
#if defined(__x86_64__)
    // The x32 calls, which have numbers of their own.
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), ANSWER(SECCOMP_RET_ERRNO | EPERM),
    DENY(fork),
    DENY(vfork),
#endif
    // Newer than these are not needed, and nobody knows yet what there will be: like a kernel without them.
    BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, __NR_faccessat2, 0, 1), ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
    // Its flags are in memory, where no filter sees them; who finds it missing takes clone.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1), ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 4), LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1), ANSWER(SECCOMP_RET_ALLOW),
    ANSWER(SECCOMP_RET_ERRNO | EPERM),
    DENY(shmget),
    DENY(msgget),
    DENY(semget),
    DENY(mq_open),
    DENY(socket),
    DENY(unshare),
    DENY(setns),
    DENY(mount),
    DENY(umount2),
    DENY(move_mount),
    DENY(open_tree),
    DENY(fsopen),
    DENY(fsmount),
    DENY(pivot_root),
    DENY(chroot),
    DENY(ptrace),
    DENY(process_vm_readv),
    DENY(process_vm_writev),
    DENY(bpf),
    DENY(perf_event_open),
    DENY(userfaultfd),
    DENY(io_uring_setup),
    DENY(io_setup),
    DENY(pidfd_getfd),
    DENY(keyctl),
    DENY(add_key),
    DENY(request_key),
    DENY(open_by_handle_at),
    DENY(memfd_create),
    ANSWER(SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
#else
  return true;
#endif
}

// MARK: running

static bool limit(int resource, uint64_t most, uint64_t slack) {
  const struct rlimit both = {most, most + slack};
  return setrlimit(resource, &both) == 0;
}

static bool limit_all(const struct everpart_converter_limits *limits) {
  return limit(RLIMIT_FSIZE, limits->output_bytes, 0) && limit(RLIMIT_NPROC, 512, 0)
    && limit(RLIMIT_NOFILE, 64, 0) && limit(RLIMIT_CPU, limits->cpu_seconds, 1)
    && limit(RLIMIT_AS, limits->memory_bytes, 0);
}

static bool become_nobody(void) {
  if (geteuid() != 0 || has_own_users) return true;
  return setgroups(0, NULL) == 0 && setresgid(nobody, nobody, nobody) == 0
    && setresuid(nobody, nobody, nobody) == 0;
}

static void drop_capabilities(void) {
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  syscall(SYS_capset, &head, none);
}

// The descriptors 0 to 4 and no other; the two files are opened anew by their names, so that where one has read
// to says nothing to the other.
static bool take_descriptors(int input, int output) {
  const int files[] = {
    fcntl(input, F_DUPFD, 16), fcntl(output, F_DUPFD, 16), open("/dev/null", O_RDWR)};
  if (files[0] < 0 || files[1] < 0 || files[2] < 0) return false;
  for (int standard = 0; standard <= STDERR_FILENO; standard++) {
    if (dup2(files[2], standard) < 0) return false;
  }
  return dup2(files[0], 3) >= 0 && dup2(files[1], 4) >= 0
    && syscall(SYS_close_range, 5U, ~0U, 0U) == 0;
}

static void become_converter(
  char *const arguments[], int input, int output, const struct everpart_converter_limits *limits
) {
  char *const nothing[] = {NULL};
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (take_descriptors(input, output) && limit_all(limits) && install_filter()) {
    execve(arguments[0], arguments, nothing);
  }
  _exit(127);
}

// The first process of the namespace: when it ends, all others in it do.
static void become_first(
  char *const arguments[], int input, int output, char *const hidden[],
  const struct everpart_converter_limits *limits, int result
) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (!change_root(arguments[0], hidden) || !become_nobody()) _exit(1);
  drop_capabilities();
  // Changing the user has reset it.
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  struct pollfd reader = {.fd = result, .events = 0};
  if (poll(&reader, 1, 0) != 0) _exit(1);
  const pid_t converter = fork();
  if (converter < 0) _exit(1);
  if (converter == 0) become_converter(arguments, input, output, limits);
  int status = 0;
  pid_t ended;
  do {
    ended = wait(&status);
  } while (ended != converter && (ended > 0 || errno == EINTR));
  _exit(ended == converter && write(result, &status, sizeof status) == sizeof status ? 0 : 1);
}

int everpart_convert(
  char *const arguments[], int input, int output, char *const hidden[],
  const struct everpart_converter_limits *limits
) {
  int result[2];
  if (pipe2(result, O_CLOEXEC) != 0) return EVERPART_CONVERTER_ABSENT;
  const pid_t first = fork();
  if (first < 0) return EVERPART_CONVERTER_ABSENT;
  if (first == 0) {
    close(result[0]);
    become_first(arguments, input, output, hidden, limits, result[1]);
  }
  close(result[1]);
  int status = 0;
  ssize_t count;
  do {
    count = read(result[0], &status, sizeof status);
  } while (count < 0 && errno == EINTR);
  close(result[0]);
  while (waitpid(first, NULL, 0) < 0 && errno == EINTR) {}
  if (count != sizeof status) return EVERPART_CONVERTER_ABSENT;
  if (WIFSIGNALED(status)) {
    // Ends as its converter did, where that says what it had too little of.
    if (WTERMSIG(status) == SIGXCPU) {
      signal(SIGXCPU, SIG_DFL);
      raise(SIGXCPU);
    }
    return EVERPART_CONVERTER_DIED;
  }
  if (WEXITSTATUS(status) == 127) return EVERPART_CONVERTER_ABSENT;
  return WEXITSTATUS(status) == 0 ? 0 : EVERPART_CONVERTER_REFUSED;
}
