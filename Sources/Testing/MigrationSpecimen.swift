import DynamoJournalRunner
import DynamoJournalTables

/// A migration with tables and replies that it finds something to do in: what the harness runs on every target.
///
/// Its plan must not hang on the order in which a store hands out its items.
public struct MigrationSpecimen: Sendable, CustomStringConvertible {
  /// The migration.
  public let migration: any Migration
  /// Its settings.
  public let settings: Settings
  /// How many changes it plans.
  public let planned: Int
  /// How many changes a second run plans.
  public let plannedAgain: Int
  /// How many writes it takes, one a unit or part of a saga.
  public let writes: Int
  /// The API's replies, by name.
  public let replies: [String: String]
  /// What the API says later, when the same migration would plan otherwise.
  public let laterReplies: [String: String]
  private let tables: [(spec: TableSpec, items: [Item])]

  /// The migration's name.
  public var description: String { migration.name }

  /// A specimen.
  ///
  /// - Parameters:
  ///   - planned: how many changes it plans.
  ///   - plannedAgain: how many changes a second run plans.
  ///   - writes: how many writes it takes, one a unit or part of a saga.
  ///   - replies: the replies of its inputs, by name.
  ///   - laterReplies: the replies when it would plan otherwise.
  ///   - tables: the tables that it finds.
  public init(
    _ migration: any Migration, _ settings: Settings, planned: Int, plannedAgain: Int = 0,
    writes: Int, replies: [String: String] = [:], laterReplies: [String: String] = [:],
    tables: [(spec: TableSpec, items: [Item])]
  ) {
    self.migration = migration
    self.settings = settings
    self.planned = planned
    self.plannedAgain = plannedAgain
    self.writes = writes
    self.replies = replies
    self.laterReplies = laterReplies
    self.tables = tables
  }

  /// Creates and fills the tables, and gives the harness the API's replies.
  public func seed(_ harness: MigrationHarness) async throws {
    for (spec, items) in tables { try await harness.seed(spec, items) }
    for (name, reply) in replies { harness.inputs.set(name, reply) }
  }
}
