import SpartaJournal

/// A reply of the Sparta API with a list in it: `{"success": true, "data": {…: […]}}`, members in any order.
///
/// It is read element by element, so that its size does not matter, and it is good only once it was read to its end.
struct SuccessReply {
  private let input: CapturedInput
  private let path: [String]
  /// Whether it says that all is well; nil while it has said nothing.
  private var isSuccess: Bool?
  /// How far down the path members were found.
  private var found = 0

  /// Hands every element of the list to `body`, then checks that the reply was whole.
  ///
  /// - Parameter path: the names of the members that lead to the list.
  /// - Throws: `InputError` that says what was missing.
  static func read(
    _ input: CapturedInput, listAt path: [String], _ body: (JSONValue) throws -> Void
  ) throws {
    var reply = SuccessReply(input: input, path: path)
    do {
      var reader = try input.reader()
      try reply.readObject(&reader, depth: 0, body)
      _ = try reader.next()
    } catch let error as JSONError {
      throw input.unusable("it is not valid JSON: \(error)")
    }
    try reply.check()
  }

  private init(input: CapturedInput, path: [String]) {
    self.input = input
    self.path = path
  }

  /// What stands at that depth of the path, as messages name it.
  private func name(_ depth: Int) -> String {
    depth == 0 ? "it" : "'" + path[..<depth].joined(separator: ".") + "'"
  }

  private mutating func readObject(
    _ reader: inout JSONReader, depth: Int, _ body: (JSONValue) throws -> Void
  ) throws {
    try naming("\(name(depth)) is not an object") {
      try reader.forEachMember { member, reader in
        if depth == 0 && member == "success" {
          guard isSuccess == nil else { throw input.unusable("it has 'success' twice") }
          isSuccess = try reader.next() == .bool(true)
        }
        guard member == path[depth] else { return }
        guard found <= depth else { throw input.unusable("it has \(name(depth + 1)) twice") }
        found = depth + 1
        if found < path.count {
          try readObject(&reader, depth: found, body)
        } else {
          try readList(&reader, body)
        }
      }
    }
  }

  private func readList(_ reader: inout JSONReader, _ body: (JSONValue) throws -> Void) throws {
    try naming("\(name(path.count)) is not an array") {
      try reader.forEachElement { try body($0.readValue()) }
    }
  }

  /// Says in our terms that a value is of another type than it must be.
  private func naming(_ problem: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as JSONError where error.kind == .expectedObject || error.kind == .expectedArray {
      throw input.unusable(problem)
    }
  }

  private func check() throws {
    guard isSuccess == true else { throw input.unusable("'success' is not true") }
    guard found == path.count else { throw input.unusable("\(name(found + 1)) is missing") }
  }
}
