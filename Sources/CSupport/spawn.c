// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

#define _GNU_SOURCE
#include "lyc_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child reports through the close-on-exec pipe when it cannot become the program. */
typedef struct failure {
  int error;
  const char *what; /* a literal: the child is a copy of this process, the address is the same */
} failure;

enum { HIGHEST_CHILD_FD = 64 };

static void fail(int pipe, const char *what) {
  failure f = {errno, what};
  ssize_t n = write(pipe, &f, sizeof f);
  (void)n;
  _exit(127);
}

/* Runs in the child: system calls only. */
static void become(const lyc_spawn_options *o, int pipe, pid_t parent) {
  for (int s = 1; s < NSIG; s++) signal(s, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (o->new_session) setsid();

  int report = fcntl(pipe, F_DUPFD_CLOEXEC, HIGHEST_CHILD_FD);
  if (report < 0) fail(pipe, "fcntl");
  for (size_t i = 0; i < o->cgroup_count; i++)
    if (write(o->cgroups[i], "0", 1) != 1) fail(report, "join cgroup");

  int moved[32];
  for (size_t i = 0; i < o->fd_count; i++)
    if ((moved[i] = fcntl(o->fds[i].parent, F_DUPFD_CLOEXEC, HIGHEST_CHILD_FD)) < 0) fail(report, "fcntl");
  if (syscall(SYS_close_range, 0, HIGHEST_CHILD_FD - 1, 0)) fail(report, "close_range");
  for (size_t i = 0; i < o->fd_count; i++)
    if (dup2(moved[i], o->fds[i].child) < 0) fail(report, "dup2");
  if (syscall(SYS_close_range, HIGHEST_CHILD_FD, ~0U, CLOSE_RANGE_CLOEXEC)) fail(report, "close_range");

  for (size_t i = 0; i < o->limit_count; i++) {
    struct rlimit limit = {o->limits[i].value, o->limits[i].value};
    if (setrlimit((__rlimit_resource_t)o->limits[i].resource, &limit)) fail(report, "setrlimit");
  }
  /* The C library's own calls would take locks that a thread of the parent may hold. */
  if (o->gid >= 0 && (syscall(SYS_setgroups, 0, NULL) || syscall(SYS_setresgid, o->gid, o->gid, o->gid)))
    fail(report, "setgid");
  if (o->uid >= 0 && syscall(SYS_setresuid, o->uid, o->uid, o->uid)) fail(report, "setuid");
  /* After the change of identity, which clears it. */
  if (o->die_with_parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
  }
  if (o->cwd && chdir(o->cwd)) fail(report, "chdir");
  execve(o->path, o->argv, o->envp);
  fail(report, "execve");
}

static int start(const lyc_spawn_options *o, pid_t *pid, int *pidfd, const char **what) {
  int report[2];
  *what = "pipe2";
  if (o->fd_count > 32) return EINVAL;
  if (pipe2(report, O_CLOEXEC)) return errno;

  pid_t self = getpid();
  struct clone_args args = {.flags = CLONE_PIDFD, .exit_signal = SIGCHLD};
  int fd = -1;
  args.pidfd = (uint64_t)(uintptr_t)&fd;
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof args);
  if (child == 0) become(o, report[1], self);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  close(report[1]);
  *what = "clone3";
  if (child < 0) {
    close(report[0]);
    return error;
  }
  failure f;
  ssize_t n;
  while ((n = read(report[0], &f, sizeof f)) < 0 && errno == EINTR) {}
  close(report[0]);
  if (n == (ssize_t)sizeof f) {
    close(fd);
    siginfo_t info;
    waitid(P_PID, (id_t)child, &info, WEXITED);
    *what = f.what;
    return f.error;
  }
  *pid = child;
  *pidfd = fd;
  return 0;
}

/* The permanent thread and its one-place mailbox. */
static struct {
  pthread_mutex_t lock;
  pthread_cond_t wake, done;
  const lyc_spawn_options *request;
  int finished, error, pidfd;
  pid_t pid;
  const char *what;
} box = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

static void *serve(void *unused) {
  (void)unused;
  pthread_mutex_lock(&box.lock);
  for (;;) {
    while (!box.request || box.finished) pthread_cond_wait(&box.wake, &box.lock);
    box.error = start(box.request, &box.pid, &box.pidfd, &box.what);
    box.finished = 1;
    pthread_cond_broadcast(&box.done);
  }
  return NULL;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int thread_error;

static void start_thread(void) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  thread_error = pthread_create(&thread, &attributes, serve, NULL);
  pthread_attr_destroy(&attributes);
}

int lyc_spawn(const lyc_spawn_options *options, pid_t *pid, int *pidfd, const char **what) {
  static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
  pthread_once(&once, start_thread);
  if (thread_error) {
    *what = "pthread_create";
    return thread_error;
  }
  pthread_mutex_lock(&turn);
  pthread_mutex_lock(&box.lock);
  box.request = options;
  box.finished = 0;
  pthread_cond_signal(&box.wake);
  while (!box.finished) pthread_cond_wait(&box.done, &box.lock);
  int error = box.error;
  *pid = box.pid;
  *pidfd = box.pidfd;
  *what = box.what;
  box.request = NULL;
  pthread_mutex_unlock(&box.lock);
  pthread_mutex_unlock(&turn);
  return error;
}
