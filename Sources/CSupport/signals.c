// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

#define _GNU_SOURCE
#include "lyc_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static int ends[2] = {-1, -1};

static void forward(int signal) {
  int saved = errno;
  unsigned char byte = (unsigned char)signal;
  ssize_t n = write(ends[1], &byte, 1);
  (void)n;
  errno = saved;
}

int lyc_catch_signals(const int *signals, size_t count) {
  if (ends[0] < 0 && pipe2(ends, O_CLOEXEC | O_NONBLOCK)) return -1;
  for (size_t i = 0; i < count; i++) {
    struct sigaction action = {.sa_handler = forward, .sa_flags = SA_RESTART};
    if (sigaction(signals[i], &action, NULL)) return -1;
  }
  return fcntl(ends[0], F_DUPFD_CLOEXEC, 0);
}
