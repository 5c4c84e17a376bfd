// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* A task whose configuration says how it behaves. */
#include <lyceum/lyceum.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const lyc_host *host;
static char mode[65536];
static char text[4096];
static lyc_metric_value values[80];

static int is(const char *word) { return strcmp(mode, word) == 0; }

static lyc_status fail(const char *words) {
  host->set_error(host, (lyc_str){words, strlen(words)});
  return LYC_FAILED;
}

static const char spec[] =
    "{\"id\":\"test\",\"version\":1,\"title\":\"T\",\"area\":\"a\",\"definition\":\"d\",\"avoid\":[],"
    "\"metrics\":[{\"name\":\"acc\",\"direction\":\"higher\",\"primary\":true,\"lowest\":0,\"highest\":1,\"tolerance\":0},"
    "{\"name\":\"loss\",\"direction\":\"lower\",\"primary\":false,\"tolerance\":0}],"
    "\"limits\":{\"steps\":5,\"step_seconds\":10,\"trial_seconds\":60,\"output_bytes\":4096,\"memory_mb\":256,"
    "\"processes\":32,\"cpus\":1,\"file_mb\":16},\"profile\":\"default\",\"workspacePath\":\"/home/agent/work\","
    "\"packages\":[],\"sources\":[],\"submission\":[\"answer.txt\"]}";

static lyc_status describe(lyc_task *task, lyc_str *json) {
  (void)task;
  *json = mode[0] == '{' ? (lyc_str){mode, strlen(mode)} : LYC_STR(spec);
  return LYC_OK;
}

static lyc_status prepare(lyc_task *task, uint64_t seed) {
  (void)task;
  const lyc_host_submission *files = host->get_extension(host, LYC_HOST_SUBMISSION);
  if (!files) return fail("no files");
  lyc_bytes path = {(const uint8_t *)"data/seed.txt", 13}, up = {(const uint8_t *)"../x", 4};
  int n = snprintf(text, sizeof text, "%llu", (unsigned long long)seed);
  lyc_status s = files->put_file(host, path, (lyc_bytes){(uint8_t *)text, (size_t)n}, 1);
  if (s != LYC_OK) return fail("put_file failed");
  if (files->put_file(host, up, (lyc_bytes){NULL, 0}, 0) != LYC_INVALID) return fail("a path left the workspace");
  lyc_bytes content;
  if (files->read_file(host, path, 10, &content) != LYC_DENIED) return fail("read_file was not denied");
  const lyc_host_task_box *boxes = host->get_extension(host, LYC_HOST_TASK_BOX);
  if (!boxes) return LYC_OK;
  lyc_box_command command = {.struct_size = sizeof command, .box = LYC_BOX_PREPARE, .script = LYC_STR("make data"),
                             .environment = LYC_STR("SEED=7\nEMPTY=\n"), .milliseconds = 1500};
  lyc_box_result result = {.struct_size = sizeof result};
  s = boxes->run(host, &command, &result);
  if (s != LYC_OK) return s;
  if (!(result.flags & LYC_BOX_EXITED) || result.exit_code != 3 || result.output.size != 5 ||
      memcmp(result.output.data, "hello", 5) || result.result.size != 2 || memcmp(result.result.data, "ok", 2))
    return fail("the result is not what the host gave");
  command.environment = LYC_STR("9=1");
  if (boxes->run(host, &command, &result) != LYC_INVALID) return fail("a bad name was taken");
  command.box = LYC_BOX_GRADE;
  if (boxes->run(host, &command, &result) != LYC_DENIED) return fail("a grading box was given");
  command.struct_size = 8;
  return boxes->run(host, &command, &result) == LYC_INVALID ? LYC_OK : fail("a short struct was taken");
}

static lyc_status grade(lyc_task *task, uint32_t split, uint64_t seed, lyc_grade *g) {
  (void)task;
  (void)seed;
  g->outcome = LYC_GRADE_SCORED;
  values[0] = (lyc_metric_value){LYC_STR("acc"), split == LYC_SPLIT_TEST ? 0.5 : 0.25};
  values[1] = (lyc_metric_value){LYC_STR("loss"), 3};
  g->metrics = values;
  g->metric_count = 2;
  if (is("read")) {
    const lyc_host_submission *files = host->get_extension(host, LYC_HOST_SUBMISSION);
    lyc_bytes content, path = {(const uint8_t *)"answer.txt", 10}, none = {(const uint8_t *)"none", 4};
    if (files->read_file(host, none, 100, &content) != LYC_NOT_FOUND) return fail("found what is not there");
    if (files->read_file(host, path, 2, &content) != LYC_LIMIT) return fail("the limit was not kept");
    if (files->put_file(host, path, content, 0) != LYC_DENIED) return fail("put_file was not denied");
    if (files->read_file(host, path, 100, &content) != LYC_OK) return fail("read_file failed");
    values[0].value = content.size / 10.0;
  }
  if (is("box")) {
    const lyc_host_task_box *boxes = host->get_extension(host, LYC_HOST_TASK_BOX);
    lyc_box_command command = {.struct_size = sizeof command, .box = LYC_BOX_GRADE, .script = LYC_STR("true")};
    lyc_box_result result = {.struct_size = sizeof result};
    lyc_status s = boxes->run(host, &command, &result);
    if (s != LYC_OK) return s;
  }
  if (is("refuse")) {
    g->outcome = LYC_GRADE_REFUSED;
    g->reason = LYC_STR("answer.txt is empty");
    g->details = LYC_STR("{\"lines\": 0}");
  }
  if (is("missing")) g->metric_count = 1;
  if (is("undeclared")) values[1].name = LYC_STR("speed");
  if (is("twice")) values[1].name = LYC_STR("acc");
  if (is("nan")) values[1].value = NAN;
  if (is("range")) values[0].value = 1.5;
  if (is("outcome")) g->outcome = 9;
  if (is("details")) g->details = LYC_STR("nothing");
  if (is("many")) g->metric_count = 65;
  if (is("fails")) return fail("the grader broke");
  if (is("crash")) abort();
  return LYC_OK;
}

static void destroy(lyc_task *task) { free(task); }

static uint32_t count(void) { return 1; }
static const lyc_descriptor it = {
    .struct_size = sizeof it, .id = {"test.task", 9}, .name = {"Test", 4}, .version = {"1", 1}};
static const lyc_descriptor *descriptor(uint32_t index) { return index == 0 ? &it : NULL; }

static lyc_task *create(const lyc_host *h, lyc_str id, lyc_str config) {
  host = h;
  if (id.size != 9 || memcmp(id.data, "test.task", 9) || config.size >= sizeof mode) {
    fail("no such task");
    return NULL;
  }
  if (config.size) memcpy(mode, config.data, config.size);
  mode[config.size] = 0;
  lyc_task *task = calloc(1, sizeof *task);
  if (!task) return NULL;
  task->struct_size = sizeof *task;
  task->describe = describe;
  task->prepare = prepare;
  task->grade = grade;
  task->destroy = destroy;
  return task;
}

static const lyc_task_factory factory = {
    .list = {.struct_size = sizeof factory, .count = count, .descriptor = descriptor}, .create = create};
static lyc_status init(lyc_str path) {
  (void)path;
  return LYC_OK;
}
static void deinit(void) {}
static const void *get_factory(const char *id) { return strcmp(id, LYC_TASK_FACTORY) == 0 ? &factory : NULL; }
static const lyc_entry entry = {
    .magic = LYC_ENTRY_MAGIC, .struct_size = sizeof entry, .abi_version = LYC_ABI_VERSION, .name = {"test-task", 9},
    .version = {"1.0", 3}, .toolchain = {"cc", 2}, .init = init, .deinit = deinit, .get_factory = get_factory};

const lyc_entry *lyceum_plugin_entry_v1(uint32_t host_abi) {
  (void)host_abi;
  return &entry;
}
