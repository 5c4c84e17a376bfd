/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* An agent that tries to get out of its process, and tells in its thought what worked. Its configuration is the
 * path of a file that it must not see. */
#include "entry.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char report[16384];
static size_t used;

static void say(const char *what, const char *detail) {
  int n = snprintf(report + used, sizeof report - used, "%s %s\n", what, detail);
  if (n > 0 && used + (size_t)n < sizeof report) used += (size_t)n;
}

static void try_open(const char *path) {
  int fd = open(path, O_RDONLY);
  say(path, fd < 0 ? "absent" : "opened");
  if (fd >= 0) close(fd);
}

static void try_connect(const char *name, int domain, const void *address, socklen_t size) {
  int fd = socket(domain, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int done = fd >= 0 && (connect(fd, address, size) == 0 || errno == EINPROGRESS);
  say(name, done ? "connected" : "refused");
  if (fd >= 0) close(fd);
}

static int created(const lyc_host *host) { return (void)host, 1; }

static lyc_status begin(lyc_agent *self, const lyc_task_view *task) {
  extern char **environ;
  struct sockaddr_in inet = {.sin_family = AF_INET, .sin_port = htons(53), .sin_addr = {htonl(0x08080808)}};
  struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/stdout"};
  DIR *processes = opendir("/proc");
  int seen = 0;
  (void)self, (void)task;
  try_open("/etc/passwd");
  try_open(mode);
  try_open("/usr/bin/bash");
  try_connect("inet", AF_INET, &inet, sizeof inet);
  try_connect("unix", AF_UNIX, &local, sizeof local);
  for (struct dirent *entry; processes && (entry = readdir(processes));)
    seen += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
  say("processes", seen <= 3 ? "few" : "many");
  say("write", open("/written", O_WRONLY | O_CREAT, 0600) < 0 ? "refused" : "worked");
  for (char **variable = environ; *variable; variable++) say("env", *variable);
  return LYC_OK;
}

static lyc_status act(lyc_agent *self, const lyc_observation *seen, lyc_decision *decision) {
  (void)self, (void)seen;
  decision->thought = (lyc_bytes){(const uint8_t *)report, used};
  return other(decision, "stop");
}
