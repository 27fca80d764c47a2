// Kills its process at its N-th durable write: loaded by LD_PRELOAD, it counts calls of fsync,
// fdatasync, rename, renameat, renameat2, link and linkat.
//
// It counts while the file that EVERPART_KILL_TRIGGER names is there. The file says "SERIAL N before"
// or "SERIAL N after"; a new serial starts the count again, and N = 0 only counts. Where a fourth word
// follows, only calls on paths that end with it count. Every counted call is noted in TRIGGER.log
// before it happens.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long serial = -1;
static long count = 0;

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void note(const char *trigger, const char *call, const char *what) {
  char path[4096], line[4096];
  snprintf(path, sizeof path, "%s.log", trigger);
  int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return;
  int length = snprintf(line, sizeof line, "%ld %s %s\n", count, call, what);
  if (length > 0 && length < (int)sizeof line && write(log, line, length) < 0) { /* a note only */ }
  close(log);
}

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

// Counts a call; kills here, or answers whether to kill when it is done.
static int counted(const char *call, const char *what) {
  const char *trigger = getenv("EVERPART_KILL_TRIGGER");
  if (trigger == NULL) return 0;
  pthread_mutex_lock(&lock);
  int after = 0;
  FILE *file = fopen(trigger, "re");
  if (file != NULL) {
    long now, at;
    char moment[16], end[256] = "";
    if (fscanf(file, "%ld %ld %15s %255s", &now, &at, moment, end) >= 3 && ends_with(what, end)) {
      if (now != serial) count = 0;
      serial = now;
      count += 1;
      note(trigger, call, what);
      int is_it = at > 0 && count == at;
      if (is_it && strcmp(moment, "before") == 0) die();
      after = is_it;
    }
    fclose(file);
  }
  pthread_mutex_unlock(&lock);
  return after;
}

static int counted_descriptor(const char *call, int descriptor) {
  char name[64], path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(name, path, sizeof path - 1);
  path[length > 0 ? length : 0] = 0;
  return counted(call, path);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FINISH(after, call) \
  do { int result = (call); if (after) die(); return result; } while (0)

int fsync(int descriptor) {
  int after = counted_descriptor("fsync", descriptor);
  FINISH(after, NEXT(fsync)(descriptor));
}

int fdatasync(int descriptor) {
  int after = counted_descriptor("fdatasync", descriptor);
  FINISH(after, NEXT(fdatasync)(descriptor));
}

int rename(const char *from, const char *to) {
  int after = counted("rename", to);
  FINISH(after, NEXT(rename)(from, to));
}

int renameat(int from_at, const char *from, int to_at, const char *to) {
  int after = counted("renameat", to);
  FINISH(after, NEXT(renameat)(from_at, from, to_at, to));
}

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned int flags) {
  int after = counted("renameat2", to);
  FINISH(after, NEXT(renameat2)(from_at, from, to_at, to, flags));
}

int link(const char *from, const char *to) {
  int after = counted("link", to);
  FINISH(after, NEXT(link)(from, to));
}

int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
  int after = counted("linkat", to);
  FINISH(after, NEXT(linkat)(from_at, from, to_at, to, flags));
}
