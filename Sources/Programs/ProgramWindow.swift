import DynamoJournalEvents
import DynamoJournalTables

/// The items that are with the program, in the table's order, until their answers are planned in that order: no input and no
/// output.
package struct ProgramWindow: Sendable {
  /// Items that are held, answered ones behind an unanswered one included.
  package static let capacity = 1_024
  /// One item in so many goes to a second process, too.
  package static let probeEvery = 200
  /// And so many of the first.
  package static let probedFirst = 3

  /// An item that is with the program.
  package struct Entry: Sendable {
    /// Its number in the protocol.
    package let id: Int
    /// The item.
    package let item: Item
    /// Its key.
    package let key: Key
    /// Whether the program is asked about it; else it is held for its findings alone, at its place in the table's order.
    package let isAsked: Bool
    /// Whether a second process answers, too.
    package let isProbed: Bool
    /// What is said of it, whatever the answer.
    package let findings: [Finding]
    /// The answer.
    package var answer: ProgramAnswer?
    /// The second process's answer.
    package var probe: ProgramAnswer?
  }

  /// Something that is said of an item.
  package struct Finding: Sendable {
    let category: NoteDetail.Category
    let code: String
    let message: String

    /// A finding.
    package init(_ category: NoteDetail.Category, code: String, _ message: String) {
      (self.category, self.code, self.message) = (category, code, message)
    }
  }

  private var entries: [Entry] = []
  private var nextID = 1
  private var asked = 0

  /// Nothing is with the program.
  package init() {}

  /// Whether no more may be taken in.
  package var isFull: Bool { entries.count >= Self.capacity }
  /// Whether nothing is with the program.
  package var isEmpty: Bool { entries.isEmpty }

  /// Takes in an item.
  ///
  /// - Parameter isAsked: whether the program is asked about it; else it is answered already: it stays as it is.
  package mutating func add(
    _ item: Item, _ key: Key, findings: [Finding] = [], isAsked: Bool = true
  ) -> Entry {
    if isAsked { asked += 1 }
    let isProbed = isAsked && (asked <= Self.probedFirst || asked % Self.probeEvery == 0)
    let entry = Entry(
      id: nextID, item: item, key: key, isAsked: isAsked, isProbed: isProbed, findings: findings,
      answer: isAsked ? nil : ProgramAnswer())
    nextID += 1
    entries.append(entry)
    return entry
  }

  /// The item of an id that is with the program.
  package subscript(id: Int) -> Entry? {
    guard let first = entries.first?.id, id >= first, id - first < entries.count else { return nil }
    return entries[id - first]
  }

  /// Takes in an answer.
  ///
  /// - Throws: `notDeterministic` when two processes answered otherwise.
  package mutating func answered(
    _ id: Int, _ answer: ProgramAnswer, isProbe: Bool
  ) throws(ProgramFault) {
    guard let first = entries.first?.id, self[id] != nil else { throw .unknownID(id) }
    let index = id - first
    if isProbe { entries[index].probe = answer } else { entries[index].answer = answer }
    guard let one = entries[index].answer, let other = entries[index].probe else { return }
    if let difference = one.difference(from: other) {
      throw .notDeterministic(key: entries[index].key.description, difference: difference)
    }
  }

  /// Takes out what is answered, from the first item to the first one that is not.
  package mutating func takeAnswered() -> [Entry] {
    let done = entries.prefix { $0.answer != nil && (!$0.isProbed || $0.probe != nil) }
    guard !done.isEmpty else { return [] }
    let taken = Array(done)
    entries.removeFirst(taken.count)
    return taken
  }
}
