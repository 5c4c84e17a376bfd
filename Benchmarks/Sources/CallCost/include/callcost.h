// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* What a call through the plugin ABI costs, beside a direct call of the same function. */
#ifndef CALLCOST_H
#define CALLCOST_H
#include <stdint.h>

typedef struct call_cost {
  double direct_ns; /* least of 40 batches */
  double abi_ns;
} call_cost;

/* Loads the plugin at `path` into this process, creates its agent `id` and times act(). 0, or -1 when the plugin
 * cannot be used. */
int call_cost_measure(const char *path, const char *id, const char *config, call_cost *cost);

#endif
