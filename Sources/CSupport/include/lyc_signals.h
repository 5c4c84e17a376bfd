// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* Signals as bytes in a pipe, for programs that wait with poll(2). */
#ifndef LYC_SIGNALS_H
#define LYC_SIGNALS_H
#include <stddef.h>

/* From now on each of `signals` writes its number as one byte to a pipe instead of its default action.
 * Returns a close-on-exec, non-blocking descriptor of the pipe's reading end, the caller's to close, or -1 with
 * errno. Every call in a process reads from the same pipe. One thread at a time. */
int lyc_catch_signals(const int *signals, size_t count);

#endif
