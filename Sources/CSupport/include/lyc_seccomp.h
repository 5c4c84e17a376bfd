// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* The system-call filter of every box. */
#ifndef LYC_SECCOMP_H
#define LYC_SECCOMP_H
#include <stddef.h>
#include <stdint.h>

/* The filter as an array of struct sock_filter (8 bytes each), for `bwrap --seccomp FD`; static, never freed.
 * `loopback` allows AF_INET and AF_INET6 sockets as well as AF_UNIX. *size is in bytes. */
const void *lyc_seccomp_filter(int loopback, size_t *size);

#endif
