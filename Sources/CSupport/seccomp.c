// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* What no program in a box may ask of the kernel. Everything else is allowed, and costs nothing more than before:
 * the kernel remembers which calls are always allowed. Loads of arguments read the low 32 bits, as the kernel
 * does for the arguments that are looked at here; the high bits are the agent's to vary and change nothing. */
#define _GNU_SOURCE
#include "lyc_seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "offsets of arguments are for little-endian machines"
#endif

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "no system-call filter for this architecture"
#endif

/* Calls that are younger than this list are answered as by an older kernel; libraries then fall back.
 * x32 calls have bit 30 set and fall under the same rule. */
#define NEWEST_KNOWN 450

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define LOAD_NUMBER LOAD(offsetof(struct seccomp_data, nr))
#define LOAD_ARGUMENT(n) LOAD((unsigned)(offsetof(struct seccomp_data, args) + 8 * (n)))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define FAIL(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
/* Skips `n` instructions unless the condition holds. */
#define UNLESS_EQUAL(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (n))
#define UNLESS_ANY_BIT(mask, n) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (mask), 0, (n))
#define UNLESS_ABOVE(value, n) BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (value), 0, (n))

#define DENY(call, error) UNLESS_EQUAL(SYS_##call, 1), FAIL(error)
/* Fails when argument `n` has a bit of `mask`. The number is gone from the accumulator: the call ends here. */
#define DENY_BITS(call, n, mask, error) \
  UNLESS_EQUAL(SYS_##call, 4), LOAD_ARGUMENT(n), UNLESS_ANY_BIT((mask), 1), FAIL(error), ALLOW
#define DENY_BITS_IF(call, n, mask, if_n, if_mask, error)                                                   \
  UNLESS_EQUAL(SYS_##call, 6), LOAD_ARGUMENT(if_n), UNLESS_ANY_BIT((if_mask), 3), LOAD_ARGUMENT(n),         \
      UNLESS_ANY_BIT((mask), 1), FAIL(error), ALLOW

/* Fails unless argument `n`, a process, is 0: the caller itself. */
#define OTHERS(call, n) UNLESS_EQUAL(SYS_##call, 4), LOAD_ARGUMENT(n), UNLESS_EQUAL(0, 1), ALLOW, FAIL(EPERM)

#define NAMESPACES \
  (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)
#define SET_ID 06000 /* files that lend their owner's identity must not be left in a workspace */
#define CREATES (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))
enum { TIOCSTI_REQUEST = 0x5412, TIOCLINUX_REQUEST = 0x541c };

#define COMMON                                                                                                    \
  LOAD(offsetof(struct seccomp_data, arch)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0), FAIL(ENOSYS), \
      LOAD_NUMBER, UNLESS_ABOVE(NEWEST_KNOWN, 1), FAIL(ENOSYS), /* other processes */                             \
      DENY(ptrace, EPERM), DENY(process_vm_readv, EPERM), DENY(process_vm_writev, EPERM), DENY(kcmp, EPERM),      \
      DENY(pidfd_getfd, EPERM), DENY(process_madvise, EPERM), /* large or young parts of the kernel */            \
      DENY(bpf, EPERM), DENY(perf_event_open, EPERM), DENY(userfaultfd, EPERM), DENY(io_uring_setup, ENOSYS),     \
      DENY(io_uring_enter, ENOSYS), DENY(io_uring_register, ENOSYS), DENY(keyctl, EPERM), DENY(add_key, EPERM),   \
      DENY(request_key, EPERM), DENY(kexec_load, EPERM), DENY(kexec_file_load, EPERM), DENY(init_module, EPERM),  \
      DENY(finit_module, EPERM), DENY(delete_module, EPERM), DENY(fanotify_init, EPERM), DENY(quotactl, EPERM),   \
      DENY(quotactl_fd, EPERM), DENY(lookup_dcookie, EPERM), DENY(move_pages, EPERM), DENY(migrate_pages, EPERM), \
      DENY(mbind, EPERM), /* mounts and namespaces */                                                             \
      DENY(mount, EPERM), DENY(umount2, EPERM), DENY(pivot_root, EPERM), DENY(chroot, EPERM), DENY(setns, EPERM), \
      DENY(unshare, EPERM), DENY(open_tree, EPERM), DENY(move_mount, EPERM), DENY(fsopen, EPERM),                 \
      DENY(fsconfig, EPERM), DENY(fsmount, EPERM), DENY(fspick, EPERM), DENY(mount_setattr, EPERM),               \
      DENY(name_to_handle_at, EPERM), DENY(open_by_handle_at, EPERM), /* the machine */                           \
      DENY(swapon, EPERM), DENY(swapoff, EPERM), DENY(reboot, EPERM), DENY(acct, EPERM), DENY(syslog, EPERM),     \
      DENY(settimeofday, EPERM), DENY(clock_settime, EPERM), DENY(clock_adjtime, EPERM), DENY(adjtimex, EPERM),   \
      DENY(sethostname, EPERM), DENY(setdomainname, EPERM), DENY(vhangup, EPERM),                                 \
      /* their arguments lie behind pointers; callers fall back to clone and openat */                            \
      DENY(clone3, ENOSYS), DENY(openat2, ENOSYS), DENY_BITS(clone, 0, NAMESPACES, EPERM),                        \
      DENY_BITS(fchmod, 1, SET_ID, EPERM), DENY_BITS(fchmodat, 2, SET_ID, EPERM),                                 \
      DENY_BITS(mknodat, 2, SET_ID, EPERM), DENY_BITS_IF(openat, 3, SET_ID, 2, CREATES, EPERM),         \
      /* scheduling of others: of PID 1 above all */                                                             \
      OTHERS(sched_setscheduler, 0), OTHERS(sched_setparam, 0), OTHERS(sched_setattr, 0),                       \
      OTHERS(sched_setaffinity, 0), OTHERS(ioprio_set, 1), UNLESS_EQUAL(SYS_setpriority, 6), LOAD_ARGUMENT(0),   \
      UNLESS_EQUAL(PRIO_PROCESS, 3), LOAD_ARGUMENT(1), UNLESS_EQUAL(0, 1), ALLOW, FAIL(EPERM),                  \
      /* space by the gigabyte before anybody can look; the C library writes instead */                         \
      DENY(fallocate, EOPNOTSUPP),                                                                              \
      /* limits of others, keystrokes */                                                                          \
      UNLESS_EQUAL(SYS_prlimit64, 4), LOAD_ARGUMENT(0), UNLESS_EQUAL(0, 1), ALLOW, FAIL(EPERM),                   \
      UNLESS_EQUAL(SYS_ioctl, 6), LOAD_ARGUMENT(1), UNLESS_EQUAL(TIOCSTI_REQUEST, 1), FAIL(EPERM),                \
      UNLESS_EQUAL(TIOCLINUX_REQUEST, 1), FAIL(EPERM), ALLOW

#if defined(__x86_64__)
#define OLD_CALLS                                                                                              \
  DENY(ioperm, EPERM), DENY(iopl, EPERM), DENY(modify_ldt, EPERM), DENY(uselib, ENOSYS), DENY(sysfs, ENOSYS), \
      DENY(ustat, ENOSYS), DENY_BITS(chmod, 1, SET_ID, EPERM), DENY_BITS(creat, 1, SET_ID, EPERM),             \
      DENY_BITS(mknod, 1, SET_ID, EPERM), DENY_BITS_IF(open, 2, SET_ID, 1, CREATES, EPERM)
#else
#define OLD_CALLS DENY(nfsservctl, ENOSYS)
#endif

/* Calls whose argument `n` may be `value` alone. */
#define ALLOW_ONLY(call, n, value, error) \
  UNLESS_EQUAL(SYS_##call, 4), LOAD_ARGUMENT(n), UNLESS_EQUAL((value), 1), ALLOW, FAIL(error)

/* In loopback mode: Unix, the questions about routes that getaddrinfo(3) asks, TCP and UDP. */
#define LOOPBACK_SOCKETS                                                                                    \
  UNLESS_EQUAL(SYS_socket, 18), LOAD_ARGUMENT(0), UNLESS_EQUAL(AF_UNIX, 1), ALLOW, /* */                    \
      UNLESS_EQUAL(AF_NETLINK, 4), LOAD_ARGUMENT(2), UNLESS_EQUAL(0, 1), ALLOW, FAIL(EAFNOSUPPORT), /* */   \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0), UNLESS_EQUAL(AF_INET6, 7), LOAD_ARGUMENT(2), /* */ \
      UNLESS_EQUAL(0, 1), ALLOW, UNLESS_EQUAL(IPPROTO_TCP, 1), ALLOW, UNLESS_EQUAL(IPPROTO_UDP, 1), ALLOW,  \
      FAIL(EAFNOSUPPORT)

static const struct sock_filter no_network[] = {
    COMMON, OLD_CALLS, ALLOW_ONLY(socketpair, 0, AF_UNIX, EAFNOSUPPORT),
    ALLOW_ONLY(socket, 0, AF_UNIX, EAFNOSUPPORT), ALLOW};

static const struct sock_filter with_loopback[] = {
    COMMON, OLD_CALLS, ALLOW_ONLY(socketpair, 0, AF_UNIX, EAFNOSUPPORT), LOOPBACK_SOCKETS, ALLOW};

const void *lyc_seccomp_filter(int loopback, size_t *size) {
  *size = loopback ? sizeof with_loopback : sizeof no_network;
  return loopback ? with_loopback : no_network;
}
