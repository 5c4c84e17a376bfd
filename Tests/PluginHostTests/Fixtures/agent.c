// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* An agent whose configuration says how it behaves. Macros bend the entry out of shape. */
#include <lyceum/lyceum.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef INTERP /* a library that names a loader of its own */
const char loader[] __attribute__((section(".interp"))) = INTERP;
#endif

#ifndef MAGIC
#define MAGIC LYC_ENTRY_MAGIC
#endif
#ifndef ABI
#define ABI LYC_ABI_VERSION
#endif
#ifndef ENTRY_SIZE
#define ENTRY_SIZE sizeof(lyc_entry)
#endif
#ifndef DESCRIPTOR_SIZE
#define DESCRIPTOR_SIZE sizeof(lyc_descriptor)
#endif
#ifndef AGENT_SIZE
#define AGENT_SIZE sizeof(lyc_agent)
#endif
#ifndef ID
#define ID "test.agent"
#endif
#ifndef INIT_STATUS
#define INIT_STATUS LYC_OK
#endif

static const lyc_host *host;
static char mode[64];
static char text[32 << 20];
static uint32_t acts;

static int is(const char *word) { return strcmp(mode, word) == 0; }

static lyc_status fail(const char *words) {
  host->set_error(host, (lyc_str){words, strlen(words)});
  return LYC_FAILED;
}

static lyc_status begin(lyc_agent *agent, const lyc_task_view *task) {
  (void)agent;
  if (is("begin-fails")) return fail("no such luck");
  snprintf(text, sizeof text, "%.*s|%.*s|%.*s|%d|%u", (int)task->task_id.size, task->task_id.data,
           (int)task->workspace.size, task->workspace.data, (int)task->metric.size, task->metric.data,
           (int)task->higher_is_better, task->max_steps);
  return LYC_OK;
}

static void *elsewhere(void *cancelled) {
  const lyc_host_random *random = host->get_extension(host, LYC_HOST_RANDOM);
  for (int i = 0; i < 50; i++) host->log(host, LYC_LOG_INFO, LYC_STR("from a thread"));
  if (random) random->next(host);
  *(int32_t *)cancelled = host->is_cancelled(host);
  return NULL;
}

static lyc_status act(lyc_agent *agent, const lyc_observation *o, lyc_decision *d) {
  (void)agent;
  acts++;
  d->action = LYC_STR("bash");
  if (is("echo")) {
    int n = snprintf(text, sizeof text, "flags=%u step=%u left=%u ms=%llu exit=%d signal=%d elided=%llu score=%g grade=%.*s out=",
                     o->flags, o->step, o->steps_left, (unsigned long long)o->milliseconds_left, o->exit_code,
                     o->term_signal, (unsigned long long)o->output_elided, o->score, (int)o->grade.size, o->grade.data);
    if (o->output.size) memcpy(text + n, o->output.data, o->output.size);
    d->input = (lyc_bytes){(uint8_t *)text, (size_t)n + o->output.size};
    d->thought = (lyc_bytes){(const uint8_t *)"I think \xff", 9};
    d->path = (lyc_bytes){(const uint8_t *)"a/b", 3};
    d->arguments = LYC_STR("{\"k\": [1, null]}");
    return LYC_OK;
  }
  if (is("begin")) {
    d->input = (lyc_bytes){(uint8_t *)text, strlen(text)};
    return LYC_OK;
  }
  if (is("segfault")) *(volatile int *)8 = 1;
  if (is("abort")) abort();
  if (is("exit")) exit(7);
  if (is("hang")) for (;;) pause();
  if (is("spin")) for (;;) host->log(host, LYC_LOG_DEBUG, LYC_STR("still here"));
  if (is("print")) {
    for (int i = 0; i < 5000; i++) printf("line %d of what it prints\n", i);
    fputs("no newline", stdout);
    fflush(stdout);
    fprintf(stderr, "\nto stderr\n");
  }
  if (is("print-much")) {
    memset(text, 'x', sizeof text);
    if (write(1, text, sizeof text) < 0) return LYC_FAILED;
    for (int i = 0; i < 20000; i++) if (write(1, "y\n", 2) < 0) return LYC_FAILED;
  }
  if (is("log")) {
    memset(text, 'z', 9000);
    host->log(host, LYC_LOG_WARNING, (lyc_str){text, 9000});
    host->log(host, 77, LYC_STR("odd level"));
    for (int i = 0; i < 12000; i++) host->log(host, LYC_LOG_DEBUG, LYC_STR("many"));
  }
  if (is("fails")) return fail("first\nsecond \x1b[31m");
  if (is("fails-silently")) return 4711;
  if (is("is-cancelled")) return LYC_CANCELLED;
  if (is("no-name")) d->action.size = 0;
  if (is("long-name")) d->action = (lyc_str){text, 65};
  if (is("bad-name")) d->action = LYC_STR("Bash;");
  if (is("not-text")) d->action = LYC_STR("ba\xff");
  if (is("null")) d->input = (lyc_bytes){NULL, 12};
  if (is("big-input")) d->input = (lyc_bytes){(uint8_t *)text, (16u << 20) + 1};
  if (is("largest-input")) d->input = (lyc_bytes){(uint8_t *)text, 16u << 20};
  if (is("big-thought")) d->thought = (lyc_bytes){(uint8_t *)text, (1u << 20) + 1};
  if (is("nul-path")) d->path = (lyc_bytes){(const uint8_t *)"a\0b", 3};
  if (is("bad-arguments")) d->arguments = LYC_STR("[1]");
  if (is("close")) {
    close(3);
    for (;;) pause();
  }
  if (is("fork")) {
    if (fork() == 0) {
      alarm(20);
      for (;;) pause();
    }
    _exit(9);
  }
  /* What a plugin that writes to the host's socket itself can do. */
  if (is("lie-kind")) {
    if (write(3, "\0\0\0\0\x63\0\0\0\1\0\0\0\0\0\0\0", 16) < 0) return LYC_FAILED;
    pause();
  }
  if (is("lie-length")) {
    if (write(3, "\xff\xff\xff\x7f\4\0\0\x80\3\0\0\0\0\0\0\0", 16) < 0) return LYC_FAILED;
    pause();
  }
  if (is("lie-call")) {
    if (write(3, "\x08\0\0\0\4\0\0\x80\x63\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 24) < 0) return LYC_FAILED;
    pause();
  }
  if (is("lie-payload")) {
    if (write(3, "\x09\0\0\0\4\0\0\x80\4\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0", 25) < 0) return LYC_FAILED;
    pause();
  }
  if (is("lie-request")) {
    if (write(3, "\0\0\0\0\6\0\0\0\1\0\0\0\0\0\0\0", 16) < 0) return LYC_FAILED;
    pause();
  }
  if (is("random")) {
    const lyc_host_random *random = host->get_extension(host, LYC_HOST_RANDOM);
    if (!random) return fail("no random service");
    unsigned long long a = random->next(host), b = random->next(host);
    d->input = (lyc_bytes){(uint8_t *)text, (size_t)snprintf(text, sizeof text, "%llu %llu", a, b)};
  }
  if (is("services")) {
    const char *ids[] = {LYC_HOST_RANDOM, LYC_HOST_TASK_BOX, LYC_HOST_SUBMISSION, "lyceum.host.no-such/1", ""};
    for (int i = 0; i < 5; i++) text[i] = host->get_extension(host, ids[i]) ? 'y' : 'n';
    d->input = (lyc_bytes){(uint8_t *)text, 5};
  }
  if (is("wait")) while (!host->is_cancelled(host)) {}
  if (is("threads")) {
    pthread_t t[4];
    int32_t c[4];
    for (int i = 0; i < 4; i++) pthread_create(&t[i], NULL, elsewhere, &c[i]);
    for (int i = 0; i < 50; i++) host->is_cancelled(host);
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
  }
  if (is("host")) {
    d->input = (lyc_bytes){(uint8_t *)text, (size_t)snprintf(text, sizeof text, "%.*s %u %s %s", (int)host->name.size,
      host->name.data, host->abi_version, getenv("HOME") ? "home" : "-", getenv("SWIFT_BACKTRACE"))};
  }
  return LYC_OK;
}

static void destroy(lyc_agent *agent) {
  if (is("destroy-hangs")) for (;;) pause();
  free(agent);
}

static const void *extension(lyc_agent *agent, const char *id) {
  (void)agent;
  (void)id;
  return NULL;
}

static uint32_t count(void) { return 1
#ifdef TWICE
    + 1
#endif
    ; }

static const lyc_descriptor it = {
    .struct_size = DESCRIPTOR_SIZE, .id = {ID, sizeof(ID) - 1}, .name = {"Test", 4}, .version = {"1", 1},
    .license = {"Apache-2.0", 10}};

static const lyc_descriptor *descriptor(uint32_t index) { return index < count() ? &it : NULL; }

static lyc_agent *create(const lyc_host *h, lyc_str id, lyc_str config) {
  host = h;
  if (id.size != sizeof(ID) - 1 || memcmp(id.data, ID, id.size) != 0) {
    fail("no such agent");
    return NULL;
  }
  if (config.size >= sizeof mode) {
    fail("config is too long");
    return NULL;
  }
  if (config.size) memcpy(mode, config.data, config.size);
  mode[config.size] = 0;
  if (is("create-fails")) {
    fail("create says no");
    return NULL;
  }
  if (is("create-crashes")) abort();
  if (is("early-service") && host->get_extension(host, LYC_HOST_RANDOM)) abort();
  lyc_agent *agent = calloc(1, sizeof *agent);
  if (!agent) return NULL;
  agent->struct_size = AGENT_SIZE;
  agent->begin = begin;
  agent->act = act;
  agent->destroy = destroy;
  agent->get_extension = extension;
  return agent;
}

static const lyc_agent_factory factory = {
    .list = {.struct_size = sizeof factory, .count = count, .descriptor = descriptor}, .create = create};

static lyc_status init(lyc_str path) {
  (void)path;
  return INIT_STATUS;
}
static void deinit(void) {}
static const void *get_factory(const char *id) { return strcmp(id, LYC_AGENT_FACTORY) == 0 ? &factory : NULL; }

static const lyc_entry entry = {
    .magic = MAGIC, .struct_size = ENTRY_SIZE, .abi_version = ABI, .name = {"test-agent", 10}, .version = {"1.0", 3},
    .toolchain = {"cc", 2}, .init = init, .deinit = deinit, .get_factory = get_factory};

#ifdef EXPORTS_MORE
LYC_EXPORT int another_symbol;
#endif

#ifndef ENTRY
#define ENTRY lyceum_plugin_entry_v1
#endif
LYC_EXPORT const lyc_entry *ENTRY(uint32_t host_abi);
const lyc_entry *ENTRY(uint32_t host_abi) {
  (void)host_abi;
  const lyc_entry *mine = &entry;
#ifdef REFUSES
  mine = NULL;
#endif
  return mine;
}
