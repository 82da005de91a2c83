import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalProgram

/// What was changed since a run, by attribute, and by whom as far as the journal knows: `rollback-plan --check`.
package struct ChangedSince: Sendable {
  /// An attribute that differs.
  package struct Attribute: Hashable, Sendable {
    /// The table.
    package let table: String
    /// The attribute's name; nil for items that are gone.
    package let name: String?
    /// In how many items.
    package let items: Int

    /// An attribute.
    package init(table: String, name: String?, items: Int) {
      self.table = table
      self.name = name
      self.items = items
    }
  }

  /// Who changed some of them.
  package struct Author: Hashable, Sendable {
    /// The run.
    package let run: String
    /// Its migration.
    package let migration: String
    /// Who wrote, as `user@host`.
    package let actor: String
    /// How many of the items.
    package let items: Int

    /// A run's author.
    package init(run: String, migration: String, actor: String, items: Int) {
      self.run = run
      self.migration = migration
      self.actor = actor
      self.items = items
    }
  }

  /// Attributes, by table and name, those that are gone last.
  package let attributes: [Attribute]
  /// Those who are known, in the order of their runs.
  package let authors: [Author]
  /// Items that no run in this journal changed since.
  package let unknown: Int
  /// Items whose author was not looked for, as there are too many.
  package let unasked: Int

  /// What was found.
  package init(attributes: [Attribute], authors: [Author], unknown: Int, unasked: Int) {
    self.attributes = attributes
    self.authors = authors
    self.unknown = unknown
    self.unasked = unasked
  }

  /// For people.
  var text: String {
    if attributes.isEmpty { return "changed since the run: nothing\n" }
    var table = TextTable(["TABLE", "ATTRIBUTE", "ITEMS"], alignments: [.left, .left, .right])
    for part in attributes {
      table.add([
        Printable.text(part.table), part.name.map(Printable.text) ?? "(no item any more)",
        String(part.items),
      ])
    }
    let known = authors.map {
      "  \(Printable.count($0.items, "item")) by run \($0.run) of \(Printable.text($0.migration)), \(Printable.text($0.actor))\n"
    }
    let rest = [
      (unknown, "by nobody whom this journal knows: another program, or another journal"),
      (unasked, "not looked up, as there are so many"),
    ].filter { $0.0 > 0 }.map { "  \(Printable.count($0.0, "item")) \($0.1)\n" }
    return "changed since the run\n" + table.takeLines() + (known + rest).joined()
  }

  var json: JSONValue {
    [
      "attributes": .array(
        attributes.map {
          ["table": .string($0.table), "attribute": .text($0.name), "items": .number($0.items)]
        }),
      "by": .array(
        authors.map {
          [
            "run": .string($0.run), "migration": .string($0.migration), "actor": .string($0.actor),
            "items": .number($0.items),
          ]
        }),
      "unknown": .number(unknown), "unasked": .number(unasked),
    ]
  }
}
