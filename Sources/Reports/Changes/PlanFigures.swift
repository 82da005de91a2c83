import DynamoJournalEvents
import DynamoJournalJSON

extension SealedDetail {
  /// The plan in figures: `{"changes": …, "units": …, "tables": […]}`, the tables each with its attributes.
  var json: JSONValue {
    let tables = tally.map { tally in
      tally.json.adding([.init(name: "attributes", value: .array((tally.attributes ?? []).map(\.json)))])
    }
    return ["changes": .number(changes), "units": .number(units), "tables": .array(tables)]
  }
}

extension [PlanTally] {
  /// Changes by table and kind: `[{"table": …, "creates": …, "updates": …, "deletes": …, "tableChanges": …}]`.
  var json: JSONValue { .array(map(\.json)) }
}

extension PlanTally {
  fileprivate var json: JSONValue {
    [
      "table": .string(table), "creates": .number(creates), "updates": .number(updates),
      "deletes": .number(deletes), "tableChanges": .number(tableChanges),
    ]
  }
}

extension AttributeTally {
  /// The name is null for names that were not counted each on its own.
  fileprivate var json: JSONValue {
    [
      "name": .text(name), "added": .number(added), "changed": .number(changed), "removed": .number(removed),
    ]
  }
}
