import DynamoJournalTables

/// What an update makes of an item: the clauses `set`, `remove`, `add` and `delete`, all of which read the item as it
/// was.
///
/// It is read once and then evaluated for as many items as there are.
package struct Update: Sendable {
  /// The clauses as they were written; nil for one that is left out.
  package struct Clauses: Sendable {
    /// `path = value, …`
    package var set: ExpressionSource?
    /// `path, …`
    package var remove: ExpressionSource?
    /// `path value, …`, numbers and sets
    package var add: ExpressionSource?
    /// `path value, …`, sets
    package var delete: ExpressionSource?

    /// Clauses, by default none.
    package init(
      set: ExpressionSource? = nil, remove: ExpressionSource? = nil, add: ExpressionSource? = nil,
      delete: ExpressionSource? = nil
    ) {
      self.set = set
      self.remove = remove
      self.add = add
      self.delete = delete
    }
  }

  /// What came of an update.
  package struct Result: Hashable, Sendable {
    /// The item after the change.
    package let image: Item
    /// The top-level attributes that the update names, sorted; the others are as they were.
    package let touched: [Text]
  }

  /// The top-level attributes that the update names, sorted.
  package let touched: [Text]
  let actions: [Action]
  let tree: UpdateTree
  private let sources: [ExpressionSource]

  /// Reads and checks an update.
  ///
  /// - Throws: `ExpressionError`, also when two paths of any clauses overlap.
  package init(
    _ clauses: Clauses, scope: ExpressionScope = ExpressionScope()
  ) throws(ExpressionError) {
    var actions: [Action] = []
    var sources: [ExpressionSource] = []
    for (kind, source) in [clauses.set, clauses.remove, clauses.add, clauses.delete].enumerated() {
      guard let source else { continue }
      var parser = try Parser(source, scope, .value)
      actions += try Update.actions(of: kind, &parser, clause: sources.count)
      sources.append(source)
    }
    tree = try Update.tree(actions, sources)
    touched = Set(actions.map(\.path.root)).sorted()
    self.actions = actions
    self.sources = sources
  }

  /// The attributes that are set to the same value for every item, with that value.
  package var constants: [(name: Text, value: AttributeValue)] {
    actions.compactMap { action in
      guard action.path.elements.isEmpty, case .set(let node) = action.effect else { return nil }
      return node.constant.map { (action.path.root, $0) }
    }
  }

  /// The attributes that are set to a value of the same type for every item, with that type as DynamoDB names it.
  package var types: [(name: Text, typeName: String)] {
    actions.compactMap { action in
      guard action.path.elements.isEmpty, case .set(let node) = action.effect else { return nil }
      return node.typeName.map { (action.path.root, $0) }
    }
  }

  private static func actions(
    of kind: Int, _ parser: inout Parser, clause: Int
  ) throws(ExpressionError) -> [Action] {
    switch kind {
    case 0: try parser.assignments(clause: clause)
    case 1: try parser.removals(clause: clause)
    case 2: try parser.additions(clause: clause)
    default: try parser.deletions(clause: clause)
    }
  }

  private static func tree(
    _ actions: [Action], _ sources: [ExpressionSource]
  ) throws(ExpressionError) -> UpdateTree {
    var tree = UpdateTree()
    for (index, action) in actions.enumerated() {
      do throws(UpdateTree.Problem) { try tree.insert(index, at: action.path) } catch {
        let path = action.path.description
        let kind: ExpressionError.Kind =
          switch error {
          case .overlap(let other): .overlappingPaths(actions[other].path.description, path)
          case .conflict(let other): .conflictingPaths(actions[other].path.description, path)
          }
        throw ExpressionError(kind, in: sources[action.clause], at: action.range)
      }
    }
    tree.finish()
    return tree
  }

  /// The item after the change.
  ///
  /// - Parameters:
  ///   - item: what all right sides read, and what is changed.
  ///   - base: what is changed instead, as an item that is put into another table.
  /// - Throws: `EvaluationFailure`; there is no partial result.
  package func applied(
    to item: Item, onto base: Item? = nil, _ bindings: ExpressionBindings = ExpressionBindings()
  ) throws(EvaluationFailure) -> Result {
    do throws(EvaluationFailure) {
      let effects = try effects(Evaluator(item: item, bindings: bindings))
      var image = base ?? item
      try tree.apply(effects, to: &image)
      try check(image)
      return Result(image: image, touched: touched)
    } catch { throw sources.isEmpty ? error : error.located(in: sources[error.clause]) }
  }

  private func effects(_ evaluator: Evaluator) throws(EvaluationFailure) -> [Effect] {
    var effects: [Effect] = []
    effects.reserveCapacity(actions.count)
    for action in actions {
      do throws(EvaluationFailure) {
        effects.append(Effect(kind: try kind(of: action, evaluator), action: action))
      } catch { throw error.of(clause: action.clause) }
    }
    return effects
  }

  private func kind(of action: Action, _ evaluator: Evaluator) throws(EvaluationFailure) -> Effect.Kind {
    switch action.effect {
    case .set(let node): .set(try evaluator.required(node))
    case .remove: .remove
    case .add(let node): .add(try evaluator.required(node))
    case .delete(let node): .delete(try evaluator.required(node))
    }
  }

  /// Sizes and depth; other attributes than the touched ones came from the table.
  private func check(_ image: Item) throws(EvaluationFailure) {
    for name in touched where image[name]?.isDeeper(than: Validation.maximumDepth) == true {
      throw EvaluationFailure(.tooDeep(attribute: name.string, limit: Validation.maximumDepth), at: nil)
    }
    let size = image.sizeInBytes
    guard size <= Validation.maximumItemSize else {
      throw EvaluationFailure(.itemTooLarge(size: size, limit: Validation.maximumItemSize), at: nil)
    }
  }
}
