/* SPDX-License-Identifier: Apache-2.0
 * Copyright the Lyceum authors */

/* The words that every part of the plugin ABI uses. ABI 1.0.
 *
 * Rules that hold everywhere
 *  - C99. No bit fields, unions, variadics, enums, bool, long or time_t cross the line.
 *  - Every struct that crosses by pointer begins with `uint32_t struct_size`, set by the side that fills it to
 *    the sizeof that it was compiled with. Fields are only ever appended. A reader uses LYC_HAS before it
 *    touches a field that is newer than 1.0. Views and array elements have no size and never change.
 *  - Text is UTF-8, as (pointer, length) views; never terminated. size == 0 allows data == NULL.
 *  - Nothing is ever freed across the line:
 *      arguments          are borrowed for the call; who wants to keep them copies them;
 *      a plugin's results live until the next call on the same instance, or its destroy();
 *      a host's results   live until the plugin callback that asked for them returns;
 *      descriptors, factories and vtables are static: valid until the process ends.
 *  - Every call returns a status. Words for a failure go through lyc_host.set_error before it returns.
 *  - No exception, panic, longjmp or exit() crosses the line.
 *  - A plugin lives in a process of its own (the runner): no network, no files but itself and its libraries.
 *    What it prints to descriptors 1 and 2 goes to the trial's log. It must leave descriptor 3 and signal
 *    handlers alone. Its crash, hang or exit ends its own trial and nothing else.
 *  - It is never unloaded: the process ends instead.
 *
 * Threads
 *  [scan]        before any instance exists; no host service may be called
 *  [run-thread]  one call at a time for each instance, always on the same thread in this version
 *  [any-thread]  may be called from any thread at any time */
#ifndef LYCEUM_ABI_H
#define LYCEUM_ABI_H

#include <stddef.h>
#include <stdint.h>

#define LYC_ABI_MAJOR 1u /* a break: another entry symbol, and old plugins are refused */
#define LYC_ABI_MINOR 0u /* appended fields or functions: both directions keep working */
#define LYC_ABI_VERSION ((LYC_ABI_MAJOR << 16) | LYC_ABI_MINOR)

#if defined(__GNUC__) || defined(__clang__)
#define LYC_EXPORT __attribute__((visibility("default")))
#else
#define LYC_EXPORT
#endif

/* True when `field` lies inside the part of *p that its author filled, and is not NULL or zero. */
#define LYC_HAS(p, field)                                                                                    \
  ((size_t)(p)->struct_size >=                                                                               \
     (size_t)((const char *)&(p)->field - (const char *)(p)) + sizeof((p)->field) &&                         \
   (p)->field)

typedef struct lyc_str {
  const char *data;
  size_t size; /* bytes */
} lyc_str;

typedef struct lyc_bytes {
  const uint8_t *data;
  size_t size;
} lyc_bytes;

/* A string literal as a view. */
#ifdef __cplusplus
#define LYC_STR(literal) (lyc_str{literal, sizeof(literal) - 1})
#else
#define LYC_STR(literal) ((lyc_str){literal, sizeof(literal) - 1})
#endif

/* 0 is success. A value that the reader does not know means LYC_FAILED. */
typedef int32_t lyc_status;
#define LYC_OK 0
#define LYC_FAILED 1      /* set_error says why */
#define LYC_CANCELLED 2   /* gave up because is_cancelled() said so */
#define LYC_UNSUPPORTED 3 /* this side does not do that */
#define LYC_INVALID 4     /* an argument breaks the rules of the call */
#define LYC_NOT_FOUND 5
#define LYC_DENIED 6      /* not allowed to this plugin, or not now */
#define LYC_LIMIT 7       /* a budget or a size is used up */
#define LYC_TIMED_OUT 8

#define LYC_LOG_DEBUG 0
#define LYC_LOG_INFO 1
#define LYC_LOG_WARNING 2
#define LYC_LOG_ERROR 3

#endif
