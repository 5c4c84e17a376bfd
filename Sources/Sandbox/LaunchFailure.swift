// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore
internal import Processes

/// What a box that did not come up means, and what to do about it.
enum LaunchFailure {
  static let appArmorAdvice =
    "AppArmor forbids user namespaces: `apt-get install apparmor-profiles apparmor-utils`, then "
    + "`install -m0644 /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && "
    + "apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict`"

  static func explain(_ errors: borrowing Descriptor, _ spec: BoxSpec) -> SandboxError {
    errors.setNonBlocking(true)
    let text = String(line: (try? errors.read(upTo: 4096)) ?? [], limit: 300)
    return explain(text, uid: uid(slot: spec.slot))
  }

  /// `text` is what bwrap has written.
  static func explain(_ text: String, uid: UInt32?) -> SandboxError {
    func has(_ part: String) -> Bool { text.contains(part) }
    if text.isEmpty {
      return SandboxError(.lost, "box: it did not come up, and said nothing; run `lyceum doctor`")
    }
    if has("Unknown option") {
      return SandboxError(.missing, "box: bwrap is too old (\(text)): version 0.8.0 or later is needed")
    }
    if has("Can't find source path"), has("Permission denied") {
      let who = uid.map { "user \($0)" } ?? "this user"
      return SandboxError(
        .denied,
        "box: \(text): give \(who) the right to enter every folder above it (`chmod o+x`), or move it")
    }
    if has("uid map") || has("RTM_NEWADDR") || has("new namespace") || has("user namespace") {
      return SandboxError(.denied, "box: user namespaces are denied (\(text)): \(namespaceAdvice())")
    }
    return SandboxError(.denied, "box: \(text); run `lyceum doctor`")
  }

  static func namespaceAdvice() -> String {
    func isSet(_ knob: String, to value: String) -> Bool {
      (readFile("/proc/sys/\(knob)") ?? "").split(whereSeparator: \.isWhitespace).first.map(String.init)
        == value
    }
    if isSet("kernel/apparmor_restrict_unprivileged_userns", to: "1") { return appArmorAdvice }
    if isSet("kernel/unprivileged_userns_clone", to: "0") {
      return "`sysctl -w kernel.unprivileged_userns_clone=1`"
    }
    if isSet("user/max_user_namespaces", to: "0") { return "`sysctl -w user.max_user_namespaces=15000`" }
    return "in a container, it must be allowed to make user namespaces and to mount /proc"
  }
}
