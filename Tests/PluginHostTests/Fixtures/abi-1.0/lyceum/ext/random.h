/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* Random numbers that repeat with the run's seed. For agents and tasks. */
#ifndef LYCEUM_EXT_RANDOM_H
#define LYCEUM_EXT_RANDOM_H

#include "../host.h"

#define LYC_HOST_RANDOM "lyceum.host.random/1"

typedef struct lyc_host_random {
  uint32_t struct_size;
  uint32_t reserved;
  /* The next 64 bits of this instance's stream: SplitMix64 seeded from the trial's seed. [run-thread] */
  uint64_t (*next)(const lyc_host *host);
} lyc_host_random;

#endif
