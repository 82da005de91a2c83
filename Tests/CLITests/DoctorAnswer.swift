import Foundation
import TestSupport
import Testing

/// What a script reads of `doctor --format json`.
struct DoctorAnswer: Decodable {
  struct Check: Decodable {
    let check: String
    let subject: String?
    let mark: String
    let found: String
    let remedy: String?
  }

  let target: String?
  let migration: String?
  let healthy: Bool
  let counts: [String: Int]
  let checks: [Check]

  /// The members of the contract.
  static let members: Set<String> = ["target", "migration", "healthy", "counts", "checks"]

  /// The checks of one kind.
  func checks(_ kind: String, _ subject: String? = nil) -> [Check] {
    checks.filter { $0.check == kind && (subject == nil || $0.subject == subject) }
  }

  /// The kinds of the checks with that mark, each once.
  func kinds(_ mark: String) -> Set<String> { Set(checks.filter { $0.mark == mark }.map(\.check)) }
}

extension OperatorFolder {
  /// Asks the doctor, and expects the exit code to fit the answer and nothing to be made or changed in the folder.
  func doctor(
    _ arguments: [String] = [], _ variables: [String: String] = [:],
    _ location: SourceLocation = #_sourceLocation
  ) async throws -> DoctorAnswer {
    let before = try contents()
    let outcome = try await product(variables).run(["doctor", "--format", "json"] + arguments)
    let answer = try outcome.decoded(DoctorAnswer.self)
    #expect(outcome.status == (answer.healthy ? 0 : 2), "\(outcome.errors)", sourceLocation: location)
    #expect(answer.healthy == answer.checks.allSatisfy { $0.mark != "fail" }, sourceLocation: location)
    #expect(answer.counts.values.reduce(0, +) == answer.checks.count, sourceLocation: location)
    #expect(try contents() == before, sourceLocation: location)
    return answer
  }

  /// Every file below the folder with its bytes, but for what a run at work tells of itself all the while.
  ///
  /// The shared memory of a log is SQLite's own and as volatile as memory, so of it the name alone counts.
  func contents() throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
    where !name.contains(".control/") {
      let isVolatile = name.hasSuffix("-shm")
      contents[name] =
        isVolatile ? Data() : FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
    }
    return contents
  }
}

/// Expects one failure of a kind, with parts of what was found and of what to do.
func expectFailure(
  _ answer: DoctorAnswer, _ kind: String, found: String, remedy: String, mark: String = "fail",
  _ location: SourceLocation = #_sourceLocation
) {
  let marked = answer.checks(kind).filter { $0.mark == mark }
  #expect(marked.count == 1, "\(answer.checks)", sourceLocation: location)
  for check in marked {
    #expect(check.found.contains(found), "\(check)", sourceLocation: location)
    #expect(check.remedy?.contains(remedy) == true, "\(check)", sourceLocation: location)
  }
}
