import DynamoJournalTables

/// An action with its right side worked out.
struct Effect: Sendable {
  enum Kind: Sendable {
    case set(AttributeValue)
    case remove
    case add(AttributeValue)
    case delete(AttributeValue)
  }

  let kind: Kind
  let action: Action
}

extension UpdateTree {
  /// Makes the changes in an item.
  ///
  /// Source for places of lists: "Adding elements to a list" and "Removing elements from a list" in
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
  func apply(_ effects: [Effect], to item: inout Item) throws(EvaluationFailure) {
    for (name, node) in nodes[0].names {
      item[name] = try changed(item[name], node, effects)
    }
  }

  /// The value at a node after the change; nil when it is removed.
  private func changed(
    _ value: AttributeValue?, _ node: Int, _ effects: [Effect]
  ) throws(EvaluationFailure) -> AttributeValue? {
    if let action = nodes[node].action { return try effects[action].applied(to: value) }
    if nodes[node].indexes.isEmpty {
      guard case .map(var map)? = value else { throw invalid(node, effects) }
      for (name, child) in nodes[node].names { map[name] = try changed(map[name], child, effects) }
      return .map(map)
    }
    guard case .list(let list)? = value else { throw invalid(node, effects) }
    return .list(try changed(list, node, effects))
  }

  /// All places are those of the list as it was: elements move up once all of them are done.
  private func changed(
    _ list: [AttributeValue], _ node: Int, _ effects: [Effect]
  ) throws(EvaluationFailure) -> [AttributeValue] {
    var result: [AttributeValue?] = list
    for (index, child) in nodes[node].indexes {
      if index < list.count {
        result[index] = try changed(list[index], child, effects)
      } else if let added = try changed(nil, child, effects) {
        result.append(added)
      }
    }
    return result.compactMap { $0 }
  }

  private func invalid(_ node: Int, _ effects: [Effect]) -> EvaluationFailure {
    let action = effects[firstAction(below: node)].action
    return EvaluationFailure(.invalidPath(action.path.description), at: action.range, clause: action.clause)
  }

  private func firstAction(below node: Int) -> Int {
    var place = node
    while true {
      if let action = nodes[place].action { return action }
      guard let next = nodes[place].names.first?.node ?? nodes[place].indexes.first?.node else { return 0 }
      place = next
    }
  }
}

extension Effect {
  func applied(to old: AttributeValue?) throws(EvaluationFailure) -> AttributeValue? {
    switch kind {
    case .set(let value): return value
    case .remove: return nil
    case .add(let value): return try added(value, to: old)
    case .delete(let value): return try deleted(value, from: old)
    }
  }

  /// What is missing is taken for 0 or for an empty set.
  private func added(
    _ value: AttributeValue, to old: AttributeValue?
  ) throws(EvaluationFailure) -> AttributeValue {
    switch (old, value) {
    case (nil, .number), (nil, .stringSet), (nil, .numberSet), (nil, .binarySet): return value
    case (.number(let old)?, .number(let number)):
      do throws(DecimalNumberError) { return .number(try old.adding(number)) } catch {
        throw failure(.number(operation: "add", error))
      }
    case (.stringSet(let old)?, .stringSet(let set)): return .stringSet(old.union(set))
    case (.numberSet(let old)?, .numberSet(let set)): return .numberSet(old.union(set))
    case (.binarySet(let old)?, .binarySet(let set)): return .binarySet(old.union(set))
    case (let old, _): throw wrongType("add", old, value, "a number and a number, or two sets of one type")
    }
  }

  /// A set that becomes empty is removed: DynamoDB has none.
  private func deleted(
    _ value: AttributeValue, from old: AttributeValue?
  ) throws(EvaluationFailure) -> AttributeValue? {
    switch (old, value) {
    case (nil, .stringSet), (nil, .numberSet), (nil, .binarySet): return nil
    case (.stringSet(let old)?, .stringSet(let set)):
      let rest = old.subtracting(set)
      return rest.isEmpty ? nil : .stringSet(rest)
    case (.numberSet(let old)?, .numberSet(let set)):
      let rest = old.subtracting(set)
      return rest.isEmpty ? nil : .numberSet(rest)
    case (.binarySet(let old)?, .binarySet(let set)):
      let rest = old.subtracting(set)
      return rest.isEmpty ? nil : .binarySet(rest)
    case (let old, _): throw wrongType("delete", old, value, "two sets of one type")
    }
  }

  private func wrongType(
    _ operation: String, _ old: AttributeValue?, _ value: AttributeValue, _ expected: String
  ) -> EvaluationFailure {
    let found = old.map { "\($0.typeName) and one of type \(value.typeName)" } ?? value.typeName
    return failure(.wrongType(operation: operation, found: found, expected: expected))
  }

  private func failure(_ reason: EvaluationFailure.Reason) -> EvaluationFailure {
    EvaluationFailure(reason, at: action.range, clause: action.clause)
  }
}
