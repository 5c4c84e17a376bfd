// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// A research task as its plugin describes it. The JSON form is documented in `docs/tasks.md`.
public struct TaskSpec: Codable, Sendable, Hashable {
  public var id: String
  public var version: Int
  public var title: String
  /// Research area, for reports and held-out splits.
  public var area: String
  /// The problem as the agent reads it.
  public var definition: String
  /// What must not be done, one line each; the agent reads these too.
  public var avoid: [String]
  public var metrics: [MetricSpec]
  public var limits: Limits
  /// Name of the sandbox profile of the agent's box.
  public var profile: String
  /// Absolute path of the workspace inside the box.
  public var workspacePath: String
  /// Debian packages that must be installed on the host.
  public var packages: [String]
  /// Host paths that `prepare` reads; no agent's box ever shows them.
  public var sources: [String]
  /// Command, run in the workspace, that makes the baseline submission; nil when there is none.
  public var starter: String?
  /// Workspace file that declares tunable parameters; nil when there is none.
  public var params: String?
  /// Workspace-relative paths that make up a submission; nothing else reaches the grader.
  public var submission: [String]
  /// What a folder task adds; nil for a task that is code alone.
  public var folder: FolderSpec?

  /// The parts of a task that live in its folder, by path relative to it.
  public struct FolderSpec: Codable, Sendable, Hashable {
    /// Folder that the agent's workspace is a copy of.
    public var template: String
    /// Command that makes public and private data; nil when there is none.
    public var prepare: String?
    public var grader: String
    /// Command that runs the agent's code in the submission box, joined to the grader by pipes.
    public var submissionCommand: String?
    /// Reference solution: a folder laid over the workspace, and the command that makes its submission.
    public var solution: String?
    public var solutionCommand: String?

    public init(
      template: String, prepare: String?, grader: String, submissionCommand: String?, solution: String?,
      solutionCommand: String?
    ) {
      self.template = template
      self.prepare = prepare
      self.grader = grader
      self.submissionCommand = submissionCommand
      self.solution = solution
      self.solutionCommand = solutionCommand
    }
  }

  public init(
    id: String, version: Int, title: String, area: String, definition: String, avoid: [String] = [],
    metrics: [MetricSpec], limits: Limits = Limits(), profile: String = "default",
    workspacePath: String = "/home/agent/work", packages: [String] = [], sources: [String] = [],
    starter: String? = nil, params: String? = nil, submission: [String], folder: FolderSpec? = nil
  ) {
    self.id = id
    self.version = version
    self.title = title
    self.area = area
    self.definition = definition
    self.avoid = avoid
    self.metrics = metrics
    self.limits = limits
    self.profile = profile
    self.workspacePath = workspacePath
    self.packages = packages
    self.sources = sources
    self.starter = starter
    self.params = params
    self.submission = submission
    self.folder = folder
  }

  /// The metric that a report ranks by; nil only in a spec that was not checked.
  public var primaryMetric: MetricSpec? { metrics.first(where: \.primary) }

  /// What a task has none of need not be given: `avoid`, `packages`, `sources` and, with their defaults, `limits`,
  /// `profile` and `workspacePath`.
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try c.decode(String.self, forKey: .id),
      version: try c.decode(Int.self, forKey: .version),
      title: try c.decode(String.self, forKey: .title),
      area: try c.decode(String.self, forKey: .area),
      definition: try c.decode(String.self, forKey: .definition),
      avoid: try c.decodeIfPresent([String].self, forKey: .avoid) ?? [],
      metrics: try c.decode([MetricSpec].self, forKey: .metrics),
      limits: try c.decodeIfPresent(Limits.self, forKey: .limits) ?? Limits(),
      packages: try c.decodeIfPresent([String].self, forKey: .packages) ?? [],
      sources: try c.decodeIfPresent([String].self, forKey: .sources) ?? [],
      starter: try c.decodeIfPresent(String.self, forKey: .starter),
      params: try c.decodeIfPresent(String.self, forKey: .params),
      submission: try c.decode([String].self, forKey: .submission),
      folder: try c.decodeIfPresent(FolderSpec.self, forKey: .folder))
    profile = try c.decodeIfPresent(String.self, forKey: .profile) ?? profile
    workspacePath = try c.decodeIfPresent(String.self, forKey: .workspacePath) ?? workspacePath
  }
}
