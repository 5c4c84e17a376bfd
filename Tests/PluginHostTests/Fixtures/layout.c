// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/* Prints where every field of the ABI lies. ABI 1.0 is for machines with 64-bit pointers. */
#include <lyceum/lyceum.h>

#include <stdio.h>

#ifdef __cplusplus
#define PIN(what) static_assert(what, #what)
#else
#define PIN(what) _Static_assert(what, #what)
#endif
PIN(sizeof(void *) == 8);
PIN(sizeof(lyc_str) == 16 && sizeof(lyc_bytes) == 16 && sizeof(lyc_metric_value) == 24);
PIN(sizeof(lyc_entry) == 88 && sizeof(lyc_descriptor) == 104 && sizeof(lyc_factory) == 24);
PIN(sizeof(lyc_agent_factory) == 32 && sizeof(lyc_task_factory) == 32);
PIN(sizeof(lyc_agent) == 48 && sizeof(lyc_task) == 56 && sizeof(lyc_host) == 80);
PIN(sizeof(lyc_box_command) == 64 && sizeof(lyc_box_result) == 48);
PIN(offsetof(lyc_entry, magic) == 0 && offsetof(lyc_entry, struct_size) == 4);

#define S(type) printf(#type " %zu\n", sizeof(type));
#define F(type, field) printf("  " #field " %zu %zu\n", offsetof(type, field), sizeof(((type *)0)->field));

int main(void) {
  S(lyc_str) F(lyc_str, data) F(lyc_str, size)
  S(lyc_bytes) F(lyc_bytes, data) F(lyc_bytes, size)
  S(lyc_entry) F(lyc_entry, magic) F(lyc_entry, struct_size) F(lyc_entry, abi_version) F(lyc_entry, reserved)
  F(lyc_entry, name) F(lyc_entry, version) F(lyc_entry, toolchain) F(lyc_entry, init) F(lyc_entry, deinit)
  F(lyc_entry, get_factory)
  S(lyc_descriptor) F(lyc_descriptor, struct_size) F(lyc_descriptor, reserved) F(lyc_descriptor, id)
  F(lyc_descriptor, name) F(lyc_descriptor, version) F(lyc_descriptor, description) F(lyc_descriptor, license)
  F(lyc_descriptor, config_help)
  S(lyc_factory) F(lyc_factory, struct_size) F(lyc_factory, reserved) F(lyc_factory, count)
  F(lyc_factory, descriptor)
  S(lyc_host) F(lyc_host, struct_size) F(lyc_host, abi_version) F(lyc_host, host_data) F(lyc_host, name)
  F(lyc_host, version) F(lyc_host, get_extension) F(lyc_host, log) F(lyc_host, set_error)
  F(lyc_host, is_cancelled)
  S(lyc_task_view) F(lyc_task_view, struct_size) F(lyc_task_view, max_steps) F(lyc_task_view, max_milliseconds)
  F(lyc_task_view, step_milliseconds) F(lyc_task_view, task_id) F(lyc_task_view, title)
  F(lyc_task_view, definition) F(lyc_task_view, workspace) F(lyc_task_view, starter) F(lyc_task_view, params)
  F(lyc_task_view, metric) F(lyc_task_view, higher_is_better) F(lyc_task_view, reserved)
  S(lyc_observation) F(lyc_observation, struct_size) F(lyc_observation, flags) F(lyc_observation, step)
  F(lyc_observation, steps_left) F(lyc_observation, milliseconds_left) F(lyc_observation, output)
  F(lyc_observation, output_elided) F(lyc_observation, exit_code) F(lyc_observation, term_signal)
  F(lyc_observation, grade) F(lyc_observation, score)
  S(lyc_decision) F(lyc_decision, struct_size) F(lyc_decision, reserved) F(lyc_decision, thought)
  F(lyc_decision, action) F(lyc_decision, path) F(lyc_decision, input) F(lyc_decision, arguments)
  S(lyc_agent) F(lyc_agent, struct_size) F(lyc_agent, reserved) F(lyc_agent, plugin_data) F(lyc_agent, begin)
  F(lyc_agent, act) F(lyc_agent, destroy) F(lyc_agent, get_extension)
  S(lyc_agent_factory) F(lyc_agent_factory, list) F(lyc_agent_factory, create)
  S(lyc_metric_value) F(lyc_metric_value, name) F(lyc_metric_value, value)
  S(lyc_grade) F(lyc_grade, struct_size) F(lyc_grade, outcome) F(lyc_grade, metrics) F(lyc_grade, metric_count)
  F(lyc_grade, reason) F(lyc_grade, details)
  S(lyc_task) F(lyc_task, struct_size) F(lyc_task, reserved) F(lyc_task, plugin_data) F(lyc_task, describe)
  F(lyc_task, prepare) F(lyc_task, grade) F(lyc_task, destroy) F(lyc_task, get_extension)
  S(lyc_task_factory) F(lyc_task_factory, list) F(lyc_task_factory, create)
  S(lyc_host_random) F(lyc_host_random, struct_size) F(lyc_host_random, reserved) F(lyc_host_random, next)
  S(lyc_host_submission) F(lyc_host_submission, struct_size) F(lyc_host_submission, reserved)
  F(lyc_host_submission, put_file) F(lyc_host_submission, read_file)
  S(lyc_box_command) F(lyc_box_command, struct_size) F(lyc_box_command, box) F(lyc_box_command, script)
  F(lyc_box_command, submission_script) F(lyc_box_command, environment) F(lyc_box_command, milliseconds)
  S(lyc_box_result) F(lyc_box_result, struct_size) F(lyc_box_result, flags) F(lyc_box_result, exit_code)
  F(lyc_box_result, term_signal) F(lyc_box_result, output) F(lyc_box_result, result)
  S(lyc_host_task_box) F(lyc_host_task_box, struct_size) F(lyc_host_task_box, reserved) F(lyc_host_task_box, run)
  return 0;
}
