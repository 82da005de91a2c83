import DynamoJournalProgram

import Foundation

/// One thing that `doctor` looked at: what was found, and what to do about it.
package struct Check: Hashable, Sendable {
  /// How it stands.
  package enum Mark: String, Hashable, Sendable, CaseIterable {
    /// As it must be.
    case ok
    /// A run may work, but look at it.
    case warn
    /// A run would be refused, or fail.
    case fail
    /// Not looked at.
    case skip

    /// As people see it: a failure stands out.
    var word: String { self == .fail ? "FAIL" : rawValue }
  }

  /// What kind of thing it is; the raw values are a contract with scripts.
  package enum Area: String, Hashable, Sendable, CaseIterable {
    case settings
    case target
    case region
    case clock
    case credentials
    case caller
    case table
    case permissions
    case input
    case program
    case migration
    case journal
    case runs
    case backups
    case guards = "guard"
    case disk
  }

  /// What kind of thing it is.
  package let area: Area
  /// Which one, where there can be several: a table's name, an address.
  package let subject: String?
  /// How it stands.
  package let mark: Mark
  /// What was found; for something not looked at, why.
  package let found: String
  /// What to change or to type next; nil when there is nothing to do.
  package let remedy: String?

  /// A check.
  package init(
    _ area: Area, of subject: String? = nil, _ mark: Mark, _ found: String, remedy: String? = nil
  ) {
    self.area = area
    self.subject = subject
    self.mark = mark
    self.found = found
    self.remedy = remedy
  }

  /// A check of which an error tells.
  package init(
    _ area: Area, of subject: String? = nil, _ mark: Mark = .fail, saying explanation: Explanation
  ) {
    self.init(area, of: subject, mark, explanation.problem, remedy: explanation.remedy)
  }

  /// A check that was not made, since another one failed.
  package static func skipped(_ area: Area, of subject: String? = nil, since reason: String) -> Check {
    Check(area, of: subject, .skip, "not looked at, since \(reason)")
  }
}
