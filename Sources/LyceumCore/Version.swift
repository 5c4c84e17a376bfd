// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// The version of this Lyceum.
public let lyceumVersion = "0.1.0"
