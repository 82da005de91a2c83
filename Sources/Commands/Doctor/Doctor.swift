import DynamoJournalClient
import Foundation
import DynamoJournalFiles
import DynamoJournalHTTP
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// Looks at everything that a run needs, and changes nothing.
///
/// No check ends the others: what can't be looked at since another check failed is said to be skipped.
struct Doctor {
  private let common: CommonOptions
  private let migration: (any Migration)?
  private let files: FileExamination

  /// - Parameter files: the migrations in files that are looked at where no single one is meant.
  init(_ common: CommonOptions, _ migration: (any Migration)?, _ files: FileExamination = .none) {
    self.files = files
    self.common = common
    self.migration = migration
  }

  func examine() async -> DoctorReport {
    let (variables, read) = readSettings()
    var checks = read
    let own = ([migration].compactMap { $0 } + files.migrations).map { $0.ownSettings(variables) }
    let settings = Settings(
      variables: own.reduce(variables.values) { $0.merging($1) { first, _ in first } })
    let needs = migration?.needs ?? generalNeeds(settings)
    let (name, target) = await examineTarget(variables)
    checks += target.checks
    checks += await examineGuards(target)
    let tables = await TableExamination(target: target, settings: settings).examine(needs.tables)
    let inputs = await InputExamination(
      settings: settings, isGeneral: migration == nil, isVerbose: common.verbose,
      allowsPlainText: common.connection.insecureEndpoint
    ).examine(needs.inputs)
    checks += tables + inputs + files.checks
    let isFit = !(tables + inputs).contains { $0.mark == .fail && $0.area != .permissions }
    if let migration { checks += await check(migration, settings, target, isFit: isFit) }
    for file in files.migrations { checks += await check(file, settings, target, isFit: true) }
    checks += await JournalExamination(path: common.journal(variables)).examine()
    checks += await RetentionExamination(path: common.journal(variables), target: target).examine()
    return DoctorReport(target: name, migration: migration?.name, checks: checks)
  }

  /// What all migrations need, those in files included; a table that several name is looked at once.
  private func generalNeeds(_ settings: Settings) -> Needs {
    let own = CommandCatalog.current.needs(settings)
    var names = Set(own.tables.compactMap { $0.name(in: settings) })
    let others = files.migrations.flatMap(\.needs.tables).filter { table in
      table.name(in: settings).map { names.insert($0).inserted } ?? true
    }
    return Needs(tables: own.tables + others, inputs: own.inputs)
  }

  // MARK: Settings

  /// The variables; without the file when that can't be read.
  private func readSettings() -> (Variables, [Check]) {
    let variables: Variables
    var checks: [Check] = []
    do {
      variables = try common.variables()
      checks.append(Check(.settings, .ok, "read from the environment" + fileWords))
    } catch {
      variables = Variables(ProcessInfo.processInfo.environment)
      checks.append(Check(.settings, saying: Ending.explanation(error)))
    }
    for name in ["DRY_RUN", "TEST_MODE"] {
      do { _ = try variables.boolean(name) } catch {
        checks.append(Check(.settings, of: name, saying: Ending.explanation(error)))
      }
    }
    return (variables, checks)
  }

  private var fileWords: String {
    if let file = common.journalOptions.envFile { return " and '\(file)'" }
    return FileManager.default.fileExists(atPath: ".env") ? " and '.env'" : ", there is no '.env'"
  }

  // MARK: Target

  private func examineTarget(_ variables: Variables) async -> (String?, TargetFindings) {
    let target: Target
    do { target = try common.target(variables) } catch {
      let check = Check(.target, saying: Ending.explanation(error))
      return (nil, TargetFindings(checks: [check], access: .none(since: "the target is not clear")))
    }
    let name = SafeURL.text(target.name)
    if case .local(let path) = target { return (name, LocalExamination.examine(path, target.name)) }
    do {
      return (name, try await WireExamination(target, name, TargetWire(common, variables)).examine())
    } catch {
      let check = Check(.target, of: name, saying: Ending.explanation(error))
      return (name, TargetFindings(checks: [check], access: .none(since: "the target can't be reached")))
    }
  }

  /// What keeps other hosts off the tables.
  private func examineGuards(_ target: TargetFindings) async -> [Check] {
    guard case .store(let store) = target.access else {
      return [.skipped(.guards, since: "the target can't be reached")]
    }
    do {
      let isLocal = target.wire.map { $0.client.endpoint.isLoopback } ?? true
      return Check.guards(
        try await store.guards?.claims(), isLocal: isLocal, now: GuardLease.Clock.system.now())
    } catch {
      return [Check(.guards, .warn, saying: Ending.explanation(error))]
    }
  }

  // MARK: Migration

  /// What the migration itself says; where an option of its own would satisfy it, that is only a warning.
  private func check(
    _ migration: any Migration, _ settings: Settings, _ target: TargetFindings, isFit: Bool
  ) async -> [Check] {
    var programs: [Check] = []
    if let file = migration as? ProgramFileMigration {
      programs = await ProgramExamination(file, settings, isNamed: self.migration != nil).examine()
    }
    let isFit = isFit && !programs.contains { $0.mark == .fail }
    return programs + [await self.own(migration, settings, target, isFit: isFit)]
  }

  private func own(
    _ migration: any Migration, _ settings: Settings, _ target: TargetFindings, isFit: Bool
  ) async -> Check {
    guard case .store(let store) = target.access, isFit else {
      return .skipped(.migration, of: migration.name, since: "something that it needs is not well")
    }
    do {
      try await migration.check(settings, TableReader(store))
      if let file = migration as? FileMigration {
        return await FileExamination.trial(file, TableReader(store))
      }
      return Check(.migration, of: migration.name, .ok, "has what it needs")
    } catch {
      let willing = Settings(variables: settings.variables, options: Set(migration.options))
      let isWilling = (try? await migration.check(willing, TableReader(store))) != nil
      return Check(
        .migration, of: migration.name, isWilling ? .warn : .fail, saying: Ending.explanation(error))
    }
  }
}
