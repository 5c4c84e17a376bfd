// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

#include "lyc_seccomp.h"
const void *lyc_seccomp_filter(int loopback, size_t *size) { (void)loopback; *size = 0; return NULL; }
