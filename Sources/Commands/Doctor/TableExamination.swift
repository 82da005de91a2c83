import DynamoJournalProgram
import DynamoJournalClient
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// Looks at tables: whether they are there, how they are keyed, and what may be done with them.
struct TableExamination {
  let target: TargetFindings
  let settings: Settings

  func examine(_ needs: [Needs.Table]) async -> [Check] {
    var checks: [Check] = []
    var permissions: [Check] = []
    for need in needs {
      let name = need.name(in: settings)
      guard case .store(let store) = target.access else {
        checks.append(.skipped(.table, of: name ?? need.variables.last, since: reason))
        continue
      }
      guard let name else {
        checks.append(TableRules.unnamed(need))
        continue
      }
      do {
        let found = try await store.describe(name)
        let missing = found == nil ? await store.missing(name) : nil
        checks.append(TableRules.check(need, name, found, settings, missing, isWire: target.wire != nil))
        guard let found, let wire = target.wire else { continue }
        permissions += await PermissionExamination(wire: wire).examine(found.spec, isWritten: need.isWritten)
      } catch {
        checks.append(TableRules.unreadable(name, error))
      }
    }
    return checks + permissions + untried(needs)
  }

  private var reason: String { if case .none(let reason) = target.access { reason } else { "" } }

  /// What no harmless request shows.
  private func untried(_ needs: [Needs.Table]) -> [Check] {
    guard target.wire != nil else { return [] }
    var actions = ["dynamodb:CreateBackup"]
    let creates = needs.contains { if case .created = $0.absence { true } else { false } }
    if creates { actions += ["dynamodb:CreateTable", "dynamodb:DeleteTable"] }
    if needs.contains(where: \.gainsIndexes) { actions.append("dynamodb:UpdateTable") }
    return [
      Check(
        .permissions, .skip,
        "not tried, since no request for it is harmless: \(actions.joined(separator: ", "))",
        remedy: "'\(Program.command("run test-migration"))' makes a scratch table, backs it up and deletes it"
      )
    ]
  }
}

/// What a table's description means to a migration: pure functions.
enum TableRules {
  /// A table that nobody named.
  static func unnamed(_ need: Needs.Table) -> Check {
    let variable = need.variables.last ?? "a variable"
    if case .created(let option?) = need.absence {
      return Check(
        .table, of: variable, .skip,
        "not set: the migration looks for a table of the right design; \(option.name) needs it set")
    }
    if case .passedOver = need.absence {
      return Check(.table, of: variable, .skip, "not set, and the migration can do without")
    }
    return Check(
      .table, of: variable, .fail, "not set",
      remedy: "set it to the table's name, in the environment or in .env")
  }

  /// A table as it was found.
  static func check(
    _ need: Needs.Table, _ name: String, _ found: TableDescription?, _ settings: Settings,
    _ missing: MissingTable? = nil, isWire: Bool
  ) -> Check {
    let variable = need.variable(in: settings)
    guard let found else { return absent(need, name, variable, settings, missing) }
    if !need.keys.isEmpty && !need.keys.contains(found.spec.key) {
      let wanted = need.keys.map(\.description).joined(separator: " or ")
      return Check(
        .table, of: name, .fail, "has the key \(found.spec.key) and needs \(wanted)",
        remedy: variable.map { "set \($0) to the table that is meant" }
          ?? "delete it, or give it another name")
    }
    if found.status != .active {
      return Check(
        .table, of: name, .warn, "is \(found.status.rawValue)", remedy: "wait until it is ACTIVE")
    }
    let count = Plural.count(found.itemCount, "item")
    return Check(.table, of: name, .ok, "key \(found.spec.key), \(isWire ? "about " : "")\(count)")
  }

  private static func absent(
    _ need: Needs.Table, _ name: String, _ variable: String?, _ settings: Settings, _ missing: MissingTable?
  ) -> Check {
    let isNamed = need.variables.contains { settings[$0] != nil }
    let set = "set \(variable ?? "it") to the table's name"
    let create = "create it with '\(Program.command("tables create"))'"
    let remedy = missing?.remedy(set, orCreate: create) ?? "\(set), or \(create)"
    switch need.absence {
    case .refused: return Check(.table, of: name, .fail, "there is no such table", remedy: remedy)
    case .created(nil): return Check(.table, of: name, .ok, "there is none, and the migration creates it")
    case .created(let option?):
      return Check(
        .table, of: name, .warn, "there is no such table",
        remedy: "add \(option.name) to create it, or \(remedy)")
    case .passedOver where isNamed:
      return Check(.table, of: name, .warn, "there is no such table", remedy: remedy)
    case .passedOver:
      return Check(
        .table, of: name, .skip, "there is none of this default name, and \(variable ?? "it") is not set")
    }
  }

  /// A table whose description can't be had.
  static func unreadable(_ name: String, _ error: any Error) -> Check {
    guard let error = error as? StoreError else {
      return Check(.table, of: name, saying: Ending.explanation(error))
    }
    let remedy =
      error.code == "AccessDeniedException"
      ? "grant dynamodb:DescribeTable on table '\(name)'"
      : error.explanation.remedy ?? "see to that, then ask the doctor again"
    return Check(.table, of: name, .fail, error.explanation.problem, remedy: remedy)
  }
}
