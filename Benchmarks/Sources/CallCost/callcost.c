// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

#define _GNU_SOURCE
#include "callcost.h"

#include <dlfcn.h>
#include <lyceum/lyceum.h>
#include <string.h>
#include <time.h>

enum { BATCHES = 40, CALLS = 20000 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static const void *no_extension(const lyc_host *host, const char *id) { return (void)host, (void)id, NULL; }
static void ignore_log(const lyc_host *host, int32_t level, lyc_str m) { (void)host, (void)level, (void)m; }
static void ignore_error(const lyc_host *host, lyc_str m) { (void)host, (void)m; }
static int32_t never(const lyc_host *host) { return (void)host, 0; }

static const lyc_host host = {
    .struct_size = sizeof host,
    .abi_version = LYC_ABI_VERSION,
    .get_extension = no_extension,
    .log = ignore_log,
    .set_error = ignore_error,
    .is_cancelled = never,
};

/* The same work as the smallest act(): a decision with a name. */
__attribute__((noinline)) static lyc_status direct(
    lyc_agent *agent, const lyc_observation *seen, lyc_decision *decision) {
  (void)agent, (void)seen;
  decision->action = LYC_STR("stop");
  __asm__ volatile("" : : "r"(decision) : "memory");
  return LYC_OK;
}

typedef lyc_status (*act_fn)(lyc_agent *, const lyc_observation *, lyc_decision *);

static double least(act_fn act, lyc_agent *agent) {
  double best = 1e18;
  for (int batch = 0; batch < BATCHES; batch++) {
    lyc_observation seen = {.struct_size = sizeof seen};
    double start = now();
    for (int i = 0; i < CALLS; i++) {
      lyc_decision decision = {.struct_size = sizeof decision};
      act(agent, &seen, &decision);
    }
    double cost = (now() - start) / CALLS;
    if (cost < best) best = cost;
  }
  return best;
}

int call_cost_measure(const char *path, const char *id, const char *config, call_cost *cost) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) return -1;
  lyc_entry_fn entry_of = (lyc_entry_fn)dlsym(library, LYC_ENTRY_SYMBOL);
  const lyc_entry *entry = entry_of ? entry_of(LYC_ABI_VERSION) : NULL;
  if (!entry || entry->init((lyc_str){path, strlen(path)}) != LYC_OK) return -1;
  const lyc_agent_factory *factory = entry->get_factory(LYC_AGENT_FACTORY);
  lyc_agent *agent =
      factory ? factory->create(&host, (lyc_str){id, strlen(id)}, (lyc_str){config, strlen(config)}) : NULL;
  lyc_task_view view = {.struct_size = sizeof view, .max_steps = 10};
  if (!agent || agent->begin(agent, &view) != LYC_OK) return -1;
  cost->direct_ns = least(direct, NULL);
  cost->abi_ns = least(agent->act, agent);
  agent->destroy(agent);
  return 0;
}
