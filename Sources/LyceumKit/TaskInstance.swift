// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CLyceum

/// One task behind its C table. The table owns the instance until `destroy`.
@safe final class TaskInstance {
  private let host: HostServices
  private var task: any ResearchTask
  private let results = Results()

  private init(host: HostServices, task: any ResearchTask) {
    self.host = host
    self.task = task
  }

  static func table(
    _ type: any ResearchTask.Type, config: String, host: HostServices
  ) throws -> UnsafeMutablePointer<lyc_task> {
    let instance = TaskInstance(host: host, task: try type.init(config: config, host: host))
    let table = UnsafeMutablePointer<lyc_task>.allocate(capacity: 1)
    unsafe table.initialize(
      to: lyc_task(
        struct_size: UInt32(MemoryLayout<lyc_task>.size), reserved: 0,
        plugin_data: Unmanaged.passRetained(instance).toOpaque(),
        describe: { unsafe TaskInstance.of($0)?.describe($1) ?? LYC_INVALID },
        prepare: { unsafe TaskInstance.of($0)?.prepare($1) ?? LYC_INVALID },
        grade: { unsafe TaskInstance.of($0)?.grade($1, $2, $3) ?? LYC_INVALID },
        destroy: { table in
          guard let table = unsafe table, let data = unsafe table.pointee.plugin_data else { return }
          unsafe Unmanaged<TaskInstance>.fromOpaque(data).release()
          unsafe table.deallocate()
        },
        get_extension: nil))
    return unsafe table
  }

  private static func of(_ table: UnsafeMutablePointer<lyc_task>?) -> TaskInstance? {
    guard let data = unsafe table?.pointee.plugin_data else { return nil }
    return unsafe Unmanaged<TaskInstance>.fromOpaque(data).takeUnretainedValue()
  }

  private func describe(_ json: UnsafeMutablePointer<lyc_str>?) -> lyc_status {
    results.clear()
    guard let json = unsafe json else { return LYC_INVALID }
    return host.status { unsafe json.pointee = results.view(try task.describe()) }
  }

  private func prepare(_ seed: UInt64) -> lyc_status {
    results.clear()
    return host.status { try task.prepare(seed: seed) }
  }

  private func grade(_ split: UInt32, _ seed: UInt64, _ grade: UnsafeMutablePointer<lyc_grade>?) -> lyc_status
  {
    results.clear()
    guard let grade = unsafe grade, unsafe grade.pointee.struct_size >= MemoryLayout<lyc_grade>.size,
      split == LYC_SPLIT_VALIDATION || split == LYC_SPLIT_TEST
    else { return LYC_INVALID }
    return host.status {
      let found = try task.grade(split == LYC_SPLIT_TEST ? .test : .validation, seed: seed)
      switch found.outcome {
      case .scored(let metrics):
        if let bad = metrics.first(where: { !$0.value.isFinite }) {
          throw PluginError("the grader gave \(bad.value) for \(bad.key); only finite numbers are scores")
        }
        let values = unsafe metrics.sorted { $0.key < $1.key }.map { metric in
          unsafe lyc_metric_value(name: results.view(metric.key), value: metric.value)
        }
        unsafe grade.pointee.metrics = results.view(values)
        unsafe grade.pointee.metric_count = values.count
        unsafe grade.pointee.outcome = LYC_GRADE_SCORED
      case .refused(let reason):
        unsafe grade.pointee.reason = results.view(reason)
        unsafe grade.pointee.outcome = LYC_GRADE_REFUSED
      }
      unsafe grade.pointee.details = results.view(found.details)
    }
  }
}
