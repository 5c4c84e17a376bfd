// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

#pragma once
#include <git2.h>
#include <git2/odb_backend.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>

/* Starts libgit2 for repositories of the host's own: no configuration of the machine or of a user plays a part,
 * objects are not hashed again when they are read, at most 8 MB of them are cached. Negative when that failed. */
static inline int lyc_git_setup(void) {
  int done = git_libgit2_init();
  if (done < 0) return done;
  static const int levels[] = {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                               GIT_CONFIG_LEVEL_GLOBAL};
  for (unsigned i = 0; i < sizeof levels / sizeof *levels; i++) {
    done = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    if (done < 0) return done;
  }
  git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, "");
  git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
  git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)(8 << 20));
  return 0;
}
