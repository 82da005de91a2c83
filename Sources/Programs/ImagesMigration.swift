import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables

/// A run from a file of images: each line is a change that somebody has worked out already.
package struct ImagesMigration: Migration {
  /// The name that its runs have.
  package static let name = "plan-from-file"
  private static let step = "lines"
  /// Lines whose items are read at once.
  private static let batch = 100

  /// The file, or nil for a run that goes on, whose journal has the file's text.
  private let path: String?

  /// - Parameter path: the file, `-` for standard input; nil to go on with a run.
  package init(path: String?) { self.path = path }

  /// Always the same: the file stands in the journal.
  package var name: String { Self.name }
  /// One line for people.
  package let summary = "the changes of a file of images"
  /// Raised whenever a file would be planned otherwise.
  package let version = 1
  /// The file is captured; there is no code of an author.
  package let code = MigrationCode("sha256:plan-from-file")
  /// None.
  package let variables: [String] = []
  /// How many lines `TEST_MODE` plans.
  package let testLimit = 10

  /// Nothing can be looked at before the file is read.
  package func check(_ settings: Settings, _ tables: TableReader) async throws {
    guard let path, path != "-" else { return }
    do { _ = try LineReader(path: path) } catch { throw Refusal(error.localizedSentence) }
  }

  /// Plans every line.
  package func plan(_ planner: Planner) async throws {
    let captured = try await captured(planner)
    let lines = try ImageLines(captured.chunks(), planner)
    try await planner.forEachElement(step: Self.step, batch: Self.batch, next: lines.next) { step, batch in
      try await lines.plan(batch, step)
    }
  }

  private func captured(_ planner: Planner) async throws -> CapturedInput {
    try await CapturedImages.get(planner, from: path.map { ImageFile(path: $0) })
  }
}

/// The lines of images that a run keeps.
enum CapturedImages {
  /// - Parameter source: where they come from; nil for a run that goes on.
  static func get(_ planner: Planner, from source: (any InputSource)?) async throws -> CapturedInput {
    let request = InputRequest(
      name: "file", url: "file:images", shownURL: "file:images", maximumBytes: 1 << 40)
    return try await planner.input(request, from: source ?? NoFile(run: planner.started.run))
  }

  /// Stands for the file of a run that goes on.
  private struct NoFile: InputSource {
    let run: String

    func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws {
      throw Refusal("run \(run) was stopped before its file was read", remedy: "plan it again from the file")
    }
  }
}

extension Error {
  fileprivate var localizedSentence: String { "\(self)" }
}
