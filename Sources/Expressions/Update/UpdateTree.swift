import DynamoJournalTables

/// An update's paths as one tree, so that each map and list is taken apart once, and no two paths overlap.
struct UpdateTree: Sendable {
  /// A place in an item.
  struct Node: Sendable {
    /// What happens here; a node with an action has no children.
    var action: Int?
    var names: [(name: Text, node: Int)] = []
    var indexes: [(index: Int, node: Int)] = []
  }

  /// Why an action has no place in the tree.
  enum Problem: Error {
    case overlap(with: Int)
    case conflict(with: Int)
  }

  private struct Edge: Hashable {
    let parent: Int
    let element: DocumentPath.Element
  }

  private(set) var nodes = [Node()]
  private var edges: [Edge: Int] = [:]
  /// An action below each node, for messages.
  private var examples = [0]

  /// The place of an attribute or of an element below a node.
  private mutating func child(of parent: Int, _ element: DocumentPath.Element, for action: Int) -> Int {
    if let node = edges[Edge(parent: parent, element: element)] { return node }
    let node = nodes.count
    nodes.append(Node())
    examples.append(action)
    edges[Edge(parent: parent, element: element)] = node
    switch element {
    case .name(let name): nodes[parent].names.append((name, node))
    case .index(let index): nodes[parent].indexes.append((index, node))
    }
    return node
  }

  /// Adds an action.
  mutating func insert(_ action: Int, at path: DocumentPath) throws(Problem) {
    var place = child(of: 0, .name(path.root), for: action)
    for element in path.elements {
      if let other = nodes[place].action { throw .overlap(with: other) }
      let isIndex = if case .index = element { true } else { false }
      if isIndex ? !nodes[place].names.isEmpty : !nodes[place].indexes.isEmpty {
        throw .conflict(with: examples[place])
      }
      place = child(of: place, element, for: action)
    }
    if let other = nodes[place].action { throw .overlap(with: other) }
    guard nodes[place].names.isEmpty, nodes[place].indexes.isEmpty else {
      throw .overlap(with: examples[place])
    }
    nodes[place].action = action
  }

  /// Sorts the elements of lists by their place, so that those beyond the end are appended in that order, and names as
  /// maps keep them, so that many new ones are appended, too.
  mutating func finish() {
    for node in nodes.indices {
      nodes[node].indexes.sort { $0.index < $1.index }
      nodes[node].names.sort { $0.name < $1.name }
    }
    edges = [:]
  }
}
