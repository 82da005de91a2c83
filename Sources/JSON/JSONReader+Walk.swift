extension JSONReader {
  /// Reads past the value that comes next.
  ///
  /// - Throws: `JSONError`, or what the source of chunks throws.
  public mutating func skipValue() throws {
    let depth = containers.count
    guard try hasMore(), place == .value else { throw error(.expectedValue) }
    repeat { _ = try next(keepingText: false) } while containers.count > depth
  }

  /// Reads the value that comes next, whole.
  ///
  /// - Throws: `JSONError`, also for an object with two members of one name; or what the source of chunks throws.
  public mutating func readValue() throws -> JSONValue {
    guard try hasMore(), place == .value, let token = try next() else { throw error(.expectedValue) }
    switch token {
    case .string(let text): return .string(text)
    case .number(let text): return .number(text)
    case .bool(let value): return .bool(value)
    case .beginArray: return .array(try readElements())
    case .beginObject: return .object(try readMembers())
    default: return .null
    }
  }

  private mutating func readElements() throws -> [JSONValue] {
    var elements: [JSONValue] = []
    while try hasMore() { elements.append(try readValue()) }
    _ = try next()
    return elements
  }

  private mutating func readMembers() throws -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    while case .name(let name)? = try next() {
      members.append(JSONValue.Member(name: name, value: try readValue()))
    }
    guard !JSONValue.Member.haveTwin(members) else { throw error(.duplicateName) }
    return members
  }

  /// Goes into the objects that come next, down to the member at that path, such as `["data", "validators"]`.
  ///
  /// The value of the member comes next then. False when there is no such member: the reader then stands behind the
  /// object that lacks it. Of two members of one name it is the first.
  /// - Throws: `JSONError`, `expectedObject` when the path leads through something else; or what the source of chunks
  ///   throws.
  public mutating func seek(_ path: [String]) throws -> Bool {
    for name in path {
      guard try beginMember(name) else { return false }
    }
    return true
  }

  private mutating func beginMember(_ wanted: String) throws -> Bool {
    try begin(.beginObject, or: .expectedObject)
    while case .name(let name)? = try next() {
      if name.utf8.elementsEqual(wanted.utf8) { return true }
      try skipValue()
    }
    return false
  }

  /// Goes over the elements of the array that comes next.
  ///
  /// - Parameter body: called before each element; what it does not read of the element is skipped.
  /// - Throws: `JSONError`; what `body` or the source of chunks throws.
  public mutating func forEachElement(_ body: (inout JSONReader) throws -> Void) throws {
    try begin(.beginArray, or: .expectedArray)
    let depth = containers.count
    while try hasMore() {
      try body(&self)
      try finishValue(at: depth)
    }
    _ = try next()
  }

  /// The next element of the array whose beginning was read, whole; nil once its end is read.
  ///
  /// - Throws: `JSONError`, or what the source of chunks throws.
  public mutating func nextElement() throws -> JSONValue? {
    guard try hasMore() else {
      _ = try next()
      return nil
    }
    return try readValue()
  }

  /// Goes over the members of the object that comes next.
  ///
  /// - Parameter body: called before each member's value with its name; what it does not read of it is skipped.
  /// - Throws: `JSONError`; what `body` or the source of chunks throws.
  public mutating func forEachMember(_ body: (String, inout JSONReader) throws -> Void) throws {
    try begin(.beginObject, or: .expectedObject)
    let depth = containers.count
    while case .name(let name)? = try next() {
      try body(name, &self)
      try finishValue(at: depth)
    }
  }

  private mutating func begin(_ token: Token, or kind: JSONError.Kind) throws {
    guard try hasMore(), place == .value else { throw error(.expectedValue) }
    _ = try significantByte()
    let start = error(kind)
    guard try next(keepingText: false) == token else { throw start }
  }

  /// Reads the rest of the value that began at that depth.
  private mutating func finishValue(at depth: Int) throws {
    precondition(containers.count >= depth, "the body read past the value that it was given")
    while containers.count > depth { _ = try next(keepingText: false) }
    if place == .value { try skipValue() }
  }
}
