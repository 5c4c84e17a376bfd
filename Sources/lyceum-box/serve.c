// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

#define _GNU_SOURCE
#include "box.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_FDS = 2 + LYC_BOX_EXTRA_FDS, PROTOCOL_ERROR = 70, HIGH_FD = 100 };

extern char **environ;

static struct {
  int control, child_signal, null, state;
  rlim_t processes;
  char directory[PATH_MAX];
} box;

static void say(const lyc_box_reply *reply) {
  if (send(box.control, reply, sizeof *reply, MSG_NOSIGNAL) < 0) _exit(0);
}

/* The next request with its descriptors; ends the box when the host is gone or talks nonsense. */
static void hear(lyc_box_request *request, int fds[MOST_FDS], size_t *count) {
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(MOST_FDS * sizeof(int))];
  } control;
  struct iovec part = {request, sizeof *request};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
  ssize_t n;
  do n = recvmsg(box.control, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n <= 0) _exit(0);
  *count = 0;
  struct cmsghdr *c = CMSG_FIRSTHDR(&message);
  if (c && c->cmsg_type == SCM_RIGHTS) {
    *count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(c), *count * sizeof(int));
  }
  if (n != (ssize_t)sizeof *request || request->magic != LYC_BOX_MAGIC || message.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
    _exit(PROTOCOL_ERROR);
}

static void count_usage(lyc_box_reply *reply, const struct rusage *u) {
  reply->cpu_us += (uint64_t)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000000;
  reply->cpu_us += (uint64_t)(u->ru_utime.tv_usec + u->ru_stime.tv_usec);
  if ((uint64_t)u->ru_maxrss > reply->peak_kb) reply->peak_kb = (uint64_t)u->ru_maxrss;
}

/* Kills everything but this process, again and again until nothing is left. `first` is not counted. */
static void kill_all(lyc_box_reply *reply, pid_t first) {
  struct rusage usage;
  int status;
  while (kill(-1, SIGKILL) == 0 || errno != ESRCH) {
    pid_t pid;
    while ((pid = wait4(-1, &status, 0, &usage)) > 0 || (pid < 0 && errno == EINTR)) {
      if (pid < 0) continue;
      count_usage(reply, &usage);
      if (pid == first) reply->status = status;
      else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) reply->leftovers++;
    }
  }
}

/* Runs in a vfork child: system calls and its own stack only. */
static void become_step(const lyc_box_request *request, const int *fds, size_t count, int state_out) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setsid();
  int moved[MOST_FDS];
  for (size_t i = 0; i < count; i++)
    if ((moved[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, HIGH_FD)) < 0) _exit(126);
  int stateful = request->flags & LYC_BOX_KEEP_STATE;
  int failed = dup2(box.null, 0) < 0 || dup2(moved[1], 1) < 0 || dup2(moved[1], 2) < 0;
  failed |= dup2(moved[0], SCRIPT_FD) < 0;
  if (stateful) failed |= dup2(box.state, STATE_IN_FD) < 0 || dup2(state_out, STATE_OUT_FD) < 0;
  for (size_t i = 2; i < count; i++) failed |= dup2(moved[i], request->targets[i - 2]) < 0;
  struct rlimit limit = {box.processes, box.processes};
  failed |= setrlimit(RLIMIT_NPROC, &limit);
  if (failed) _exit(126);
  if (chdir(box.directory) && chdir("/tmp")) _exit(126);
  const char *program = stateful ? stateful_program : stateless_program;
  char *const argv[] = {"bash", "--noprofile", "--norc", "-c", (char *)program, NULL};
  execve("/usr/bin/bash", argv, environ);
  _exit(127);
}

static int is_sound(const lyc_box_request *request, size_t count) {
  if (request->kind != LYC_BOX_RUN || request->extra_count > LYC_BOX_EXTRA_FDS) return 0;
  if (count != 2 + request->extra_count) return 0;
  for (uint32_t i = 0; i < request->extra_count; i++)
    if (request->targets[i] < 0 || request->targets[i] >= LYC_BOX_FIRST_OWN_FD) return 0;
  return 1;
}

/* Waits for `step`; returns early, everything killed, when the host says so. */
static void await(pid_t step, lyc_box_reply *reply) {
  for (;;) {
    struct rusage usage;
    int status;
    pid_t pid;
    while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
      count_usage(reply, &usage);
      if (pid == step) {
        reply->status = status;
        return;
      }
    }
    struct pollfd ready[] = {{box.control, POLLIN, 0}, {box.child_signal, POLLIN, 0}};
    if (poll(ready, 2, -1) < 0) continue;
    if (ready[1].revents) {
      struct signalfd_siginfo info;
      if (read(box.child_signal, &info, sizeof info) < 0) continue;
    }
    if (ready[0].revents) {
      lyc_box_request request;
      int fds[MOST_FDS];
      size_t count;
      hear(&request, fds, &count);
      if (request.kind != LYC_BOX_KILL || count) _exit(PROTOCOL_ERROR);
      if (request.id != reply->id) continue;
      kill_all(reply, step);
      reply->killed = 1;
      return;
    }
  }
}

static void run(const lyc_box_request *request, const int *fds, size_t count) {
  lyc_box_reply reply = {.magic = LYC_BOX_MAGIC, .kind = LYC_BOX_DONE, .id = request->id};
  int state_out = -1;
  if (request->flags & LYC_BOX_KEEP_STATE) state_out = memfd_create("state", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  pid_t step = vfork();
  if (step == 0) become_step(request, fds, count, state_out);
  int error = errno;
  for (size_t i = 0; i < count; i++) close(fds[i]);
  if (step < 0) {
    reply.kind = LYC_BOX_FAILED;
    reply.status = error;
  } else {
    await(step, &reply);
    if (!reply.killed && !(request->flags & LYC_BOX_KEEP_LEFTOVERS)) kill_all(&reply, step);
  }
  if (state_out >= 0) {
    if (step > 0 && !reply.killed && state_is_whole(state_out)) {
      int old = box.state;
      box.state = state_out;
      state_out = old;
    }
    close(state_out);
  }
  say(&reply);
}

int serve(rlim_t processes) {
  prctl(PR_SET_DUMPABLE, 0); /* so that no step may look into /proc/1 */
  syscall(SYS_close_range, LYC_BOX_CONTROL_FD + 1, ~0U, 0);
  box.processes = processes;
  box.control = fcntl(LYC_BOX_CONTROL_FD, F_DUPFD_CLOEXEC, HIGH_FD);
  close(LYC_BOX_CONTROL_FD);
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (box.control < 0 || null < 0 || !getcwd(box.directory, sizeof box.directory)) return 71;
  box.null = fcntl(null, F_DUPFD_CLOEXEC, HIGH_FD);
  for (int fd = 0; fd <= 2; fd++) dup2(null, fd);
  if (null > 2) close(null);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  box.child_signal = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  box.state = memfd_create("state", MFD_CLOEXEC);
  if (box.null < 0 || box.child_signal < 0 || box.state < 0) return 71;

  lyc_box_reply hello = {.magic = LYC_BOX_MAGIC, .kind = LYC_BOX_HELLO};
  say(&hello);
  for (;;) {
    struct pollfd ready[] = {{box.control, POLLIN, 0}, {box.child_signal, POLLIN, 0}};
    if (poll(ready, 2, -1) < 0) continue;
    if (ready[1].revents) { /* a process that a step left behind */
      struct signalfd_siginfo info;
      while (read(box.child_signal, &info, sizeof info) > 0) {}
      while (waitpid(-1, NULL, WNOHANG) > 0) {}
    }
    if (!ready[0].revents) continue;
    lyc_box_request request;
    int fds[MOST_FDS];
    size_t count;
    hear(&request, fds, &count);
    if (request.kind == LYC_BOX_KILL && !count) continue; /* its step has just ended */
    if (!is_sound(&request, count)) return PROTOCOL_ERROR;
    run(&request, fds, count);
  }
}
