import DynamoJournalJSON
import DynamoJournalTables

/// What a migration needs of the world, as data, so that it can be looked at before a run is begun.
///
/// Said once: `Migration.check` refuses by it unless a migration has a `check` of its own, and the doctor looks at it.
public struct Needs: Sendable {
  /// The tables, in the order in which they are looked at.
  public let tables: [Table]
  /// The replies.
  public let inputs: [Input]

  /// Needs.
  public init(tables: [Table] = [], inputs: [Input] = []) {
    self.tables = tables
    self.inputs = inputs
  }

  /// A table.
  public struct Table: Sendable {
    /// What a missing table means.
    public enum Absence: Sendable {
      /// The migration refuses.
      case refused
      /// The migration creates it, by itself or when an option asks for it.
      case created(option: MigrationOption?)
      /// The migration does without.
      case passedOver
    }

    /// The variables that name it: the first that is set wins, and the last is the one to set.
    public let variables: [String]
    /// Its name when none of them is set; nil when one has to be.
    public let defaultName: String?
    /// The keys that it may have; none for any.
    public let keys: [KeySchema]
    /// What a missing table means.
    public let absence: Absence
    /// Whether its items are changed.
    public let isWritten: Bool
    /// Whether indexes are added to it.
    public let gainsIndexes: Bool
    /// What to do when it is missing, as a clause; nil for setting the variable or creating the table.
    public let whenMissing: String?
    /// What it is, for the refusal when nobody named it: `the node operators table`.
    public let purpose: String

    /// A table.
    public init(
      variables: [String], defaultName: String?, keys: [KeySchema] = [], absence: Absence = .refused,
      isWritten: Bool = true, gainsIndexes: Bool = false, whenMissing: String? = nil,
      purpose: String = "a table"
    ) {
      self.variables = variables
      self.defaultName = defaultName
      self.keys = keys
      self.absence = absence
      self.isWritten = isWritten
      self.gainsIndexes = gainsIndexes
      self.whenMissing = whenMissing
      self.purpose = purpose
    }

    /// Its name under these settings; nil when it has to be named and is not.
    public func name(in settings: Settings) -> String? {
      variables.lazy.compactMap { settings[$0] }.first ?? defaultName
    }

    /// The variable that names it, or should.
    public func variable(in settings: Settings) -> String? {
      variables.first { settings[$0] != nil } ?? variables.last
    }
  }

  /// A reply from outside.
  public struct Input: Sendable {
    /// The variable that says where it comes from.
    public let variable: String
    /// The request, as a run makes it.
    public let request: @Sendable (Settings) throws -> InputRequest
    /// The variables with the keys that the server asks for: they are read, sent, and never journaled.
    public let secrets: [String]
    private let judge: @Sendable (JSONValue) -> String?

    /// A reply.
    ///
    /// - Parameters:
    ///   - secrets: the variables with the keys that the server asks for.
    ///   - request: makes the request; a `Refusal` says what is not set.
    ///   - judge: what is wrong with a reply, as a clause about "it"; nil for a good one.
    public init(
      variable: String, secrets: [String] = [],
      request: @escaping @Sendable (Settings) throws -> InputRequest,
      judge: @escaping @Sendable (JSONValue) -> String?
    ) {
      self.variable = variable
      self.secrets = secrets
      self.request = request
      self.judge = judge
    }

    /// What is wrong with a reply, as a clause about "it"; nil for a good one.
    ///
    /// - Parameter isWhole: whether `reply` is all of it; of a beginning only little can be said.
    public func flaw(in reply: [UInt8], isWhole: Bool) -> String? {
      let first = reply.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      if first == UInt8(ascii: "<") { return "it is HTML, perhaps a page to sign in at" }
      guard isWhole else { return first == UInt8(ascii: "{") ? nil : "it is not a JSON object" }
      do { return judge(try JSONValue(parsing: reply)) } catch { return "it is not valid JSON" }
    }
  }
}
