/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* An agent that goes wrong in the way that its configuration names. */
#include "entry.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static char long_text[8192];

static void print_megabytes(void) {
  for (int i = 0; i < 40000; i++) {
    printf("this is line %d of very many on standard output, which nobody wanted to read\n", i);
    fprintf(stderr, "and line %d on standard error\n", i);
  }
  fflush(stdout);
}

static int created(const lyc_host *host) {
  memset(long_text, 'x', sizeof long_text);
  if (is("exit-create")) exit(7);
  if (is("null-create")) {
    host->set_error(host, LYC_STR("this agent does not want to exist"));
    return 0;
  }
  return 1;
}

static lyc_status begin(lyc_agent *self, const lyc_task_view *task) {
  (void)self, (void)task;
  if (is("segv-begin")) raise(SIGSEGV);
  return LYC_OK;
}

static lyc_status act(lyc_agent *self, const lyc_observation *seen, lyc_decision *decision) {
  (void)self;
  if (is("segv-act")) raise(SIGSEGV);
  if (is("exit-act")) exit(0);
  if (is("loop"))
    for (volatile int i = 0;; i++) {}
  if (is("print") && seen->step == 0) print_megabytes();
  if (is("long-name")) {
    decision->action = (lyc_str){long_text, 65};
    return LYC_OK;
  }
  if (is("long-path")) {
    decision->path = (lyc_bytes){(const uint8_t *)long_text, sizeof long_text};
    return other(decision, "read_file");
  }
  if (is("unknown") && seen->step == 0) return other(decision, "teleport");
  if (is("late-segv")) {
    switch (seen->step) {
    case 0: return bash(decision, "echo 41 > answer.txt");
    case 1: return other(decision, "validate");
    case 2: return bash(decision, "rm answer.txt");
    default: raise(SIGSEGV);
    }
  }
  return seen->step < 2 ? bash(decision, "echo 42 > answer.txt; echo done") : other(decision, "submit");
}
