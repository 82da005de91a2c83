import DynamoJournalClient
import DynamoJournalReports
import DynamoJournalTables

/// Tries what a run does with a table, without doing it.
struct PermissionExamination {
  let wire: TargetFindings.Wire

  /// One check for all that is permitted, and one for each action that is not.
  func examine(_ table: TableSpec, isWritten: Bool) async -> [Check] {
    let trials = Trial.all(
      table, isWritten: isWritten, seed: .random(in: .min ... .max), region: wire.client.endpoint.region,
      account: wire.caller?.account ?? "000000000000")
    var answers: [(Trial, Trial.Answer)] = []
    for trial in trials {
      let isUnsafe = answers.contains { $0.1 == .wrote }
      if trial.isWrite && isUnsafe { continue }
      answers.append((trial, await answer(trial)))
    }
    return PermissionRules.checks(table.name, answers, caller: wire.caller?.arn)
  }

  private func answer(_ trial: Trial) async -> Trial.Answer {
    do throws(CallFailure) {
      _ = try await wire.client.call(trial.operation, trial.body)
      return trial.answerOfSuccess
    } catch {
      return Trial.answer(of: error)
    }
  }
}

/// What the answers to the trials on a table mean: a pure function.
enum PermissionRules {
  static func checks(_ table: String, _ answers: [(Trial, Trial.Answer)], caller: String?) -> [Check] {
    let allowed = answers.filter { $0.1 == .allowed }.map(\.0.operation)
    let refused = answers.compactMap { check(table, $0, $1, caller) }
    guard !allowed.isEmpty else { return refused }
    return [Check(.permissions, of: table, .ok, "allowed: \(allowed.joined(separator: ", "))")] + refused
  }

  private static func check(
    _ table: String, _ trial: Trial, _ answer: Trial.Answer, _ caller: String?
  ) -> Check? {
    switch answer {
    case .allowed: return nil
    case .denied(let words):
      return Check(
        .permissions, of: table, .fail, "\(trial.operation) is denied\(words.isEmpty ? "" : " (\(words))")",
        remedy: "grant \(trial.action(deniedBy: words)) on table '\(table)' to \(caller ?? "the caller")")
    case .unknownToServer:
      return Check(.permissions, of: table, .skip, "the server does not know \(trial.operation)")
    case .wrote:
      return Check(
        .permissions, of: table, .fail, "the server did \(trial.operation) although its condition can't hold",
        remedy: "don't migrate on this server: every change of a run relies on its condition")
    case .unclear(let words):
      return Check(
        .permissions, of: table, .warn, "\(trial.operation) was answered neither way (\(words))",
        remedy: "see that \(trial.action) is granted on table '\(table)'")
    }
  }
}
